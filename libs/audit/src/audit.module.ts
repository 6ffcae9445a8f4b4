import { Module } from '@nestjs/common';
import { AUDIT_TRAIL } from '@precedent/kernel';
import { DataSource } from 'typeorm';
import { PostgresAuditTrail } from './postgres-audit-trail.ts';

/** Binds the kernel's port to the log in PostgreSQL; needs the DataSource of PlatformModule. */
@Module({
  providers: [
    {
      provide: PostgresAuditTrail,
      inject: [DataSource],
      useFactory: (dataSource: DataSource) => new PostgresAuditTrail(dataSource),
    },
    { provide: AUDIT_TRAIL, useExisting: PostgresAuditTrail },
  ],
  exports: [PostgresAuditTrail, AUDIT_TRAIL],
})
export class AuditModule {}
