import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const summary =
  'text burned into pictures: identifying boxes covered, pictures without text untouched, technical marks kept';
export const usage = `      --every N          one object in N of the case pack (default 1: all, which takes an hour on two cores)
      --part held-out    one half of the patients; the other is called tuned
      --set cases|real   one of the two sets only
      --misses FOLDER    pictures of what was missed, and of what was masked without a listed text
      --json FILE        every box and picture with what became of it
`;

/** In a process of its own, which runs what was built. @returns exit status */
export function run(args) {
  const script = join(import.meta.dirname, '..', 'score-pixels.mjs');
  const child = spawn(process.execPath, [script, ...args], { stdio: 'inherit' });
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
}
