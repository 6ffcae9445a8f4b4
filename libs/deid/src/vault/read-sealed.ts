import type { EntityManager } from 'typeorm';
import { notedVersion } from './adapters/sealed-notes.ts';
import { findRow } from './adapters/sealed-rows.ts';
import { open } from './domain/envelope.ts';
import type { SealedRow, SealKind } from './domain/types.ts';
import { vaultError } from './vault.errors.ts';
import type { VaultParts } from './vault-parts.ts';

/**
 * Finds a row and holds it against the service's note of it.
 * @returns undefined where there is neither
 * @throws VAULT_ROLLED_BACK when the row is gone or older than noted
 */
export async function currentRow(
  kind: SealKind,
  name: string,
  { parts, within }: { readonly parts: Pick<VaultParts, 'service'>; readonly within: EntityManager },
): Promise<SealedRow | undefined> {
  // The note first: rows are kept before they are noted, so a row read after its note is as new or newer.
  const noted = await notedVersion({ kind, name }, parts.service.manager);
  const row = await findRow(kind, name, within);
  if (noted !== undefined && (row === undefined || row.version < noted)) throw vaultError('VAULT_ROLLED_BACK');
  return row;
}

/** @throws VAULT_PSEUDONYM_UNKNOWN, VAULT_ROLLED_BACK, VAULT_TAMPERED, VAULT_KEY_UNKNOWN */
export async function openCurrent(
  kind: SealKind,
  name: string,
  given: { readonly parts: Pick<VaultParts, 'service' | 'keys'>; readonly within: EntityManager },
): Promise<{ readonly row: SealedRow; readonly content: unknown }> {
  const row = await currentRow(kind, name, given);
  if (row === undefined) throw vaultError('VAULT_PSEUDONYM_UNKNOWN');
  return { row, content: open(row, given.parts.keys.ring) };
}
