import { expireRequests } from './adapters/request-rows.ts';
import type { VaultParts } from './vault-parts.ts';
import { recordSteps } from './vault-parts.ts';

/** Ends the requests whose term is over, and says so in the audit log. */
export class ExpireRequests {
  readonly #parts: Pick<VaultParts, 'vault' | 'audit' | 'clock'>;

  constructor(parts: Pick<VaultParts, 'vault' | 'audit' | 'clock'>) {
    this.#parts = parts;
  }

  async run(): Promise<number> {
    const { vault, audit, clock } = this.#parts;
    return vault.transaction(async (manager) => {
      const ended = await expireRequests(clock.now(), manager);
      const steps = ended.map(({ id, pseudonym, looks }) => ({
        code: 'reidentification-expired' as const,
        actor: 'housekeeping' as const,
        subject: pseudonym,
        detail: { requestId: id, looks },
      }));
      await recordSteps(audit, steps);
      return ended.length;
    });
  }
}
