import type { AuditEventCode, AuditTrail, Clock } from '@precedent/kernel';
import type { DataSource, EntityManager } from 'typeorm';
import type { VaultKeys } from './adapters/vault-keys.ts';
import type { PseudonymKind } from './domain/types.ts';
import type { VaultErrorCode } from './vault.errors.ts';

export interface VaultLimits {
  /** Longest term of a request, hours. */
  readonly maxHours: number;
  /** Most looks that one request may have. */
  readonly maxLooks: number;
}

/** What the vault's use cases work with. */
export interface VaultParts {
  /** As the vault's own role. */
  readonly vault: DataSource;
  /** As the service's role. */
  readonly service: DataSource;
  readonly keys: VaultKeys;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly limits: VaultLimits;
}

/** Who does it: a named operator, or whoever holds the service's own token. */
export type Actor = { readonly operator: string } | 'local-token' | 'housekeeping';

export const actorName = (actor: Actor): string => (typeof actor === 'string' ? actor : `operator:${actor.operator}`);

/** One step of a person with the vault, for the audit log: pseudonyms, names of the staff and codes; never an identity or a reason. */
export interface VaultStep {
  readonly code: AuditEventCode;
  readonly actor: Actor;
  readonly outcome?: 'success' | 'failure';
  readonly subject?: string;
  readonly detail?: Readonly<Record<string, string | number | boolean | null>>;
}

/** Written before the caller goes on, whatever becomes of the caller's transaction. @throws AUDIT_NOT_WRITTEN */
export async function recordSteps(audit: AuditTrail, steps: readonly VaultStep[]): Promise<void> {
  await audit.record(
    steps.map(({ actor, outcome, ...rest }) => ({ ...rest, outcome: outcome ?? 'success', actor: actorName(actor) })),
  );
}

/** An attempt that was refused, with why. */
export function refusedStep(
  actor: Actor,
  act: 'request' | 'approve' | 'deny' | 'reveal' | 'identify',
  why: VaultErrorCode,
  about: { readonly requestId?: string; readonly kind?: PseudonymKind; readonly pseudonym?: string } = {},
): VaultStep {
  const { pseudonym, ...rest } = about;
  const subject = pseudonym === undefined ? {} : { subject: pseudonym };
  return { code: 'reidentification-refused', actor, outcome: 'failure', ...subject, detail: { act, why, ...rest } };
}

/** Any number, the same in every version; apart from the migrations' one. */
const KEYS_LOCK = 7_305_117_002;

/**
 * A transaction in which rows are sealed: no key is taken away meanwhile, so that nothing is written under a key that is gone the
 * next moment.
 */
export function sealing<T>(vault: DataSource, work: (manager: EntityManager) => Promise<T>): Promise<T> {
  return locked(vault, 'pg_advisory_xact_lock_shared', work);
}

/** A transaction in which the key file changes: waits for all sealing to end, and holds new sealing back. */
export function changingKeys<T>(vault: DataSource, work: (manager: EntityManager) => Promise<T>): Promise<T> {
  return locked(vault, 'pg_advisory_xact_lock', work);
}

function locked<T>(vault: DataSource, lock: string, work: (manager: EntityManager) => Promise<T>): Promise<T> {
  return vault.transaction(async (manager) => {
    await manager.query(`SELECT ${lock}($1)`, [KEYS_LOCK]);
    return work(manager);
  });
}
