import type { DatabaseSchema } from '@precedent/platform';
import { ImageEmbeddingRow } from './adapters/entities.ts';
import { EmbeddingTables1700000002000 } from './migrations/1700000002000-embedding-tables.ts';

export const embeddingSchema: DatabaseSchema = {
  name: 'embedding',
  entities: [ImageEmbeddingRow],
  migrations: [EmbeddingTables1700000002000],
};
