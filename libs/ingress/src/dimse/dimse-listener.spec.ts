import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { programInstalled } from '../../../../test/support/accepting-peers.ts';
import { dcmtk } from '../../../../test/support/dcmtk.ts';
import { peerPresent } from '../../../../test/support/orthanc.ts';
import { startTestDatabase } from '../../../../test/support/test-database.ts';
import { ingressSchema } from '../ingress.schema.ts';
import type { TestDoor } from './listener.testkit.ts';
import { ctObject, dataSetOf, openDoor } from './listener.testkit.ts';

// Real: the listener process, the spool, PostgreSQL, DCMTK as sender. Fake: the log and the metrics.

const database = startTestDatabase();
let scratch: string;
let door: TestDoor | undefined;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'precedent-scu-'));
});
afterEach(() => door?.stop());
afterAll(() => rm(scratch, { recursive: true, force: true }));

const open = async (settings: Record<string, unknown> = {}): Promise<TestDoor> => {
  door = await openDoor(await database.open([ingressSchema]), settings);
  return door;
};

async function fileOf(name: string, bytes: Buffer): Promise<string> {
  const path = join(scratch, name);
  await writeFile(path, bytes);
  return path;
}

const present = (): boolean => peerPresent(programInstalled('storescu'), 'DCMTK');

describe('a DCMTK sender', () => {
  it('hears its C-ECHO answered, and what it stores is on disk byte for byte, once', async () => {
    if (!present()) return;
    const { port, receipts, stored, directory } = await open();
    const to = ['127.0.0.1', String(port), '-aec', 'PRECEDENT'];
    expect((await dcmtk('echoscu', to)).code).toBe(0);
    const objects = [ctObject('1.2.3.4', 64 * 1024), ctObject('1.2.3.5', 700 * 1024)];
    const files = await Promise.all(objects.map((bytes, at) => fileOf(`a${at}.dcm`, bytes)));
    const sent = await dcmtk('storescu', [...to, ...files]);
    expect([sent.code, sent.output]).toEqual([0, '']);
    expect(await stored()).toEqual(objects.map(dataSetOf).sort((a, b) => a.compare(b)));
    await dcmtk('storescu', [...to, ...files]);
    const known = 'dimse:STORESCU';
    expect(await receipts()).toEqual([
      `${known} stored`,
      `${known} stored`,
      `${known} duplicate`,
      `${known} duplicate`,
    ]);
    expect(await readdir(directory)).toHaveLength(2);
  }, 60_000);
});
