// expect: no-relative-escape
export { spaceId } from '../../kernel/src/index.ts';
