// Who is measured: workers that stay (so that their start does not count), and commands of which the start is taken off.
import { execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { REPLACED, REPLACEMENT } from './dicom-objects.mjs';

const run = promisify(execFile);
const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const KEPT = here('../../.precedent/bench');
const PYTHON = process.env.PRECEDENT_PEERS_PYTHON ?? here('../../.precedent/venv-peers/bin/python');

/** 0.51 is the last line that runs on Node 20. A peer of this benchmark, never a dependency of the product. */
const DCMJS = '0.51.1';
const ANSWER_LIMIT_MS = 180_000;

/** A process that answers one line to one line. */
class Worker {
  #child;
  #lines;

  constructor(program, args) {
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    // A worker that cannot start ends its output, and `ask` says so.
    this.#child.on('error', () => {});
    this.#child.stdin.on('error', () => {});
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** @returns what was measured, or `{ failed }` with the peer's reason. */
  async ask(task, signal) {
    signal.throwIfAborted();
    const end = () => this.#child.kill('SIGKILL');
    const limit = setTimeout(end, ANSWER_LIMIT_MS);
    signal.addEventListener('abort', end);
    try {
      this.#child.stdin.write(`${JSON.stringify({ replaced: REPLACED, replacement: REPLACEMENT, ...task })}\n`);
      const { value, done } = await this.#lines.next();
      signal.throwIfAborted();
      return done ? { failed: `it ended, or gave no answer within ${ANSWER_LIMIT_MS / 1000} s` } : JSON.parse(value);
    } finally {
      clearTimeout(limit);
      signal.removeEventListener('abort', end);
    }
  }

  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.stdin.end();
    const limit = setTimeout(() => this.#child.kill('SIGKILL'), 2000);
    await ended;
    clearTimeout(limit);
  }
}

/**
 * @returns {Promise<{ workers: Record<string, Worker>, versions: Record<string, string>, missing: string[] }>} `precedent` always;
 *   `dcmjs` and `pydicom` where they are here.
 */
export async function startWorkers(progress) {
  const worker = here('dicom-worker.mjs');
  const workers = { precedent: new Worker(process.execPath, [worker, 'precedent']) };
  const versions = {};
  const missing = [];
  const dcmjs = await dcmjsFolder(progress).catch(() => undefined);
  if (dcmjs === undefined) missing.push(`dcmjs ${DCMJS} (could not be installed)`);
  else {
    versions.dcmjs = DCMJS;
    workers.dcmjs = new Worker(process.execPath, ['--max-old-space-size=4096', worker, 'dcmjs', dcmjs]);
  }
  if (!existsSync(PYTHON)) missing.push('pydicom (node tools/bootstrap.mjs --with tests)');
  else {
    versions.pydicom = spawnSync(PYTHON, ['-c', 'import pydicom; print(pydicom.__version__)'], {
      encoding: 'utf8',
    }).stdout.trim();
    workers.pydicom = new Worker(PYTHON, ['-I', here('dicom-worker.py')]);
  }
  return { workers, versions, missing };
}

/** dcmjs in a folder of its own: in the workspace it would be a dependency. */
async function dcmjsFolder(progress) {
  const folder = join(KEPT, `dcmjs-${DCMJS}`);
  const manifest = join(folder, 'node_modules', 'dcmjs', 'package.json');
  const installed = async () => existsSync(manifest) && JSON.parse(await readFile(manifest, 'utf8')).version === DCMJS;
  if (await installed()) return folder;
  progress(`installing dcmjs ${DCMJS} into .precedent/bench (kept for the next time) …`);
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'package.json'),
    `${JSON.stringify({ private: true, dependencies: { dcmjs: DCMJS } })}\n`,
  );
  await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'], { cwd: folder });
  return (await installed()) ? folder : undefined;
}

/** Bash's own clock of the command: wall, user and system seconds, with milliseconds. */
const TIMED = 'TIMEFORMAT="=%R %U %S"; time "$@" >/dev/null';
const ARGUMENTS = { gdcmconv: ['--raw'] };

/** @returns {Promise<{ wallMs: number, cpuMs: number } | { failed: string }>} of one command over one file, its start included. */
async function timeCommand(tool, input, output, signal) {
  const args = ['-c', TIMED, 'bash', tool, ...(ARGUMENTS[tool] ?? []), input, output];
  try {
    const env = { ...process.env, LC_ALL: 'C' };
    const { stderr } = await run('bash', args, { timeout: ANSWER_LIMIT_MS, signal, env });
    const [, real, user, system] = /=([\d.]+) ([\d.]+) ([\d.]+)\s*$/.exec(stderr) ?? [];
    return { wallMs: 1000 * Number(real), cpuMs: 1000 * (Number(user) + Number(system)) };
  } catch (error) {
    signal.throwIfAborted();
    return { failed: `${tool} ended with ${error.code ?? error.signal}` };
  }
}

/** Milliseconds a frame of a command: what the frames beyond the first take, so that neither its start nor its end counts. */
export async function timeCommandPerFrame(tool, object, folder, signal) {
  const output = join(folder, 'decoded.dcm');
  const one = await timeCommand(tool, object.one, output, signal);
  const many = await timeCommand(tool, object.many, output, signal);
  if (one.failed ?? many.failed) return { failed: one.failed ?? many.failed };
  const of = (key) => Math.max(0, many[key] - one[key]) / (object.frames - 1);
  return { wallMs: of('wallMs'), cpuMs: of('cpuMs') };
}

export const commandInstalled = (tool) => spawnSync(tool, ['--version']).error === undefined;
