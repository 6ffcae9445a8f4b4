import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { systemClock } from '@precedent/kernel';
import type { DatabaseConnection } from '@precedent/platform';
import { findFreePort, openDatabase } from '@precedent/platform';
import { startTestDatabase } from '../../../../test/support/test-database.ts';
import { GenerationJournal } from '../generation-journal.ts';
import { ingressSchema } from '../ingress.schema.ts';
import { SpoolFolder } from '../spool-folder.ts';
import type { TestDoor } from './listener.testkit.ts';
import { ctObject, dataSetOf, openDoor } from './listener.testkit.ts';
import { data, RawPeer, storeCommand } from './raw-peer.testkit.ts';

// Real: listener and server processes and their deaths (SIGKILL), the spool, PostgreSQL. Fake: the sender, so that it can stop at
// a given step; in place of the whole service, a small program with the same listener and journal.

const database = startTestDatabase();
let door: TestDoor | undefined;
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  await door?.stop();
  door = undefined;
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function associated(port: number): Promise<RawPeer> {
  for (let i = 0; i < 200; i++) {
    const peer = await RawPeer.associate(port).catch(() => null);
    if (peer !== null) {
      cleanups.push(() => peer.close());
      return peer;
    }
    await sleep(50);
  }
  throw new Error('the listener does not come back');
}

const object = (n: number): { sop: string; bytes: Buffer } => ({
  sop: `1.2.3.${n}`,
  bytes: ctObject(`1.2.3.${n}`, 64 * 200),
});
const parts = ({ sop, bytes }: ReturnType<typeof object>): Buffer[] => [
  data(3, 3, storeCommand(sop)),
  data(3, 0, dataSetOf(bytes).subarray(0, 6000)),
  data(3, 2, dataSetOf(bytes).subarray(6000)),
];

/** Where a kill may find a message: its command sent, half of its data set, all of it, and no more than that. */
const STEPS = [1, 2, 3] as const;

async function acknowledged(peer: RawPeer, n: number): Promise<boolean> {
  peer.send(...parts(object(n)));
  return (await peer.status().catch(() => -1)) === 0;
}

describe('SIGKILL of the listener, at each step of a message', () => {
  it('loses nothing that was acknowledged, leaves nothing half-written, and another listener takes over', async () => {
    door = await openDoor(await database.open([ingressSchema]));
    const kept: number[] = [];
    let n = 1;
    for (const step of STEPS) {
      const peer = await associated(door.port);
      if (await acknowledged(peer, n)) kept.push(n);
      peer.send(...parts(object(n + 1)).slice(0, step));
      await sleep(step === 3 ? 3 : 100);
      const { pid } = door.listener;
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
      await peer.untilClosed();
      n += 2;
    }
    const again = await associated(door.port);
    // What was not acknowledged is sent again, as a PACS does; whether it is new or a duplicate, it is there once.
    for (let m = 1; m < n; m++) expect([m, await acknowledged(again, m)]).toEqual([m, true]);
    expect(kept).toEqual([1, 3, 5]);
    const expected = Array.from({ length: n - 1 }, (_, at) => dataSetOf(object(at + 1).bytes));
    await new GenerationJournal(door.db, new SpoolFolder(door.directory, 1e9), systemClock).recoverSpool();
    expect(await door.stored()).toEqual(expected.sort((a, b) => a.compare(b)));
    expect((await readdir(door.directory)).filter((name) => name.endsWith('.part'))).toEqual([]);
    expect(door.events.filter(({ name }) => name === 'child-restarted')).toHaveLength(STEPS.length);
  }, 120_000);
});

/** The server's side as a program of its own, so that it can be killed; it says when it listens. */
const SERVER = `
const [, root, port, spool, connection] = process.argv;
const { DimseConfigSchema, DimseListener, GroupJournal, ReceiveInstances, SpoolFolder, ingressSchema } = await import(root + '/libs/ingress/dist/index.js');
const { openDatabase } = await import(root + '/libs/platform/dist/index.js');
const db = await openDatabase(JSON.parse(connection), [ingressSchema]);
const folder = new SpoolFolder(spool, 1e9);
const journal = new GroupJournal(new ReceiveInstances(db, folder, { now: () => new Date() }), async () => undefined);
const settings = DimseConfigSchema.parse({ port: Number(port), peers: 'PEER@127.0.0.1' });
const listener = await DimseListener.start({ settings, folder, maxInstanceBytes: 1e9, journal, log: { event() {}, fault() {} }, metrics: { count() {} } });
process.stdout.write(String(listener.pid) + '\\n');
`;

describe('SIGKILL of the server, at each step of a message', () => {
  const root = fileURLToPath(new URL('../../../../', import.meta.url));

  it('ends its listener, which acknowledges nothing any more; after the next start all that was acknowledged is there', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'precedent-kill-'));
    cleanups.push(() => rm(directory, { recursive: true, force: true }));
    const connection = await database.fresh();
    const kept = new Set<number>();
    let n = 1;
    for (const step of STEPS) {
      const port = await findFreePort('127.0.0.1');
      const args = ['--input-type=module', '-e', SERVER, root, String(port), directory, JSON.stringify(connection)];
      const server = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
      cleanups.push(() => void server.kill('SIGKILL'));
      const listenerPid = await new Promise<number>((resolve) => server.stdout.once('data', (c) => resolve(Number(c))));
      const peer = await associated(port);
      if (await acknowledged(peer, n)) kept.add(n);
      peer.send(...parts(object(n + 1)).slice(0, step));
      await sleep(step === 3 ? 3 : 100);
      server.kill('SIGKILL');
      if (
        await peer.status().then(
          (s) => s === 0,
          () => false,
        )
      )
        kept.add(n + 1);
      await peer.untilClosed();
      await gone(listenerPid);
      n += 2;
    }
    expect([...kept]).toEqual(expect.arrayContaining([1, 3, 5]));
    const { db, files } = await recovered(connection, directory);
    cleanups.push(() => db.destroy());
    for (const one of kept) expect(files.some((file) => file.equals(dataSetOf(object(one).bytes)))).toBe(true);
    // Every file is whole, and every row has its file.
    const wholes = Array.from({ length: n }, (_, at) => dataSetOf(object(at + 1).bytes));
    expect(files.every((file) => wholes.some((whole) => whole.equals(file)))).toBe(true);
    const rows: unknown[] = await db.query(`SELECT 1 FROM ingress.receipt WHERE spool_name IS NOT NULL`);
    expect(rows).toHaveLength(files.length);
  }, 120_000);

  async function gone(pid: number): Promise<void> {
    for (let i = 0; i < 200; i++) {
      try {
        process.kill(pid, 0);
      } catch {
        return;
      }
      await sleep(50);
    }
    throw new Error('the listener outlives its server');
  }

  async function recovered(
    connection: DatabaseConnection,
    directory: string,
  ): Promise<{ db: DataSource; files: Buffer[] }> {
    const db = await openDatabase(connection, [ingressSchema]);
    await new GenerationJournal(db, new SpoolFolder(directory, 1e9), systemClock).recoverSpool();
    const names = await readdir(directory);
    return {
      db,
      files: await Promise.all(names.map(async (name) => dataSetOf(await readFile(join(directory, name))))),
    };
  }
});
