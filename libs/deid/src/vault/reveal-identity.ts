import type { PatientKey, StudyKey } from '@precedent/kernel';
import type { EntityManager } from 'typeorm';
import { changeRequest, lockRequest } from './adapters/request-rows.ts';
import { noteRows } from './adapters/sealed-notes.ts';
import { putRows } from './adapters/sealed-rows.ts';
import { attempt } from './attempt.ts';
import { seal } from './domain/envelope.ts';
import type { Approval, ReidentificationRequest } from './domain/requests.ts';
import { approvalOf, isAsApproved, lookRefusal } from './domain/requests.ts';
import type { Identity, SealedRow, SourceIdentity, SourcePatient } from './domain/types.ts';
import { openCurrent } from './read-sealed.ts';
import { vaultError } from './vault.errors.ts';
import type { VaultParts, VaultStep } from './vault-parts.ts';
import { recordSteps, sealing } from './vault-parts.ts';

export interface Revealed {
  readonly request: ReidentificationRequest;
  /** Identified: for the person who asked, and for nothing that writes. */
  readonly identity: Identity;
}

/**
 * One look at an identity. The look is counted and audited before anything is told; a fault in between costs a look and tells
 * nothing.
 */
export class RevealIdentity {
  readonly #parts: VaultParts;

  constructor(parts: VaultParts) {
    this.#parts = parts;
  }

  /**
   * @throws VAULT_REQUEST_UNKNOWN, VAULT_NOT_REQUESTER, VAULT_REQUEST_NOT_APPROVED, VAULT_REQUEST_EXPIRED, VAULT_LOOKS_USED,
   * VAULT_PSEUDONYM_UNKNOWN, VAULT_TAMPERED, VAULT_ROLLED_BACK, VAULT_KEY_UNKNOWN
   */
  async run(operator: string, requestId: string): Promise<Revealed> {
    const { vault, service } = this.#parts;
    return attempt(this.#parts, { actor: { operator }, act: 'reveal' }, { requestId }, async () => {
      const look = await sealing(vault, (manager) => this.#look(operator, requestId, manager));
      await noteRows([look.approval], service.manager);
      return { request: look.request, identity: look.identity };
    });
  }

  async #look(
    operator: string,
    requestId: string,
    within: EntityManager,
  ): Promise<Revealed & { readonly approval: SealedRow }> {
    const request = await lockRequest(requestId, within);
    const refusal = lookRefusal(request, operator, this.#parts.clock.now());
    if (refusal !== undefined) throw vaultError(refusal);
    await this.#checkApproval(request, within);
    const { row, content } = await openCurrent(request.kind, request.pseudonym, {
      parts: this.#parts,
      within,
    });
    const { counted, approval } = await this.#count(request, row.patientKey, within);
    await recordSteps(this.#parts.audit, stepsOf(counted));
    return { request: counted, identity: identityIn(row, content as SourceIdentity), approval };
  }

  /** Against rows that somebody wrote who has no key, and against looks that were given back. */
  async #checkApproval(request: ReidentificationRequest, within: EntityManager): Promise<void> {
    const given = { parts: this.#parts, within };
    const { row, content } = await openCurrent('approval', request.id, given).catch((error: unknown) => {
      throw (error as { code?: string }).code === 'VAULT_PSEUDONYM_UNKNOWN' ? vaultError('VAULT_TAMPERED') : error;
    });
    if (row.version !== request.looks || !isAsApproved(request, content as Approval))
      throw vaultError('VAULT_TAMPERED');
  }

  async #count(
    request: ReidentificationRequest,
    patientKey: string,
    within: EntityManager,
  ): Promise<{ readonly counted: ReidentificationRequest; readonly approval: SealedRow }> {
    const looks = request.looks + 1;
    const state = looks === request.maxLooks ? 'closed' : 'approved';
    await changeRequest(request.id, { state, looks }, within);
    const label = { kind: 'approval', name: request.id, patientKey, version: looks } as const;
    const content = approvalOf(request, request.decidedBy ?? '', looks);
    const approval = seal(label, content, this.#parts.keys.ring.active);
    await putRows([approval], within);
    return { counted: { ...request, looks, state }, approval };
  }
}

function stepsOf(request: ReidentificationRequest): VaultStep[] {
  const { id, kind, pseudonym, purpose, requestedBy, decidedBy, looks, maxLooks, state } = request;
  const actor = { operator: requestedBy };
  const detail = { requestId: id, kind, purpose, approvedBy: decidedBy, look: looks, of: maxLooks };
  const revealed: VaultStep = { code: 'identity-revealed', actor, subject: pseudonym, detail };
  if (state !== 'closed') return [revealed];
  return [revealed, { code: 'reidentification-closed', actor, subject: pseudonym, detail: { requestId: id, looks } }];
}

function identityIn(row: SealedRow, content: SourceIdentity | SourcePatient): Identity {
  const patientKey = row.patientKey as PatientKey;
  if (row.kind === 'patient') return { kind: 'patient', patientKey, patient: content };
  return { kind: 'study', patientKey, studyKey: row.name as StudyKey, identity: content as SourceIdentity };
}
