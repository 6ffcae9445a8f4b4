import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { indexFault } from '../case-index.errors.ts';
import { within } from '../domain/deadline.ts';
import { newClient } from './milvus-client.ts';

/** Its server binds to every interface by default and has neither sign-in nor TLS. */
const HOST = '127.0.0.1';
/** A cold disk reads 400 MB of Python packages first; measured 1 to 2 s warm. */
const START_MS = 60_000;
const STOP_STEP_MS = 5_000;
const POLL_MS = 100;
const PROBE_MS = 2_000;

/**
 * Runs the server and ends it when this side's end of standard input closes, so that a killed parent leaves no server
 * behind that holds the directory. SIGINT is the only signal it closes its files on, and a shell may have had it ignored.
 */
const LAUNCH = `
import os, signal, sys, threading
signal.signal(signal.SIGINT, signal.default_int_handler)
def watch():
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=watch, daemon=True).start()
from milvus_lite.cmdline import main
sys.exit(main(sys.argv[1:]))
`;

export interface MilvusLiteOptions {
  /** The interpreter of an environment made from tools/milvus-lite/requirements.txt. */
  readonly python: string;
  /** Made if absent; one server holds it. */
  readonly directory: string;
  /** A free one if absent; that of a stopped server to come back under its address. */
  readonly port?: number;
}

export interface MilvusLiteServer {
  /** `127.0.0.1:port`. */
  readonly address: string;
  readonly pid: number;
  /** Closes it in order, or else by force. */
  stop(): Promise<void>;
}

/** Starts a Milvus Lite on loopback. Fault: INDEX_PEER_FAILED, with its words in milvus-lite.log of the directory. */
export async function startMilvusLite(options: MilvusLiteOptions): Promise<MilvusLiteServer> {
  const { python, directory } = options;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const port = options.port ?? (await freePort());
  const child = launch(python, directory, port);
  const address = `${HOST}:${port}`;
  try {
    await within(START_MS, untilReady(child, address));
  } catch (error) {
    await stop(child);
    throw indexFault('INDEX_PEER_FAILED', 'its log is milvus-lite.log in its directory', error);
  }
  return { address, pid: child.pid ?? 0, stop: () => stop(child) };
}

function launch(python: string, directory: string, port: number): ChildProcess {
  const log = openSync(join(directory, 'milvus-lite.log'), 'a', 0o600);
  const data = join(directory, 'data');
  const settings = ['server', '--data-dir', data, '--host', HOST, '--port', String(port)];
  const child = spawn(python, ['-c', LAUNCH, ...settings], { stdio: ['pipe', log, log] });
  closeSync(log);
  // A missing interpreter is reported by the wait for readiness.
  child.on('error', () => undefined);
  child.stdin?.on('error', () => undefined);
  return child;
}

const isRunning = (child: ChildProcess): boolean =>
  child.pid !== undefined && child.exitCode === null && child.signalCode === null;

/** Asks for the version: an open port may be another server's, since two may share one. */
async function untilReady(child: ChildProcess, address: string): Promise<void> {
  for (;;) {
    await sleep(POLL_MS);
    if (!isRunning(child)) throw new Error('the server ended');
    const version = await versionAt(address);
    if (version?.startsWith('milvus_lite-') && isRunning(child)) return;
  }
}

async function versionAt(address: string): Promise<string | undefined> {
  const client = await newClient({ address }, PROBE_MS);
  try {
    await within(PROBE_MS, client.connectPromise);
    return (await within(PROBE_MS, client.getVersion())).version;
  } catch {
    return undefined;
  } finally {
    await client.closeConnection().catch(() => undefined);
  }
}

async function stop(child: ChildProcess): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
    if (!isRunning(child)) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    await Promise.race([ended, sleep(STOP_STEP_MS, undefined, { ref: false })]);
  }
}

/** Chosen beforehand: the server told port 0 binds one and prints 0. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, HOST, resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
