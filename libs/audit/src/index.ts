export type { AuditPage, RecordedAuditEvent } from './domain/recorded-event.ts';
export { PostgresAuditTrail } from './postgres-audit-trail.ts';
export { auditSchema } from './audit.schema.ts';
export { AuditModule } from './audit.module.ts';
