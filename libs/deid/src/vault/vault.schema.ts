import type { DatabaseSchema } from '@precedent/platform';
import { OperatorEntity, RequestEntity, SealedEntity, SealedNoteEntity } from './adapters/entities.ts';
import { VaultTables1700000003000 } from './migrations/1700000003000-vault-tables.ts';
import { SealedNote1700000003100 } from './migrations/1700000003100-sealed-note.ts';

/** What the vault's own role keeps, and nobody else reads. */
export const vaultSchema: DatabaseSchema = {
  name: 'vault',
  entities: [SealedEntity, OperatorEntity, RequestEntity],
  migrations: [VaultTables1700000003000],
};

/** What the service's role keeps for de-identification. */
export const deidSchema: DatabaseSchema = {
  name: 'deid',
  entities: [SealedNoteEntity],
  migrations: [SealedNote1700000003100],
};
