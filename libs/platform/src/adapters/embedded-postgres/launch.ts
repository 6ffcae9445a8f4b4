import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import type { FileHandle } from 'node:fs/promises';
import { open, readFile, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { DatabaseConnection } from '../../domain/database.ts';
import { findFreePort } from '../../find-free-port.ts';
import { platformFault, systemCode } from '../../platform.errors.ts';
import { CLEAN_ENVIRONMENT, identity } from './account.ts';
import type { Binaries } from './binaries.ts';
import { diagnose, USER } from './initialise.ts';
import type { Location } from './location.ts';

const HOST = '127.0.0.1';
/** Enough for crash recovery of a large write-ahead log, after which a start that hangs is given up. */
const READY_TIMEOUT_MS = 300_000;
const LOG_LIMIT_BYTES = 16 * 1024 * 1024;

/** How a server's process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunningServer {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly port: number;
  readonly exited: Promise<Exit>;
}

/**
 * Statements and values never reach the log: spool rows hold identified data, and PostgreSQL would print the failing
 * statement and `Key (…)=(…) already exists`.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: HOST,
  unix_socket_directories: '',
  fsync: 'on',
  synchronous_commit: 'on',
  shared_buffers: '128MB',
  max_connections: '50',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_destination: 'stderr',
  logging_collector: 'off',
  timezone: 'UTC',
};

/**
 * For tests only: a power cut may destroy the database. Commits still wait for the write (synchronous_commit on), so that
 * a killed server loses nothing here either.
 */
const NOT_DURABLE: Readonly<Record<string, string>> = { fsync: 'off', full_page_writes: 'off' };

export const logFile = (location: Location): string => join(location.home, 'postgres.log');

async function openLog(location: Location): Promise<FileHandle> {
  const path = logFile(location);
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size > LOG_LIMIT_BYTES) await truncate(path, 0);
  return open(path, 'a', 0o600);
}

/** Starts the server in a session of its own: Ctrl-C must not stop it before the application has written its last rows. */
async function spawnServer(
  binaries: Binaries,
  location: Location,
  port: number,
  durable: boolean,
): Promise<RunningServer> {
  const log = await openLog(location);
  const settings = { ...SETTINGS, ...(durable ? {} : NOT_DURABLE), port: String(port) };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const options = { cwd: location.home, env: CLEAN_ENVIRONMENT, detached: true, ...identity(location.account) };
  const child = spawn(binaries.postgres, ['-D', location.cluster, ...flags], {
    ...options,
    stdio: ['ignore', log.fd, log.fd],
  });
  child.unref();
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: 127, signal: null }));
  });
  await log.close();
  return { child, pid: child.pid ?? 0, port, exited };
}

/** Recovery and shutdown are passing states; a refused password is not (it would be another server on this port). */
const PASSING = new Set(['ECONNREFUSED', 'ECONNRESET', '57P03']);

async function answers(connection: DatabaseConnection): Promise<boolean> {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch (error) {
    if (PASSING.has(systemCode(error)) || (error instanceof Error && /terminated|timeout/.test(error.message)))
      return false;
    throw platformFault('EMBEDDED_POSTGRES_START_FAILED', systemCode(error), error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** @returns how the server ended before it answered, or null once it answers. */
async function waitUntilReady(server: RunningServer, connection: DatabaseConnection): Promise<Exit | null> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const ended = await Promise.race([server.exited, sleep(30, null)]);
    if (ended !== null) return ended;
    if (await answers(connection)) return null;
  }
  throw platformFault('EMBEDDED_POSTGRES_START_FAILED', 'no answer in time');
}

/** What this start wrote to the log, for the diagnosis. */
async function logSince(location: Location, offset: number): Promise<string> {
  const bytes = await readFile(logFile(location)).catch(() => Buffer.alloc(0));
  return bytes.subarray(Math.min(offset, bytes.length)).toString('utf8');
}

/**
 * Starts postgres on a free port of 127.0.0.1 and waits until it answers. A port that was taken meanwhile is no fault:
 * another one is tried.
 */
export async function launch(
  binaries: Binaries,
  location: Location,
  password: string,
  durable: boolean,
): Promise<RunningServer> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const port = await findFreePort(HOST);
    const offset = (await stat(logFile(location)).catch(() => ({ size: 0 }))).size;
    const server = await spawnServer(binaries, location, port, durable);
    const ended = await waitUntilReady(server, connectionTo(port, password, 'postgres')).catch((error: unknown) => {
      server.child.kill('SIGQUIT');
      throw error;
    });
    if (ended === null) return server;
    const output = await logSince(location, offset > LOG_LIMIT_BYTES ? 0 : offset);
    if (!/could not bind|Address already in use/.test(output)) throw diagnose(output, 'EMBEDDED_POSTGRES_START_FAILED');
  }
  throw platformFault('NO_FREE_PORT', HOST);
}

export function connectionTo(port: number, password: string, database: string): DatabaseConnection {
  return { host: HOST, port, database, user: USER, password };
}
