export type { Brand, ImageKey, ObjectDigest, PatientKey, SeriesKey, SpaceId, StudyKey } from './ids.ts';
export { imageKey, isKey, objectDigest, patientKey, seriesKey, spaceId, studyKey } from './ids.ts';
export { CodedError, codeOf } from './errors.ts';
export type { Clock } from './clock.ts';
export { systemClock } from './clock.ts';
export type { AuditEvent, AuditEventCode, AuditTrail, Transaction } from './audit-trail.ts';
export { AUDIT_TRAIL } from './audit-trail.ts';
export type { ProvenanceEntry, ProvenanceLedger } from './provenance-ledger.ts';
export { PROVENANCE_LEDGER } from './provenance-ledger.ts';
