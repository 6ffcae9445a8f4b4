// Drift: every room has its one page, a face of explicit names, and no promise left in place of code.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rooms } from '../rooms.mjs';

/** One page as printed; longer, and nobody reads it before changing the room. */
const MAX_README_LINES = 120;
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

function readmeProblem(folder) {
  const path = join(root, folder, 'README.md');
  if (!existsSync(path)) return `${folder}: README.md is missing`;
  const lines = readFileSync(path, 'utf8').split('\n').length;
  return lines > MAX_README_LINES
    ? `${folder}: README.md has ${lines} lines, one page is ${MAX_README_LINES}`
    : undefined;
}

function faceProblems(folder) {
  const face = readFileSync(join(root, folder, 'src', 'index.ts'), 'utf8');
  return [
    /\bCONTRACT\b/.test(face) && `${folder}: index.ts still holds a CONTRACT comment: export what is built`,
    /^export\s*\{\s*\};?\s*$/m.test(face) && `${folder}: index.ts exports nothing`,
  ];
}

const problems = Object.values(rooms)
  .filter(({ folder }) => folder.startsWith('libs/'))
  .filter(({ folder }) => existsSync(join(root, folder, 'src', 'index.ts')))
  .flatMap(({ folder }) => [readmeProblem(folder), ...faceProblems(folder)])
  .filter(Boolean);
for (const problem of problems) process.stdout.write(`${problem}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;
