import type { EntityManager } from 'typeorm';
import { changeRequest, lockRequest } from './adapters/request-rows.ts';
import { findRow, putRows } from './adapters/sealed-rows.ts';
import { attempt } from './attempt.ts';
import { seal } from './domain/envelope.ts';
import type { ReidentificationRequest } from './domain/requests.ts';
import { approvalOf, decisionRefusal } from './domain/requests.ts';
import { vaultError } from './vault.errors.ts';
import type { VaultParts } from './vault-parts.ts';
import { recordSteps, sealing } from './vault-parts.ts';

export type Decision = 'approve' | 'deny';

/** Another person's yes or no. The yes is sealed: rows alone, written by whom ever, do not make an approval. */
export class DecideRequest {
  readonly #parts: VaultParts;

  constructor(parts: VaultParts) {
    this.#parts = parts;
  }

  /** @throws VAULT_REQUEST_UNKNOWN, VAULT_SELF_APPROVAL, VAULT_REQUEST_DECIDED, VAULT_REQUEST_EXPIRED, VAULT_PSEUDONYM_UNKNOWN */
  async run(operator: string, requestId: string, act: Decision): Promise<ReidentificationRequest> {
    return attempt(this.#parts, { actor: { operator }, act }, { requestId }, () =>
      sealing(this.#parts.vault, async (manager) => {
        const request = await lockRequest(requestId, manager);
        const now = this.#parts.clock.now();
        const refusal = decisionRefusal(request, operator, now);
        if (refusal !== undefined) throw vaultError(refusal);
        return this.#decide({ ...request, decidedBy: operator, decidedAt: now }, act, manager);
      }),
    );
  }

  async #decide(
    request: ReidentificationRequest & { readonly decidedBy: string; readonly decidedAt: Date },
    act: Decision,
    within: EntityManager,
  ): Promise<ReidentificationRequest> {
    const { id, kind, pseudonym, purpose, requestedBy, decidedBy, decidedAt } = request;
    const state = act === 'approve' ? 'approved' : 'denied';
    await changeRequest(id, { state, decidedBy, decidedAt }, within);
    if (act === 'approve') await this.#sealApproval(request, within);
    const code = act === 'approve' ? 'reidentification-approved' : 'reidentification-denied';
    const detail = { requestId: id, kind, purpose, requestedBy };
    await recordSteps(this.#parts.audit, [{ code, actor: { operator: decidedBy }, subject: pseudonym, detail }]);
    return { ...request, state };
  }

  async #sealApproval(
    request: ReidentificationRequest & { readonly decidedBy: string },
    within: EntityManager,
  ): Promise<void> {
    const target = await findRow(request.kind, request.pseudonym, within);
    if (target === undefined) throw vaultError('VAULT_PSEUDONYM_UNKNOWN');
    const label = { kind: 'approval', name: request.id, patientKey: target.patientKey, version: 0 } as const;
    await putRows([seal(label, approvalOf(request, request.decidedBy, 0), this.#parts.keys.ring.active)], within);
  }
}
