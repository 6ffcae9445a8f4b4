import { CodedError } from '@precedent/kernel';
import type { EntityManager } from 'typeorm';
import type { Purpose, ReidentificationRequest, RequestState } from '../domain/requests.ts';
import type { PseudonymKind } from '../domain/types.ts';
import type { VaultErrorCode } from '../vault.errors.ts';
import { vaultError } from '../vault.errors.ts';

interface Stored {
  readonly id: string;
  readonly kind: PseudonymKind;
  readonly pseudonym: string;
  readonly purpose: Purpose;
  readonly requested_by: string;
  readonly requested_at: Date;
  readonly expires_at: Date;
  readonly max_looks: number;
  readonly looks: number;
  readonly state: RequestState;
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
}

function fromStored(row: Stored): ReidentificationRequest {
  const { id, kind, pseudonym, purpose, looks, state } = row;
  return {
    ...{ id, kind, pseudonym, purpose, looks, state },
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    expiresAt: row.expires_at,
    maxLooks: row.max_looks,
    decidedBy: row.decided_by,
    decidedAt: row.decided_at,
  };
}

/** What the database itself refused (migrations: SQLSTATE, constraint), as the code of the rule that was broken. */
const REFUSALS: Readonly<Record<string, VaultErrorCode>> = {
  VL001: 'VAULT_REQUEST_DECIDED',
  VL002: 'VAULT_REQUEST_EXPIRED',
  request_other_person: 'VAULT_SELF_APPROVAL',
  request_looks: 'VAULT_LOOKS_USED',
};

function refusal(error: unknown): unknown {
  if (error instanceof CodedError || !(error instanceof Error)) return error;
  const { code, constraint } = error as Error & { code?: string; constraint?: string };
  const known = REFUSALS[code ?? ''] ?? REFUSALS[constraint ?? ''];
  return known === undefined ? error : vaultError(known, { cause: error });
}

export async function insertRequest(request: ReidentificationRequest, within: EntityManager): Promise<void> {
  const { id, kind, pseudonym, purpose, requestedBy, requestedAt, expiresAt, maxLooks } = request;
  await within.query(
    `INSERT INTO "vault"."request" ("id", "kind", "pseudonym", "purpose", "requested_by", "requested_at", "expires_at", "max_looks",
       "looks", "state") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 'requested')`,
    [id, kind, pseudonym, purpose, requestedBy, requestedAt, expiresAt, maxLooks],
  );
}

/** @returns the request, locked until the transaction ends. @throws VAULT_REQUEST_UNKNOWN */
export async function lockRequest(id: string, within: EntityManager): Promise<ReidentificationRequest> {
  const rows: Stored[] = await within.query(`SELECT * FROM "vault"."request" WHERE "id" = $1 FOR UPDATE`, [id]);
  const [row] = rows;
  if (row === undefined) throw vaultError('VAULT_REQUEST_UNKNOWN');
  return fromStored(row);
}

export interface RequestChange {
  readonly state: RequestState;
  readonly looks?: number;
  readonly decidedBy?: string;
  readonly decidedAt?: Date;
}

/** @throws VAULT_SELF_APPROVAL, VAULT_REQUEST_EXPIRED, VAULT_LOOKS_USED, VAULT_REQUEST_DECIDED when the database refuses it */
export async function changeRequest(id: string, change: RequestChange, within: EntityManager): Promise<void> {
  await within
    .query(
      `UPDATE "vault"."request" SET "state" = $2, "looks" = coalesce($3::int, "looks"),
         "decided_by" = coalesce($4, "decided_by"), "decided_at" = coalesce($5::timestamptz, "decided_at") WHERE "id" = $1`,
      [id, change.state, change.looks ?? null, change.decidedBy ?? null, change.decidedAt ?? null],
    )
    .catch((error: unknown) => {
      throw refusal(error);
    });
}

/** Newest first. */
export async function listRequests(
  { state, limit }: { readonly state?: RequestState | undefined; readonly limit: number },
  within: EntityManager,
): Promise<readonly ReidentificationRequest[]> {
  const rows: Stored[] = await within.query(
    `SELECT * FROM "vault"."request" WHERE $1::text IS NULL OR "state" = $1 ORDER BY "requested_at" DESC, "id" LIMIT $2`,
    [state ?? null, limit],
  );
  return rows.map(fromStored);
}

/** Ends every open request whose term is over. @returns those that were ended. */
export async function expireRequests(now: Date, within: EntityManager): Promise<readonly ReidentificationRequest[]> {
  const [rows]: [Stored[], number] = await within.query(
    `UPDATE "vault"."request" SET "state" = 'expired' WHERE "state" IN ('requested', 'approved') AND "expires_at" <= $1 RETURNING *`,
    [now],
  );
  return rows.map(fromStored);
}
