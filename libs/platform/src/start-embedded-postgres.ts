import pg from 'pg';
import { locateBinaries } from './adapters/embedded-postgres/binaries.ts';
import { ensureCluster } from './adapters/embedded-postgres/initialise.ts';
import type { Exit, RunningServer } from './adapters/embedded-postgres/launch.ts';
import { connectionTo, launch } from './adapters/embedded-postgres/launch.ts';
import { chooseLocation } from './adapters/embedded-postgres/location.ts';
import { clearOrphan, endPostgres, lockDirectory } from './adapters/embedded-postgres/orphan.ts';
import { ensureServiceRole } from './adapters/embedded-postgres/service-role.ts';
import type { DatabaseConnection } from './domain/database.ts';
import { systemCode } from './platform.errors.ts';

const DATABASE = 'precedent';

export interface EmbeddedPostgresOptions {
  /** Its own directory, made where absent. Holds the database, its password (0600) and the server's log. */
  readonly directory: string;
  /** Sentences for the operator: where the database lies when not in `directory`, what was cleared up. */
  readonly log?: (line: string) => void;
  /** Where root keeps what its unprivileged account cannot reach elsewhere; default /var/lib/precedent-postgres. */
  readonly elsewhere?: string;
  /** `false` is for tests only: fsync is off and a power cut may destroy the database. */
  readonly durable?: boolean;
}

export interface EmbeddedPostgres {
  /** As the service's own role, which owns the database and is no superuser. */
  readonly connection: DatabaseConnection;
  /** As the superuser: for making roles and schemas at the start, for nothing else. */
  readonly admin: DatabaseConnection;
  /** Where the database really lies (elsewhere than `directory` when root's unprivileged account cannot reach it). */
  readonly home: string;
  readonly pid: number;
  /** Settles when the server has ended, however it did; `expected` after `stop()`. Never rejects. */
  readonly exited: Promise<Exit & { readonly expected: boolean }>;
  /** Fast shutdown; returns when the server has ended and the directory may be used again. */
  stop(): Promise<void>;
}

/** A kill between initdb and here leaves no database `precedent`: made at any start that misses it. */
async function ensureDatabase(port: number, password: string): Promise<DatabaseConnection> {
  const client = new pg.Client(connectionTo(port, password, 'postgres'));
  await client.connect();
  try {
    await client.query(`create database ${DATABASE}`).catch((error: unknown) => {
      if (systemCode(error) !== '42P04') throw error;
    });
    return connectionTo(port, password, DATABASE);
  } finally {
    await client.end();
  }
}

async function connectionsOf(port: number, password: string): Promise<Pick<EmbeddedPostgres, 'connection' | 'admin'>> {
  const admin = await ensureDatabase(port, password);
  return { admin, connection: await ensureServiceRole(admin) };
}

function handleOf(
  server: RunningServer,
  { connection, admin }: Pick<EmbeddedPostgres, 'connection' | 'admin'>,
  home: string,
  release: () => Promise<void>,
): EmbeddedPostgres {
  let stopping: Promise<void> | null = null;
  // Known from the exit event and never from the pid, which the system may give to a stranger.
  let ended = false;
  void server.exited.then(() => (ended = true));
  // A process that ends by itself without stop() asks its server to end too; after SIGKILL the next start does it.
  const onExit = () => {
    if (!ended) server.child.kill('SIGINT');
  };
  process.once('exit', onExit);
  const end = async () => {
    process.off('exit', onExit);
    // `endPostgres` returns as soon as the process is a zombie. With nothing else open, a process waiting for the exit event of an
    // unreferenced child would end here, in the middle of its shutdown and with code 13.
    server.child.ref();
    if (!ended) await endPostgres(server.pid);
    await server.exited;
    await release();
  };
  return {
    connection,
    admin,
    home,
    pid: server.pid,
    exited: server.exited.then((exit) => ({ ...exit, expected: stopping !== null })),
    stop: () => (stopping ??= end()),
  };
}

/**
 * Starts PostgreSQL (the npm-installed binaries) for this process alone on a free port of 127.0.0.1 with a generated
 * password. Works as an ordinary user and as root (then under an unprivileged account), on a new or an existing
 * directory, and after a kill of an earlier run.
 * @throws EMBEDDED_POSTGRES_* (see platform.errors.ts)
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => undefined);
  const durable = options.durable ?? true;
  const location = await chooseLocation(options.directory, log, options.elsewhere);
  const lock = await lockDirectory(location.home);
  try {
    const binaries = await locateBinaries(location.account, log, options.elsewhere);
    await clearOrphan(location.cluster, log);
    const password = await ensureCluster(binaries, location, durable);
    const server = await launch(binaries, location, password, durable);
    const connections = await connectionsOf(server.port, password).catch(async (error: unknown) => {
      await endPostgres(server.pid);
      throw error;
    });
    return handleOf(server, connections, location.home, () => lock.release());
  } catch (error) {
    await lock.release();
    throw error;
  }
}
