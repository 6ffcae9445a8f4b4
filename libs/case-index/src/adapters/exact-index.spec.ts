/**
 * Real: the exact index, its worker thread, its files, a child process that is killed with SIGKILL.
 * Fake: damage to the files is done by hand. Needs `tsc -b libs/case-index` first.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spaceId, studyKey } from '@precedent/kernel';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { allIds, DIMENSION, imageOf, randomImages, SPACE } from '../contract.testkit.ts';
import type { ExactCaseIndex } from '../domain/types.ts';
import { openExactIndex } from './exact-index.ts';

let directory: string;
let index: ExactCaseIndex;
const file = (): string => join(directory, 'cases.idx');
const open = (options = {}): Promise<ExactCaseIndex> =>
  openExactIndex({ directory, space: SPACE, dimension: DIMENSION, ...options });

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'exact-index-'));
  index = await open();
});
afterEach(async () => {
  await index.close();
  await rm(directory, { recursive: true });
});

/** Writes batches in a child process, prints each acknowledged count, and is killed while it writes. */
async function writeUntilKilled(afterBatches: number): Promise<number> {
  const script = `
    import { openExactIndex } from ${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)};
    const index = await openExactIndex(${JSON.stringify({ directory, space: SPACE, dimension: DIMENSION })});
    const vector = new Float32Array(${DIMENSION}); vector[0] = 1;
    for (let n = 0; ; n += 50) {
      await index.upsert(Array.from({ length: 50 }, (_, i) => ({ id: 'k' + (n + i), studyKey: 's', seriesKey: 'r',
        patientKey: 'p', modality: 'CT', bodyPart: '', sex: '', ageBand: '', vector })));
      process.stdout.write((n + 50) + '\\n');
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let acknowledged = 0;
  let batches = 0;
  child.stdout.on('data', (data: Buffer) => {
    const lines = data.toString().trim().split('\n');
    batches += lines.length;
    acknowledged = Number(lines.at(-1));
    if (batches >= afterBatches) child.kill('SIGKILL');
  });
  await once(child, 'close');
  return acknowledged;
}

describe('exact index after a kill', () => {
  it('holds every acknowledged row, in whole batches, and takes over the dead lock', async () => {
    await index.close();
    for (const batches of [1, 9]) {
      await rm(directory, { recursive: true });
      const acknowledged = await writeUntilKilled(batches);
      index = await open();
      const count = await index.count();
      expect(count).toBeGreaterThanOrEqual(acknowledged);
      expect(count % 50).toBe(0);
      expect(acknowledged).toBeGreaterThan(0);
      await index.close();
    }
  });

  it('cuts an unfinished write off, says so, and goes on writing', async () => {
    await index.upsert(randomImages(10));
    const whole = statSync(file()).size;
    await index.upsert([imageOf('last')]);
    await index.close();
    truncateSync(file(), whole + 77);
    index = await open();
    expect(await index.count()).toBe(10);
    expect((await index.health()).detail).toContain('77 bytes was cut off');
    await index.upsert([imageOf('after')]);
    await index.close();
    index = await open();
    expect(await allIds(index)).toContain('after');
  });

  it('takes zeros behind the last record, as some file systems leave them, for an unfinished write', async () => {
    await index.upsert(randomImages(10));
    await index.close();
    appendFileSync(file(), Buffer.alloc(5000));
    index = await open();
    expect(await index.count()).toBe(10);
  });

  it('starts anew when not even the head was written', async () => {
    await index.close();
    truncateSync(file(), 100);
    index = await open();
    expect(await index.count()).toBe(0);
  });

  it('forgets the half-written file of a compaction', async () => {
    await index.upsert(randomImages(10));
    await index.close();
    writeFileSync(`${file()}.new`, 'half');
    index = await open();
    expect(await index.count()).toBe(10);
    expect(existsSync(`${file()}.new`)).toBe(false);
  });
});

describe('exact index on a damaged disk', () => {
  it('says that the index is to be rebuilt, and gives the directory free again', async () => {
    await index.upsert(randomImages(10));
    await index.upsert([imageOf('behind')]);
    await index.close();
    const bytes = readFileSync(file());
    const damaged = Buffer.from(bytes);
    damaged[1000] = (damaged[1000] ?? 0) ^ 1;
    writeFileSync(file(), damaged);
    await expect(open()).rejects.toMatchObject({ code: 'INDEX_CORRUPT', message: expect.stringContaining('rebuild') });
    writeFileSync(file(), bytes);
    index = await open();
    expect(await index.count()).toBe(11);
  });

  it('refuses another space, and leaves its rows alone', async () => {
    await index.upsert(randomImages(3));
    await index.close();
    await expect(open({ space: spaceId('another') })).rejects.toMatchObject({ code: 'INDEX_SPACE_MISMATCH' });
    index = await open();
    expect(await index.count()).toBe(3);
  });
});

describe('exact index and its directory', () => {
  it('has one holder', async () => {
    await expect(open()).rejects.toMatchObject({ code: 'INDEX_LOCKED' });
    expect(readdirSync(directory).sort()).toEqual(['cases.idx', 'lock']);
  });

  it('takes over the lock of a process that ended, of a reused pid, and of an abandoned host', async () => {
    await index.close();
    const place = JSON.parse(readLockOf(await open())) as { place: string };
    const gone = { token: 't', pid: 2 ** 22 + 1, started: '1', place: place.place };
    const reused = { ...gone, pid: process.pid };
    const elsewhere = { ...gone, pid: process.pid, place: 'another host' };
    for (const holder of [gone, reused, elsewhere]) {
      writeFileSync(join(directory, 'lock'), JSON.stringify(holder));
      const longAgo = new Date(Date.now() - 120_000);
      utimesSync(join(directory, 'lock'), longAgo, longAgo);
      await (await open()).close();
    }
    writeFileSync(join(directory, 'lock'), JSON.stringify(elsewhere));
    await expect(open()).rejects.toMatchObject({ code: 'INDEX_LOCKED' });
    await rm(join(directory, 'lock'));
    index = await open();
  });

  it('keeps vectors from other users of the machine', () => {
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('takes deleted and replaced vectors off the disk with a compaction, and at the next opening', async () => {
    await index.upsert([
      imageOf('gone', { studyKey: studyKey('erased-study'), bodyPart: 'TELLTALE' }),
      imageOf('kept'),
    ]);
    await index.deleteStudies([studyKey('erased-study')]);
    await index.compact();
    expect(readFileSync(file()).includes('TELLTALE')).toBe(false);
    await index.upsert([imageOf('kept', { bodyPart: 'TELLTALE' })]);
    await index.upsert([imageOf('kept')]);
    await index.close();
    index = await open();
    expect(readFileSync(file()).includes('TELLTALE')).toBe(false);
    expect(await allIds(index)).toEqual(['kept']);
  });

  it('does not grow without end when the same rows are written again and again', async () => {
    const images = randomImages(200);
    await index.upsert(images);
    const once = statSync(file()).size;
    for (let i = 0; i < 40; i += 1) await index.upsert(images);
    expect(statSync(file()).size).toBeLessThan(once * 15);
    expect(await index.count()).toBe(200);
  });
});

describe('exact index in use', () => {
  it('pages ids completely while rows are written and deleted', async () => {
    const images = Array.from({ length: 2500 }, (_, i) => imageOf(`page-${String(i).padStart(5, '0')}`));
    await index.upsert(images);
    const seen: string[] = [];
    for await (const page of index.ids()) {
      seen.push(...page);
      await index.upsert([imageOf(`other-${seen.length}`)]);
      await index.deleteStudies([imageOf('page-00003').studyKey]);
    }
    const kept = images.map((image) => image.id).filter((id) => id !== 'page-00003');
    expect(seen.filter((id) => id.startsWith('page-') && id !== 'page-00003')).toEqual(kept);
  });
});

function readLockOf(opened: ExactCaseIndex): string {
  index = opened;
  const text = readFileSync(join(directory, 'lock'), 'utf8');
  void opened.close();
  return text;
}
