// expect: deid-imports-only-its-list
export type { Cohort } from '@precedent/synthetic';
