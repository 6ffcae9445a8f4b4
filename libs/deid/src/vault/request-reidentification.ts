import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { insertRequest } from './adapters/request-rows.ts';
import { putRows } from './adapters/sealed-rows.ts';
import { attempt } from './attempt.ts';
import { seal } from './domain/envelope.ts';
import type { Purpose, ReidentificationRequest } from './domain/requests.ts';
import type { PseudonymKind } from './domain/types.ts';
import { currentRow } from './read-sealed.ts';
import { vaultError } from './vault.errors.ts';
import type { VaultParts } from './vault-parts.ts';
import { recordSteps, sealing } from './vault-parts.ts';

export interface Asked {
  readonly kind: PseudonymKind;
  readonly pseudonym: string;
  readonly purpose: Purpose;
  /** Read by who decides; sealed at rest, since people write names into such fields. */
  readonly reason: string;
  readonly hours: number;
  readonly looks: number;
}

const HOUR_MS = 3_600_000;

/** Asks for an identity. Nothing is told before another person approves. */
export class RequestReidentification {
  readonly #parts: VaultParts;

  constructor(parts: VaultParts) {
    this.#parts = parts;
  }

  /** @throws VAULT_TERM_TOO_LONG, VAULT_PSEUDONYM_UNKNOWN, VAULT_ROLLED_BACK */
  async run(operator: string, asked: Asked): Promise<ReidentificationRequest> {
    const { kind, pseudonym } = asked;
    return attempt(this.#parts, { actor: { operator }, act: 'request' }, { kind, pseudonym }, () => {
      const { maxHours, maxLooks } = this.#parts.limits;
      if (asked.hours > maxHours || asked.looks > maxLooks)
        throw vaultError('VAULT_TERM_TOO_LONG', { detail: `at most ${maxHours} hours and ${maxLooks} looks` });
      return sealing(this.#parts.vault, (manager) => this.#enter(operator, asked, manager));
    });
  }

  async #enter(operator: string, asked: Asked, within: EntityManager): Promise<ReidentificationRequest> {
    const { audit, keys } = this.#parts;
    const { kind, pseudonym, purpose, reason, hours, looks } = asked;
    const target = await currentRow(kind, pseudonym, { parts: this.#parts, within });
    if (target === undefined) throw vaultError('VAULT_PSEUDONYM_UNKNOWN');
    const request = this.#requestOf(operator, asked);
    await insertRequest(request, within);
    const label = { kind: 'reason', name: request.id, patientKey: target.patientKey, version: 0 } as const;
    await putRows([seal(label, { reason }, keys.ring.active)], within);
    const detail = { requestId: request.id, kind, purpose, hours, looks };
    await recordSteps(audit, [{ code: 'reidentification-requested', actor: { operator }, subject: pseudonym, detail }]);
    return request;
  }

  #requestOf(operator: string, { kind, pseudonym, purpose, hours, looks }: Asked): ReidentificationRequest {
    const requestedAt = this.#parts.clock.now();
    return {
      id: randomUUID(),
      ...{ kind, pseudonym, purpose, requestedBy: operator, requestedAt },
      expiresAt: new Date(requestedAt.getTime() + hours * HOUR_MS),
      maxLooks: looks,
      looks: 0,
      state: 'requested',
      decidedBy: null,
      decidedAt: null,
    };
  }
}
