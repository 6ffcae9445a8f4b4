export type { RecordedProvenanceEntry } from './domain/recorded-entry.ts';
export { PostgresProvenanceLedger } from './postgres-provenance-ledger.ts';
export { provenanceSchema } from './provenance.schema.ts';
export { ProvenanceModule } from './provenance.module.ts';
