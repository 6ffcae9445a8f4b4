import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processTree } from './process-times.mjs';
import { within } from './interruption.mjs';

const BIN = fileURLToPath(new URL('../../apps/cli/bin/precedent.js', import.meta.url));
const START_MS = 180_000;
const STOP_MS = 30_000;
const POLL_MS = 100;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const exitOf = (child) => new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));

/**
 * Our settings only: a PRECEDENT_DATABASE_HOST of this shell would have the benchmark write into somebody's archive.
 */
function environment(settings) {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('PRECEDENT_'));
  return { ...Object.fromEntries(inherited), ...settings };
}

/** The service on a fresh data folder, in its own process group: Ctrl-C reaches the benchmark, which ends it in order. */
export class ServiceProcess {
  #child;
  #exit;
  #dataDir;
  #errors = '';

  /** @param settings PRECEDENT_* variables. @param nodeFlags e.g. `--cpu-prof`. */
  constructor(dataDir, settings, nodeFlags = []) {
    this.#dataDir = dataDir;
    const args = [
      ...nodeFlags,
      BIN,
      'serve',
      '--data-dir',
      dataDir,
      '--port',
      '0',
      '--child',
      '--allow-uncleaned-pixels',
    ];
    const env = environment(settings);
    this.#child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], detached: true, env });
    this.#child.stderr.setEncoding('utf8').on('data', (text) => (this.#errors += text));
    this.#exit = exitOf(this.#child);
  }

  async ready(signal) {
    const ended = this.#exit.then((code) => {
      throw new Error(`the service ended at its start (${code}): ${this.#errors.trim()}`);
    });
    await within(Promise.race([this.#untilReady(signal), ended]), START_MS, signal, 'The start of the service');
  }

  status() {
    return this.#get('/v1/status').then((response) => response.json());
  }

  /** Ends in order; what has not ended after half a minute is killed, with all that it started. */
  async stop() {
    const tree = processTree(this.#child.pid);
    this.#child.kill('SIGTERM');
    // An open channel may keep a process that has nothing left to do.
    if (this.#child.connected) this.#child.disconnect();
    const ended = await Promise.race([this.#exit.then(() => true), pause(STOP_MS).then(() => false)]);
    if (!ended) killLeft(tree);
    await this.#exit;
  }

  async #untilReady(signal) {
    for (;;) {
      signal.throwIfAborted();
      if (existsSync(join(this.#dataDir, 'run', 'server.json'))) {
        const response = await this.#get('/health/ready').catch(() => undefined);
        if (response?.ok) return;
      }
      await pause(POLL_MS);
    }
  }

  #get(path) {
    const { url } = JSON.parse(readFileSync(join(this.#dataDir, 'run', 'server.json'), 'utf8'));
    const token = readFileSync(join(this.#dataDir, 'secrets', 'api-token'), 'utf8').trim();
    return fetch(url + path, { headers: { authorization: `Bearer ${token}` } });
  }
}

/** Only the processes seen below ours: a number that belongs to another process by now has another start time. */
function killLeft(tree) {
  for (const { pid, startedAt } of tree) {
    const [now] = processTree(pid);
    if (now?.startedAt !== startedAt) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it ended meanwhile
    }
  }
}

/** `precedent import --json` as a user runs it, against the service on this data folder. @returns its report. */
export async function importCases(dataDir, { directory, outcomes }, limitMs, signal) {
  const args = [
    BIN,
    'import',
    directory,
    '--json',
    '--data-dir',
    dataDir,
    ...(outcomes ? ['--outcomes', outcomes] : []),
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment({}) });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) child[name].setEncoding('utf8').on('data', (text) => (output[name] += text));
  const closed = new Promise((resolve) => child.once('close', resolve));
  try {
    const code = await within(closed, limitMs, signal, 'The import');
    if (code !== 0) throw new Error(`the import ended with ${code}: ${output.stderr.trim().slice(-2000)}`);
    return JSON.parse(output.stdout);
  } finally {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await closed;
  }
}
