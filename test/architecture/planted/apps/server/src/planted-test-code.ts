// expect: no-test-code-in-product
export { kit } from './planted-kit.testkit.ts';
