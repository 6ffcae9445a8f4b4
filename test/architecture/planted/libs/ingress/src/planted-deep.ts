// expect: no-unresolvable
export { imageKey } from '@precedent/kernel/src/ids.ts';
