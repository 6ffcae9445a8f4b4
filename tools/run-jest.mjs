// Jest in ESM mode needs a Node flag; set it here so that every platform's shell can run the same script.
// Closes with one plain line "N passed, N failed, N skipped" from Jest's own result, for people and for CI that reads it.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Modes that end without a result of their own, or that print their own. */
const WITHOUT_RESULT = /^--(watch|watchAll|listTests|showConfig|version|help|init|clearCache|json|outputFile)(=|$)/;

const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const args = process.argv.slice(2);
const folder = args.some((arg) => WITHOUT_RESULT.test(arg))
  ? undefined
  : mkdtempSync(join(tmpdir(), 'precedent-jest-'));
const result = folder && join(folder, 'result.json');

/** A file that could not be run has no failed test in it, and must not look like success: it counts as one. */
function closingLine() {
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, numPendingTests, numTodoTests } = JSON.parse(
      readFileSync(result, 'utf8'),
    );
    const skipped = numPendingTests + numTodoTests;
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    return `${numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  } catch {
    return 'Jest left no result: nothing can be said about the tests';
  }
}

const child = spawn(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    jest,
    ...args,
    ...(result ? ['--json', `--outputFile=${result}`] : []),
  ],
  { stdio: 'inherit' },
);
child.on('exit', (code, signal) => {
  if (result) process.stdout.write(`\n${closingLine()}\n`);
  if (folder) rmSync(folder, { recursive: true, force: true });
  process.exit(code ?? (signal ? 1 : 0));
});
