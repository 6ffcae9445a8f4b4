// Makes a fresh clone ready to run: packages, build, Python peers, model weights. Node built-ins only, since it runs
// before anything is installed. Every step looks first whether its result is already there, so running it again is cheap
// and a run that was broken off goes on where it stopped.
import { mkdirSync } from 'node:fs';
import { EXIT, HELP, UsageError, parseArguments } from './bootstrap/arguments.mjs';
import { buildStep } from './bootstrap/build.mjs';
import { SetupError, sentenceOf } from './bootstrap/errors.mjs';
import { acquireLock } from './bootstrap/lock.mjs';
import { modelStep } from './bootstrap/models.mjs';
import { nodePackagesStep } from './bootstrap/node-packages.mjs';
import { createPaths } from './bootstrap/paths.mjs';
import { dicomPeersStep, milvusLiteStep } from './bootstrap/python.mjs';
import { runStep } from './bootstrap/report.mjs';
import { nodeStep } from './bootstrap/versions.mjs';

const RERUN_AS = 'node tools/bootstrap.mjs';

function stepsFor(options) {
  const steps = [nodeStep, nodePackagesStep, buildStep, modelStep];
  if (options.with.has('milvus-lite')) steps.push(milvusLiteStep);
  if (options.with.has('peers')) steps.push(dicomPeersStep);
  return steps;
}

async function bootstrap(options) {
  const paths = createPaths();
  mkdirSync(paths.stamps, { recursive: true });
  const release = await acquireLock(paths.lock);
  try {
    for (const step of stepsFor(options)) await runStep(step, { paths, options });
  } finally {
    release();
  }
}

function report(error) {
  if (error instanceof UsageError) {
    process.stderr.write(`set-up: ${error.message}\n\n${HELP}`);
    return EXIT.usage;
  }
  process.stderr.write(`\nset-up: ${sentenceOf(error)}\n`);
  process.stderr.write(`set-up: not finished. What is done stays done; start again with: ${RERUN_AS}\n`);
  return error instanceof SetupError ? error.exitCode : EXIT.failed;
}

async function main() {
  const options = parseArguments(process.argv.slice(2));
  if (options.help) process.stdout.write(HELP);
  else await bootstrap(options);
}

main().then(
  () => process.exit(EXIT.ok),
  (error) => process.exit(report(error)),
);
