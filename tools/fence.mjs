// The fence: dependency-cruiser over the table of rooms, and what only the syntax tree shows.
//   node tools/fence.mjs [--root DIR] [--json]
// --root checks another tree by this checkout's rules (the spec plants violations in a scratch copy).
import { execFileSync } from 'node:child_process';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { confinementViolations } from './fence/confinement.mjs';

const here = dirname(dirname(fileURLToPath(import.meta.url)));
const cruiser = join(here, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
const MAX_REPORT_BYTES = 64 * 1024 * 1024;

/** The reporter's exit code is the number of errors; its text is the result either way. */
function cruise(root) {
  const args = [cruiser, '--config', join(here, '.dependency-cruiser.mjs'), '--output-type', 'json', 'libs', 'apps'];
  try {
    return execFileSync(process.execPath, args, {
      cwd: root,
      maxBuffer: MAX_REPORT_BYTES,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    if (error.stdout?.length > 0) return error.stdout;
    throw new Error(`dependency-cruiser could not run: ${error.stderr ?? error.message}`, { cause: error });
  }
}

function directionViolations(root) {
  const { summary } = JSON.parse(cruise(root).toString('utf8'));
  if (summary.totalCruised === 0)
    throw new Error(`nothing to look at under ${root}: a fence around nothing proves nothing`);
  return {
    looked: summary.totalCruised,
    violations: summary.violations.map(({ rule, from, to, comment }) => ({
      rule: rule.name,
      from,
      to,
      comment: comment ?? '',
    })),
  };
}

const rootAt = process.argv.indexOf('--root');
const root = rootAt === -1 ? here : resolve(process.argv[rootAt + 1]);
const { looked, violations } = directionViolations(root);
const all = [...violations, ...confinementViolations(root)];
if (process.argv.includes('--json')) process.stdout.write(JSON.stringify(all, null, 2));
else {
  for (const { rule, from, to, comment } of all)
    process.stdout.write(`${rule}: ${from} -> ${to}${comment ? ` (${comment})` : ''}\n`);
  process.stdout.write(`fence: ${looked} modules, ${all.length} violations\n`);
}
process.exitCode = all.length > 0 ? 1 : 0;
