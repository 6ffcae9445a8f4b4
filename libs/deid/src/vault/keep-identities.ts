import type { EntityManager } from 'typeorm';
import { noteRows } from './adapters/sealed-notes.ts';
import { putRows } from './adapters/sealed-rows.ts';
import { rewrap } from './domain/envelope.ts';
import type { SealedRow } from './domain/types.ts';
import type { VaultParts } from './vault-parts.ts';
import { sealing } from './vault-parts.ts';

/**
 * Takes in what de-identification has sealed. `keep` goes first and is durable when it returns; `note` is part of the transaction
 * that writes the study's row. A kill in between leaves rows that no study needs yet; the job, run again, replaces them.
 */
export class KeepIdentities {
  readonly #parts: Pick<VaultParts, 'vault' | 'keys'>;

  constructor(parts: Pick<VaultParts, 'vault' | 'keys'>) {
    this.#parts = parts;
  }

  /**
   * Idempotent: an older sealing never replaces a newer one. Rows sealed just before a rotation are taken over to the active key.
   * @throws VAULT_KEY_UNKNOWN when the key they were sealed under is destroyed already: the study is de-identified anew
   */
  async keep(rows: readonly SealedRow[]): Promise<void> {
    if (rows.length === 0) return;
    const { vault, keys } = this.#parts;
    await sealing(vault, (manager) =>
      putRows(
        rows.map((row) => rewrap(row, keys.ring)),
        manager,
      ),
    );
  }

  /** @param within a transaction of the service's role */
  async note(rows: readonly SealedRow[], within: EntityManager): Promise<void> {
    await noteRows(rows, within);
  }
}
