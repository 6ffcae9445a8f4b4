// expect: through-the-face
export { imageKey } from '../../kernel/src/ids.ts';
