import type { DatabaseSchema } from '@precedent/platform';
import { ImageRow, OutcomeRow, StudyRow } from './adapters/entities.ts';
import { ArchiveTables1700000001000 } from './migrations/1700000001000-archive-tables.ts';

export const archiveSchema: DatabaseSchema = {
  name: 'archive',
  entities: [StudyRow, ImageRow, OutcomeRow],
  migrations: [ArchiveTables1700000001000],
};
