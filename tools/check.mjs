// `npm run check`: everything that can be known without running the product. All steps run, then the failed are named.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (...path) => join(root, 'node_modules', ...path);
const cacheOf = (tool) => join('.precedent', 'cache', tool);

/** Content, not time stamps: a fresh clone and a switched branch change every time stamp. */
const eslintArguments = [
  '.',
  '--max-warnings',
  '0',
  '--cache',
  '--cache-strategy',
  'content',
  '--cache-location',
  `${cacheOf('eslint')}/`,
];

const fixedSteps = [
  { name: 'build (tsc -b)', script: bin('typescript', 'bin', 'tsc'), args: ['-b'] },
  { name: 'types of specs', script: bin('typescript', 'bin', 'tsc'), args: ['-p', 'tsconfig.spec.json'] },
  { name: 'eslint', script: bin('eslint', 'bin', 'eslint.js'), args: eslintArguments },
  {
    name: 'prettier',
    script: bin('prettier', 'bin', 'prettier.cjs'),
    args: [
      '--check',
      '.',
      '--log-level',
      'warn',
      '--cache',
      '--cache-strategy',
      'content',
      '--cache-location',
      cacheOf('prettier'),
    ],
  },
  { name: 'fence', script: join(root, 'tools', 'fence.mjs'), args: [] },
];

/** Each file of tools/drift is one check: a script that prints what drifted and ends with 1. */
function driftSteps() {
  const folder = join(root, 'tools', 'drift');
  const scripts = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.mjs')) : [];
  return scripts.sort().map((name) => ({
    name: `drift: ${name.replace(/\.mjs$/, '')}`,
    script: join(folder, name),
    args: [],
  }));
}

/** Output is shown only where a step fails: twenty pages of success hide the one line that matters. */
function runStep({ script, args }) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('error', (error) => resolve({ ok: false, output: String(error) }));
    child.on('close', (code) => resolve({ ok: code === 0, output }));
  });
}

const failed = [];
for (const step of [...fixedSteps, ...driftSteps()]) {
  const start = Date.now();
  const { ok, output } = await runStep(step);
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  process.stdout.write(`check | ${step.name.padEnd(24)} | ${ok ? 'ok' : 'FAILED'} in ${seconds} s\n`);
  if (ok) continue;
  failed.push(step.name);
  process.stdout.write(`${output.trimEnd()}\n`);
}
process.stdout.write(failed.length === 0 ? 'check: all steps ok\n' : `check: failed: ${failed.join(', ')}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
