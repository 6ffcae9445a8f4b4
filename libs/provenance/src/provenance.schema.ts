import type { DatabaseSchema } from '@precedent/platform';
import { EntryRow } from './adapters/entry.entity.ts';
import { ProvenanceEntry1700000000200 } from './migrations/1700000000200-provenance-entry.ts';

export const provenanceSchema: DatabaseSchema = {
  name: 'provenance',
  entities: [EntryRow],
  migrations: [ProvenanceEntry1700000000200],
};
