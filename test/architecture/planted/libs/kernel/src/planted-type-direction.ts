// expect: kernel-imports-only-its-list
import type { RegisteredModel } from '@precedent/platform';

export type Planted = RegisteredModel;
