import { listRequests, lockRequest } from './adapters/request-rows.ts';
import type { ReidentificationRequest, RequestState } from './domain/requests.ts';
import { openCurrent } from './read-sealed.ts';
import type { VaultParts } from './vault-parts.ts';
import { recordSteps, sealing } from './vault-parts.ts';

/** Requests for those who decide on them. Who read is audited. */
export class ReadRequests {
  readonly #parts: VaultParts;

  constructor(parts: VaultParts) {
    this.#parts = parts;
  }

  /** Newest first, without reasons. */
  async list(
    operator: string,
    query: { readonly state?: RequestState | undefined; readonly limit: number },
  ): Promise<readonly ReidentificationRequest[]> {
    const { vault, audit } = this.#parts;
    const found = await listRequests(query, vault.manager);
    const detail = { requests: found.length };
    await recordSteps(audit, [{ code: 'reidentification-read', actor: { operator }, detail }]);
    return found;
  }

  /** @returns the request and its reason; null where the patient was forgotten. @throws VAULT_REQUEST_UNKNOWN, VAULT_TAMPERED */
  async one(
    operator: string,
    id: string,
  ): Promise<{ readonly request: ReidentificationRequest; readonly reason: string | null }> {
    return sealing(this.#parts.vault, async (within) => {
      const request = await lockRequest(id, within);
      const sealed = await openCurrent('reason', id, { parts: this.#parts, within }).catch((error: unknown) => {
        if ((error as { code?: string }).code === 'VAULT_PSEUDONYM_UNKNOWN') return null;
        throw error;
      });
      const detail = { requestId: id };
      const subject = request.pseudonym;
      await recordSteps(this.#parts.audit, [{ code: 'reidentification-read', actor: { operator }, subject, detail }]);
      return { request, reason: sealed === null ? null : (sealed.content as { reason: string }).reason };
    });
  }
}
