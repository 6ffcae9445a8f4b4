import { afterAll } from '@jest/globals';
import type { DatabaseConnection, DatabaseSchema, EmbeddedPostgres } from '@precedent/platform';
import { openDatabase, startEmbeddedPostgres } from '@precedent/platform';
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import type { DataSource } from 'typeorm';

const ROOT = join(import.meta.dirname, '..', '..');
const copy = promisify(execFile);

/** A real PostgreSQL (embedded, fsync off) of this spec file, and as many fresh databases in it as the tests want. */
export interface TestDatabase {
  /** A new, empty database. */
  fresh(): Promise<DatabaseConnection>;
  /** The same database as its superuser. */
  admin(of: DatabaseConnection): Promise<DatabaseConnection>;
  /** A new database with these rooms' migrations run, opened; closed again by `stop`. */
  open(schemas: readonly DatabaseSchema[]): Promise<DataSource>;
  /** Ends everything; runs by itself after all tests of the file when `startTestDatabase` was called outside of hooks. */
  stop(): Promise<void>;
}

async function createDatabase(server: EmbeddedPostgres, database: string): Promise<DatabaseConnection> {
  const client = new pg.Client(server.admin);
  await client.connect();
  try {
    await client.query(`create database ${database} owner ${server.connection.user}`);
    return { ...server.connection, database };
  } finally {
    await client.end();
  }
}

class LazyTestDatabase implements TestDatabase {
  private starting: Promise<{ server: EmbeddedPostgres; directory: string }> | null = null;
  private readonly opened: DataSource[] = [];
  private made = 0;

  async fresh(): Promise<DatabaseConnection> {
    this.starting ??= startServer();
    this.made += 1;
    return createDatabase((await this.starting).server, `test_${this.made}`);
  }

  async admin({ database }: DatabaseConnection): Promise<DatabaseConnection> {
    this.starting ??= startServer();
    return { ...(await this.starting).server.admin, database };
  }

  async open(schemas: readonly DatabaseSchema[]): Promise<DataSource> {
    const dataSource = await openDatabase(await this.fresh(), schemas);
    this.opened.push(dataSource);
    return dataSource;
  }

  async stop(): Promise<void> {
    for (const dataSource of this.opened.splice(0)) if (dataSource.isInitialized) await dataSource.destroy();
    const started = await this.starting;
    this.starting = null;
    await started?.server.stop();
    if (started !== null) await rm(started.directory, { recursive: true, force: true });
  }
}

/**
 * A database directory as initdb leaves it, kept below `.precedent` for this account and this initdb call: copying it takes
 * 0.2 s, initdb 2 to 6 s on a busy machine, and every spec file with a database needs one.
 */
async function templateDirectory(): Promise<string> {
  const recipe = await readFile(join(ROOT, 'libs/platform/src/adapters/embedded-postgres/initialise.ts'));
  const key = createHash('sha256').update(recipe).update(String(process.getuid?.())).digest('hex').slice(0, 16);
  const template = join(ROOT, '.precedent', 'cache', `test-cluster-${key}`);
  if (existsSync(template)) return template;
  const directory = await scratchDirectory();
  const half = `${template}.${randomBytes(4).toString('hex')}`;
  try {
    const server = await startEmbeddedPostgres({ directory: join(directory, 'postgres'), durable: false });
    await server.stop();
    await mkdir(dirname(template), { recursive: true });
    await copy('cp', ['-a', join(directory, 'postgres'), half]);
    // Another worker may have been faster; its template is as good.
    await rename(half, template).catch(() => undefined);
  } finally {
    await rm(half, { recursive: true, force: true });
    await rm(directory, { recursive: true, force: true });
  }
  return template;
}

async function scratchDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'precedent-test-db-'));
  // As root PostgreSQL runs under another account, which must be able to pass.
  await chmod(directory, 0o711);
  return directory;
}

async function startServer(): Promise<{ server: EmbeddedPostgres; directory: string }> {
  const directory = await scratchDirectory();
  // In a checkout that this account may not write, initdb runs each time.
  const template = await templateDirectory().catch(() => null);
  if (template !== null) await copy('cp', ['-a', template, join(directory, 'postgres')]);
  return { server: await startEmbeddedPostgres({ directory: join(directory, 'postgres'), durable: false }), directory };
}

/**
 * Call it once at the top of a spec file: `const database = startTestDatabase();`. The server starts (under 1 s) at the
 * first `fresh` or `open`, in a temporary directory on a port of its own, and stops after the file's tests. Called
 * inside of a hook, `stop()` is yours to call in `afterAll`.
 */
export function startTestDatabase(): TestDatabase {
  const database = new LazyTestDatabase();
  try {
    afterAll(() => database.stop());
  } catch {
    // Jest takes no new hooks once tests run: the caller stops it.
  }
  return database;
}
