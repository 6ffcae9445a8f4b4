import type { DatabaseSchema } from '@precedent/platform';
import { GenerationRow, OutcomeLineRow, ReceiptRow } from './adapters/entities.ts';
import { IngressTables1700000002000 } from './migrations/1700000002000-ingress-tables.ts';

export const ingressSchema: DatabaseSchema = {
  name: 'ingress',
  entities: [ReceiptRow, GenerationRow, OutcomeLineRow],
  migrations: [IngressTables1700000002000],
};
