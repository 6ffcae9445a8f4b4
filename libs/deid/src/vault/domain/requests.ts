import type { VaultErrorCode } from '../vault.errors.ts';
import type { PseudonymKind } from './types.ts';

/** Why somebody may be re-identified: a closed list, so that it can be counted and reviewed. */
export const PURPOSES = {
  'patient-care': 'a treating clinician needs the earlier case itself',
  'incidental-finding': 'something was seen that the patient should be told',
  'patient-safety': 'an incident or a device problem is being looked into',
  'data-subject-request': 'the patient asks what is held about them',
  'legal-duty': 'a court or an authority demands it',
  'quality-review': 'a case is checked against the hospital’s record',
  'approved-research': 'a study with an ethics approval that allows it',
} as const;

export type Purpose = keyof typeof PURPOSES;

export type RequestState = 'requested' | 'approved' | 'denied' | 'expired' | 'closed';

/** A re-identification request; pseudonyms and people of the staff, nobody's identity. */
export interface ReidentificationRequest {
  readonly id: string;
  readonly kind: PseudonymKind;
  readonly pseudonym: string;
  readonly purpose: Purpose;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly expiresAt: Date;
  readonly maxLooks: number;
  readonly looks: number;
  readonly state: RequestState;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
}

/** What an approval allowed and what was used of it, sealed: whoever can write the tables but has no key cannot make one. */
export interface Approval {
  readonly kind: PseudonymKind;
  readonly pseudonym: string;
  readonly purpose: string;
  readonly requestedBy: string;
  readonly decidedBy: string;
  readonly expiresAt: string;
  readonly maxLooks: number;
  readonly looks: number;
}

export function approvalOf(request: ReidentificationRequest, decidedBy: string, looks: number): Approval {
  const { kind, pseudonym, purpose, requestedBy, expiresAt, maxLooks } = request;
  return { kind, pseudonym, purpose, requestedBy, decidedBy, expiresAt: expiresAt.toISOString(), maxLooks, looks };
}

/** Whether the row of the request still says what was approved. */
export function isAsApproved(request: ReidentificationRequest, sealed: Approval): boolean {
  const expected = approvalOf(request, request.decidedBy ?? '', request.looks);
  return (Object.keys(expected) as (keyof Approval)[]).every((field) => expected[field] === sealed[field]);
}

/** @returns why this person may not decide on it, or undefined. */
export function decisionRefusal(
  request: ReidentificationRequest,
  operator: string,
  now: Date,
): VaultErrorCode | undefined {
  if (request.state === 'expired') return 'VAULT_REQUEST_EXPIRED';
  if (request.state !== 'requested') return 'VAULT_REQUEST_DECIDED';
  if (now >= request.expiresAt) return 'VAULT_REQUEST_EXPIRED';
  return operator === request.requestedBy ? 'VAULT_SELF_APPROVAL' : undefined;
}

/** @returns why this person may not look, or undefined. */
export function lookRefusal(request: ReidentificationRequest, operator: string, now: Date): VaultErrorCode | undefined {
  if (operator !== request.requestedBy) return 'VAULT_NOT_REQUESTER';
  if (request.state === 'expired') return 'VAULT_REQUEST_EXPIRED';
  if (request.state === 'closed') return 'VAULT_LOOKS_USED';
  if (request.state !== 'approved') return 'VAULT_REQUEST_NOT_APPROVED';
  if (request.decidedBy === null || request.decidedBy === operator) return 'VAULT_SELF_APPROVAL';
  if (now >= request.expiresAt) return 'VAULT_REQUEST_EXPIRED';
  return request.looks >= request.maxLooks ? 'VAULT_LOOKS_USED' : undefined;
}
