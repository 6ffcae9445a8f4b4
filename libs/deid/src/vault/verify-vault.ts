import { pageOfNotes } from './adapters/sealed-notes.ts';
import type { Place } from './adapters/sealed-rows.ts';
import { findRow, pageOfRows } from './adapters/sealed-rows.ts';
import { open } from './domain/envelope.ts';
import type { SealedRow } from './domain/types.ts';
import type { VaultParts } from './vault-parts.ts';
import { recordSteps, sealing } from './vault-parts.ts';

export interface Verification {
  readonly rows: number;
  /** Rows that do not open. */
  readonly damaged: number;
  /** Rows that the service knows of and that are gone or older than they were. */
  readonly rolledBack: number;
}

const PAGE = 500;

type Parts = Pick<VaultParts, 'vault' | 'service' | 'keys' | 'audit'>;

/** Opens every row, tells nothing of what is in it, and holds every note of the service against its row. */
export class VerifyVault {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async run(): Promise<Verification> {
    const opened = await this.#openAll();
    const found = { ...opened, rolledBack: await this.#compareNotes() };
    const outcome = found.damaged + found.rolledBack === 0 ? 'success' : 'failure';
    await recordSteps(this.#parts.audit, [{ code: 'vault-verified', actor: 'local-token', outcome, detail: found }]);
    return found;
  }

  async #openAll(): Promise<{ rows: number; damaged: number }> {
    const counts = { rows: 0, damaged: 0 };
    for (let after: Place | undefined = { kind: '', name: '' }; after !== undefined;) {
      const from: Place = after;
      const page = await sealing(this.#parts.vault, async (manager) => {
        const rows = await pageOfRows(from, PAGE, manager);
        counts.damaged += rows.filter((row) => !this.#opens(row)).length;
        return rows;
      });
      counts.rows += page.length;
      after = page.at(-1);
    }
    return counts;
  }

  async #compareNotes(): Promise<number> {
    const { service, vault } = this.#parts;
    let rolledBack = 0;
    for (let after: Place | undefined = { kind: '', name: '' }; after !== undefined;) {
      const page: Awaited<ReturnType<typeof pageOfNotes>> = await pageOfNotes(after, PAGE, service.manager);
      for (const { kind, name, version } of page) {
        const row = await findRow(kind, name, vault.manager);
        if (row === undefined || row.version < version) rolledBack += 1;
      }
      after = page.at(-1);
    }
    return rolledBack;
  }

  #opens(row: SealedRow): boolean {
    try {
      open(row, this.#parts.keys.ring);
      return true;
    } catch {
      return false;
    }
  }
}
