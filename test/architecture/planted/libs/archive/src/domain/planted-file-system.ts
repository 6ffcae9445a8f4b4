// expect: domain-is-pure-of-node-io
export { readFile } from 'node:fs/promises';
