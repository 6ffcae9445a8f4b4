import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CodedError } from '@precedent/kernel';
import { uninterrupted, untilInterrupted } from '../terminal/interruption.ts';
import { note } from '../terminal/output.ts';
import { ServiceClient } from './service-client.ts';

/** The first start makes a database and loads the model; on a busy machine this takes a while. */
const START_MS = 180_000;
const POLL_MS = 100;
/** A service told to end finishes the batch in hand. */
const STOP_MS = 30_000;
/** A grandchild may hold the error stream open after the service has ended. */
const LAST_WORDS_MS = 2000;

export interface UsedService {
  readonly client: ServiceClient;
  /** Whether this command started the service for its own duration. */
  readonly started: boolean;
  stop(): Promise<void>;
}

/** What a running service writes to `run/server.json` of its data folder. */
interface RunFile {
  readonly pid: number;
  readonly url: string;
  /** What the operator should know of its start. */
  readonly notes?: readonly string[];
}

/** The service running on this data folder, or one started for as long as the command needs it. */
export async function useService(dataDir: string, serveOptions: readonly string[] = []): Promise<UsedService> {
  const running = await runningService(dataDir);
  if (running !== null) return { client: running, started: false, stop: () => Promise.resolve() };
  const child = startService(dataDir, serveOptions);
  try {
    const client = await untilInterrupted(untilUp(dataDir, child.process, child.errors));
    for (const line of (await readRun(dataDir)).notes ?? []) note(line);
    return { client, started: true, stop: () => stopService(child.process, STOP_MS) };
  } catch (error) {
    // Told to end in the middle of its start, a service comes up first, and then ends everything in order.
    await stopService(child.process, START_MS);
    throw error;
  }
}

async function runningService(dataDir: string): Promise<ServiceClient | null> {
  const client = await readAddress(dataDir);
  return client !== null && (await client.isUp()) ? client : null;
}

async function readRun(dataDir: string): Promise<RunFile> {
  return JSON.parse(await readFile(join(dataDir, 'run', 'server.json'), 'utf8')) as RunFile;
}

/** Null when no service has written its address, or the one that has is gone: its port may be anybody's now. */
async function readAddress(dataDir: string): Promise<ServiceClient | null> {
  try {
    const run = await readRun(dataDir);
    process.kill(run.pid, 0);
    const token = await readFile(join(dataDir, 'secrets', 'api-token'), 'utf8');
    return new ServiceClient({ url: run.url, token: token.trim() });
  } catch {
    return null;
  }
}

function startService(dataDir: string, serveOptions: readonly string[]): { process: ChildProcess; errors: string[] } {
  const bin = fileURLToPath(new URL('../../bin/precedent.js', import.meta.url));
  const args = [bin, 'serve', '--data-dir', dataDir, '--port', '0', '--child', ...serveOptions];
  // Its own process group, so that Ctrl-C reaches the command alone, which then ends the service in order. The IPC channel tells
  // the service when this command is gone, however it went.
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], detached: true });
  const errors: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
  return { process: child, errors };
}

async function untilUp(dataDir: string, child: ChildProcess, errors: readonly string[]): Promise<ServiceClient> {
  const deadline = Date.now() + START_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) throw await startFailed(child, errors);
    const client = await runningService(dataDir);
    if (client !== null) return client;
    await sleep(POLL_MS);
  }
  throw new CodedError(
    'SERVICE_START_TIMEOUT',
    'The service did not become ready in time: look at logs/server.log in the data folder.',
  );
}

/** The service's own sentence and code where it has told one. The end of a process is seen before the last of what it wrote. */
async function startFailed(child: ChildProcess, errors: readonly string[]): Promise<CodedError> {
  if (child.stderr?.readableEnded === false) await Promise.race([once(child.stderr, 'close'), sleep(LAST_WORDS_MS)]);
  const text = errors.join('').trim();
  const [, sentence, code] = /^precedent: (.+) \[([A-Z0-9_]+)\]$/ms.exec(text) ?? [];
  if (sentence !== undefined && code !== undefined) return new CodedError(code, sentence);
  return new CodedError(
    'SERVICE_START_FAILED',
    text === '' ? 'The service ended at its start: see logs/server.log in the data folder.' : text,
  );
}

async function stopService(child: ChildProcess, withinMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), withinMs);
  await uninterrupted(ended);
  clearTimeout(timer);
}
