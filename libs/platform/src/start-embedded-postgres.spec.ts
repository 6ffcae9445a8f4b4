/**
 * Real: the PostgreSQL binaries of npm, processes, signals, accounts, file permissions; a tmpfs where it may be mounted.
 * Fake: nothing. The killed parent is a child process that runs this room's build (`tsc -b libs/platform` first).
 */
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { DatabaseConnection, EmbeddedPostgres, EmbeddedPostgresOptions } from '@precedent/platform';
import { startEmbeddedPostgres } from '@precedent/platform';

const BUILT = fileURLToPath(new URL('../dist/index.js', import.meta.url));
const isRoot = process.getuid?.() === 0;

const scratch: string[] = [];
const running: EmbeddedPostgres[] = [];

async function scratchDirectory(mode = 0o711): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'precedent-postgres-'));
  await chmod(directory, mode);
  scratch.push(directory);
  return directory;
}

async function start(directory: string, more: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ directory, durable: false, ...more });
  running.push(server);
  return server;
}

let template: Promise<string> | null = null;

/** A directory with a database that was started and stopped before, copied: a start takes 0.1 s instead of 2. */
async function usedDirectory(): Promise<string> {
  template ??= scratchDirectory().then(async (parent) => {
    const server = await startEmbeddedPostgres({ directory: join(parent, 'postgres'), durable: false });
    await server.stop();
    return join(parent, 'postgres');
  });
  const directory = join(await scratchDirectory(), 'postgres');
  execFileSync('cp', ['-a', await template, directory]);
  return directory;
}

async function query(connection: DatabaseConnection, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

const insertRow = (connection: DatabaseConnection) =>
  query(connection, 'create table kept (n int); insert into kept values (7)');

/** Ended but not yet reaped by process 1 is ended. */
const alive = (pid: number): boolean =>
  existsSync(`/proc/${pid}/stat`) && !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z');

/** A service of its own: prints pid and connection of its PostgreSQL, then waits. */
function service(directory: string, account: { uid?: number; gid?: number } = {}) {
  const script = `
    const { startEmbeddedPostgres } = await import(${JSON.stringify(BUILT)});
    process.on('SIGTERM', () => process.exit(0));
    const lines = [];
    const server = await startEmbeddedPostgres({ directory: ${JSON.stringify(directory)}, durable: false, log: (line) => lines.push(line) })
      .catch((error) => { console.log(JSON.stringify({ code: error.code, message: error.message })); process.exit(3); });
    console.log(JSON.stringify({ pid: server.pid, connection: server.connection, lines }));
    process.stdin.resume();
    process.stdin.on('end', () => server.stop().then(() => process.exit(0)));
`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: '/',
    ...account,
  });
}

interface Announced {
  readonly pid: number;
  readonly connection: DatabaseConnection;
  readonly lines: readonly string[];
  readonly code?: string;
}

async function announced(child: ReturnType<typeof service>): Promise<Announced> {
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  return JSON.parse(chunk.toString('utf8')) as Announced;
}

async function waitUntilGone(pid: number): Promise<void> {
  for (let waited = 0; alive(pid) && waited < 400; waited += 1) await new Promise((done) => setTimeout(done, 25));
}

afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});
afterAll(async () => {
  for (const directory of scratch) await rm(directory, { recursive: true, force: true });
});

