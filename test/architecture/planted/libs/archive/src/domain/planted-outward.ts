// expect: domain-looks-inward
export { adapter } from '../adapters/planted-adapter.ts';
