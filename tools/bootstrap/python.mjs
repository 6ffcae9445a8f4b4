import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command.mjs';
import { SetupError, machineLacks } from './errors.mjs';
import { createEnvironment, installRequirements, pythonOf } from './python-environment.mjs';
import { say } from './report.mjs';
import { clearStamp, digestOf, hasStamp, writeStamp } from './stamps.mjs';

const OLDEST_MINOR = 10;
const NAMES = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
const PROBE = 'import sys; print("%d.%d.%d" % sys.version_info[:3]); print(sys.executable)';

async function probe(name) {
  const { code, stdout } = await run(name, ['-c', PROBE], { capture: true });
  if (code !== 0) return undefined;
  const [version = '', executable = ''] = stdout.trim().split(/\r?\n/);
  const [major, minor] = version.split('.').map(Number);
  return { name, version, executable, fits: major === 3 && minor >= OLDEST_MINOR };
}

/** @returns the first Python that is new enough; throws with what was seen instead. */
async function findPython() {
  const own = process.env.PRECEDENT_PYTHON;
  const seen = [];
  for (const name of own ? [own] : NAMES) {
    const found = await probe(name);
    if (found?.fits) return found;
    if (found) seen.push(`${name} is ${found.version}`);
  }
  const what = seen.length > 0 ? seen.join(', ') : `no ${own ?? 'python3'} could be started`;
  throw machineLacks(
    `Python 3.${OLDEST_MINOR} or newer is needed for model weights and the peers of the tests; ${what}. ` +
      'Install it (Debian, Ubuntu: apt-get install python3 python3-venv), or name one by PRECEDENT_PYTHON.',
  );
}

let python;
/** Looked for once a run, and only when a step needs it. */
async function thePython() {
  if (!python) {
    python = await findPython();
    say('Python', `${python.version}, up to date (${python.executable})`);
  }
  return python;
}

function requirementsOf(tools) {
  const path = join(tools, 'requirements.txt');
  if (!existsSync(path)) throw new SetupError(`${path} is missing from this checkout; it belongs to the repository.`);
  return path;
}

/** An environment holds absolute paths: moved with its checkout, or under another Python, it is made again. */
const inputsOf = (directory, requirements, { version, executable }) =>
  digestOf(readFileSync(requirements), directory, version, executable);

async function works(directory) {
  const { code } = await run(pythonOf(directory), ['-c', ''], { capture: true });
  return code === 0;
}

/** @returns whether the environment had to be made. */
export async function ensureEnvironment({ paths, options }, stamp, directory, tools) {
  const found = await thePython();
  const requirements = requirementsOf(tools);
  const digest = inputsOf(directory, requirements, found);
  if (hasStamp(paths, stamp, digest) && (await works(directory))) return false;
  clearStamp(paths, stamp);
  rmSync(directory, { recursive: true, force: true });
  const installer = await createEnvironment(found, directory);
  await installRequirements(installer, directory, requirements, options);
  writeStamp(paths, stamp, digest);
  return true;
}

/** A step that makes one environment; `directory` and `tools` are names in the paths. */
function environmentStep({ title, stamp, size, directory, tools }) {
  return {
    title,
    doing: `Python environment .precedent/${stamp} (about ${size} MB)`,
    async look({ paths }) {
      const found = await thePython();
      const current = hasStamp(paths, stamp, inputsOf(paths[directory], requirementsOf(paths[tools]), found));
      return current && (await works(paths[directory])) ? 'up to date' : undefined;
    },
    async work(context) {
      await ensureEnvironment(context, stamp, context.paths[directory], context.paths[tools]);
    },
  };
}

export const milvusLiteStep = environmentStep({
  title: 'Milvus Lite peer',
  stamp: 'venv-milvus-lite',
  size: 450,
  directory: 'venvMilvusLite',
  tools: 'milvusLiteTools',
});

/** pydicom and its decoders: tests hold what we read and write against them (test/support/python-peer.ts). */
export const dicomPeersStep = environmentStep({
  title: 'DICOM peers',
  stamp: 'venv-peers',
  size: 160,
  directory: 'venvPeers',
  tools: 'peersTools',
});
