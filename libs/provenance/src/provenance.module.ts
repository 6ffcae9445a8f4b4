import { Module } from '@nestjs/common';
import { PROVENANCE_LEDGER } from '@precedent/kernel';
import { DataSource } from 'typeorm';
import { PostgresProvenanceLedger } from './postgres-provenance-ledger.ts';

/** Binds the kernel's port to the ledger in PostgreSQL; needs the DataSource of PlatformModule. */
@Module({
  providers: [
    {
      provide: PostgresProvenanceLedger,
      inject: [DataSource],
      useFactory: (dataSource: DataSource) => new PostgresProvenanceLedger(dataSource),
    },
    { provide: PROVENANCE_LEDGER, useExisting: PostgresProvenanceLedger },
  ],
  exports: [PostgresProvenanceLedger, PROVENANCE_LEDGER],
})
export class ProvenanceModule {}
