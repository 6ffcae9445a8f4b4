// expect: confined-name
import type * as ingress from '@precedent/ingress';

export type Planted = ingress.SealedStudy;
