// expect: confined-name
import type { SealedStudy as Innocent } from '@precedent/ingress';

export type Planted = Innocent;