describe('startEmbeddedPostgres', () => {
  it('makes a database that only 127.0.0.1 reaches, only with its password, and keeps it over a restart', async () => {
    const directory = join(await scratchDirectory(), 'postgres');
    const first = await start(directory);
    await insertRow(first.connection);
    expect(await query(first.connection, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    expect(await query(first.admin, 'show unix_socket_directories')).toEqual([{ unix_socket_directories: '' }]);
    await expect(query({ ...first.connection, password: '' }, 'select 1')).rejects.toThrow();
    expect((await stat(join(directory, 'cluster', 'precedent.password'))).mode & 0o777).toBe(0o600);
    await first.stop();
    await expect(first.exited).resolves.toEqual({ code: 0, signal: null, expected: true });
    const second = await start(directory);
    expect(await query(second.connection, 'select n from kept')).toEqual([{ n: 7 }]);
    expect(second.admin.password).toBe(first.admin.password);
  });

  it('gives the service a role that owns the database and is refused what only a superuser may', async () => {
    const server = await start(join(await scratchDirectory(), 'postgres'));
    expect(server.connection).toMatchObject({ user: 'precedent_service', database: server.admin.database });
    const rights =
      'select rolsuper, rolcreaterole, rolcreatedb, rolbypassrls from pg_roles where rolname = current_user';
    const none = { rolsuper: false, rolcreaterole: false, rolcreatedb: false, rolbypassrls: false };
    expect(await query(server.connection, rights)).toEqual([none]);
    await expect(query(server.connection, 'create role other')).rejects.toMatchObject({ code: '42501' });
    await expect(query(server.connection, 'select * from pg_authid')).rejects.toMatchObject({ code: '42501' });
    await query(server.admin, 'create schema apart; create table apart.secret (n int)');
    await expect(query(server.connection, 'select n from apart.secret')).rejects.toMatchObject({ code: '42501' });
  });

  it('hands a database that an earlier version made over to that role, with all that is in it', async () => {
    const directory = join(await scratchDirectory(), 'postgres');
    const former = await start(directory);
    await query(
      former.admin,
      `alter database precedent owner to precedent; create schema ward; create type ward.state as enum ('a', 'b');
       create type ward.pair as (a int, b int); create sequence ward.loose;
       create table ward.note (id bigint generated always as identity primary key, old serial, state ward.state);
       create table ward.part (day int) partition by range (day); create table ward.part1 partition of ward.part for values from (1) to (9);
       create view ward.seen as select id from ward.note;
       create function ward.refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
       create trigger no before delete on ward.note for each statement execute function ward.refuse();
       insert into ward.note (state) values ('a')`,
    );
    await former.stop();
    const { connection } = await start(directory);
    const work = `insert into ward.note (state) values ('b'); alter table ward.note add more int; alter type ward.state add value 'c';
      create or replace function ward.refuse() returns trigger language plpgsql as $$ begin return null; end $$;
      insert into ward.part values (3); drop view ward.seen; drop type ward.pair; drop sequence ward.loose; create schema other`;
    await query(connection, work);
    expect(await query(connection, 'select id, state from ward.note order by id')).toEqual([
      { id: '1', state: 'a' },
      { id: '2', state: 'b' },
    ]);
  });

  it('runs with fsync on unless a test asks otherwise', async () => {
    const server = await start(await usedDirectory(), { durable: true });
    expect(await query(server.connection, 'show fsync')).toEqual([{ fsync: 'on' }]);
  });

  it('refuses a directory that another start uses, and leaves that one alone', async () => {
    const directory = join(await scratchDirectory(), 'postgres');
    const both = await Promise.allSettled([start(directory), start(directory)]);
    expect(both.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = both.find((result) => result.status === 'rejected');
    expect(refused?.reason).toMatchObject({ code: 'EMBEDDED_POSTGRES_IN_USE' });
    expect(await query(running[0]!.connection, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('starts again after a SIGKILL of the service, whose PostgreSQL went on running, and has every committed row', async () => {
    const directory = await usedDirectory();
    const killed = service(directory);
    const former = await announced(killed);
    await insertRow(former.connection);
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    expect(alive(former.pid)).toBe(true);
    const lines: string[] = [];
    const server = await start(directory, { log: (line) => lines.push(line) });
    expect(lines.join()).toContain(`process ${former.pid}`);
    expect(alive(former.pid)).toBe(false);
    expect(await query(server.connection, 'select n from kept')).toEqual([{ n: 7 }]);
  });

  it('ends its PostgreSQL with a service that exits without stopping it', async () => {
    const child = service(await usedDirectory());
    const { pid } = await announced(child);
    child.kill('SIGTERM');
    await once(child, 'exit');
    await waitUntilGone(pid);
    expect(alive(pid)).toBe(false);
  });

  it('tells of a PostgreSQL that dies, and starts again with every committed row', async () => {
    const directory = await usedDirectory();
    const server = await start(directory);
    await insertRow(server.connection);
    process.kill(server.pid, 'SIGKILL');
    await expect(server.exited).resolves.toEqual({ code: null, signal: 'SIGKILL', expected: false });
    await server.stop();
    const again = await start(directory);
    expect(await query(again.connection, 'select n from kept')).toEqual([{ n: 7 }]);
  });

  it('begins anew after a kill in the middle of the first start', async () => {
    const directory = join(await scratchDirectory(), 'postgres');
    await mkdir(join(directory, 'initialising-dead', 'cluster'), { recursive: true });
    await writeFile(join(directory, 'initialising-dead', 'cluster', 'PG_VERSION'), '18');
    const server = await start(directory);
    expect(await query(server.connection, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect((await readdir(directory)).sort()).toEqual(['cluster', 'postgres.log']);
  });

  it('starts when the pid of a former run belongs to a stranger now, and leaves the stranger alone', async () => {
    const directory = await usedDirectory();
    const { uid, gid } = await stat(join(directory, 'cluster'));
    const stranger = spawn('sleep', ['60'], isRoot ? { uid, gid } : {});
    await once(stranger, 'spawn');
    await writeFile(join(directory, 'cluster', 'postmaster.pid'), `${stranger.pid ?? 0}\n${directory}/cluster\n`);
    const server = await start(directory);
    expect(await query(server.connection, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    stranger.kill();
  });

  it('refuses a database of another major version and keeps it as it is', async () => {
    const directory = await usedDirectory();
    await writeFile(join(directory, 'cluster', 'PG_VERSION'), '15\n');
    await expect(start(directory)).rejects.toMatchObject({ code: 'EMBEDDED_POSTGRES_OTHER_VERSION' });
    expect(existsSync(join(directory, 'cluster', 'global', 'pg_control'))).toBe(true);
  });

  it('writes neither statements nor values to its log', async () => {
    const directory = await usedDirectory();
    const server = await start(directory);
    await query(
      server.connection,
      "create table patient (name text primary key); insert into patient values ('DOE^JANE')",
    );
    await expect(query(server.connection, "insert into patient values ('DOE^JANE')")).rejects.toThrow('duplicate key');
    await server.stop();
    const log = await readFile(join(directory, 'postgres.log'), 'utf8');
    expect(log).toContain('duplicate key');
    expect(log).not.toContain('DOE');
  });
});

/** What only root can show: accounts, foreign permissions, a small disk. */
const asRoot = isRoot ? describe : describe.skip;
if (!isRoot) process.stderr.write('not here: the tests of a start as root (this account is not root)\n');

asRoot('startEmbeddedPostgres as root', () => {
  it('runs PostgreSQL under an unprivileged account', async () => {
    const server = await start(await usedDirectory());
    expect((await stat(`/proc/${server.pid}`)).uid).not.toBe(0);
  });

  it('keeps the database elsewhere, says so and finds it again, when its account cannot reach the directory', async () => {
    const directory = join(await scratchDirectory(0o700), 'postgres');
    const elsewhere = await scratchDirectory(0o711);
    const lines: string[] = [];
    const first = await start(directory, { elsewhere, log: (line) => lines.push(line) });
    expect(lines.join()).toContain(elsewhere);
    await insertRow(first.connection);
    await first.stop();
    const second = await start(directory, { elsewhere });
    expect(await query(second.connection, 'select n from kept')).toEqual([{ n: 7 }]);
    await second.stop();
    await rm(second.home, { recursive: true });
    await expect(start(directory, { elsewhere })).rejects.toMatchObject({
      code: 'EMBEDDED_POSTGRES_RELOCATED_MISSING',
    });
  });

  it('refuses to begin an empty database where one became unreachable', async () => {
    const directory = await usedDirectory();
    await chmod(dirname(directory), 0o700);
    await expect(start(directory)).rejects.toMatchObject({ code: 'EMBEDDED_POSTGRES_FORBIDDEN' });
  });

  it('works as an ordinary user, whose database root then runs as that user', async () => {
    const parent = await scratchDirectory(0o777);
    const directory = join(parent, 'postgres');
    const child = service(directory, { uid: 65534, gid: 65534 });
    const { pid, connection } = await announced(child);
    await insertRow(connection);
    expect((await stat(`/proc/${pid}`)).uid).toBe(65534);
    child.stdin.end();
    await once(child, 'exit');
    await chmod(directory, 0o711);
    const server = await start(directory);
    expect((await stat(`/proc/${server.pid}`)).uid).toBe(65534);
    expect(await query(server.connection, 'select n from kept')).toEqual([{ n: 7 }]);
  });

  it('tells an ordinary user that the database belongs to another account', async () => {
    const directory = await usedDirectory();
    const child = service(directory, { uid: 65534, gid: 65534 });
    expect((await announced(child)).code).toBe('EMBEDDED_POSTGRES_FORBIDDEN');
    await once(child, 'exit');
  });

  it('says that the disk is full', async () => {
    const mount = await scratchDirectory();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m,mode=0711', 'tmpfs', mount], { stdio: 'pipe' });
    } catch {
      process.stderr.write('not here: a tmpfs cannot be mounted, the full disk is not tested\n');
      return;
    }
    try {
      await expect(start(join(mount, 'postgres'))).rejects.toMatchObject({ code: 'EMBEDDED_POSTGRES_DISK_FULL' });
    } finally {
      execFileSync('umount', [mount]);
    }
  });
});
