// The face of the room: invented patients and studies on disk.
export type { CohortProgress, CohortRequest } from './generate-cohort.ts';
export { generateCohort } from './generate-cohort.ts';
export type { CohortSummary } from './domain/cohort-summary.ts';
export { COHORT_VERSION } from './domain/cohort-summary.ts';
export type { ManifestRow } from './domain/object-plan.ts';
export type { BurnedIn } from './domain/burned-in.ts';
export type { Planted } from './domain/objects/planted.ts';
export { hostileObjects } from './hostile-objects.ts';
export type { HostileEnd, HostileObject } from './domain/hostile.ts';
export type { SyntheticErrorCode } from './synthetic.errors.ts';
export { SYNTHETIC_ERRORS } from './synthetic.errors.ts';
