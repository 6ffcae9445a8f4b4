import type { DatabaseSchema } from '@precedent/platform';
import { EventRow } from './adapters/event.entity.ts';
import { AuditEvent1700000000100 } from './migrations/1700000000100-audit-event.ts';

export const auditSchema: DatabaseSchema = {
  name: 'audit',
  entities: [EventRow],
  migrations: [AuditEvent1700000000100],
};
