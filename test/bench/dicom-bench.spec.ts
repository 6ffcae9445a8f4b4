// Real: the options, the objects that are made on the spot, the reader, the product's worker as a process. Invented: the
// measurements that the report is made from. Nothing is timed here: of the worker only what it wrote is looked at.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readDataset, stringsOf, tagOf } from '@precedent/dicom';
import { describeImage } from '@precedent/imaging';

const ROOT = resolve(import.meta.dirname, '../..');
const load = async <T>(file: string): Promise<T> =>
  (await import(pathToFileURL(join(ROOT, 'tools', 'bench', file)).href)) as T;

interface Ratio {
  readonly wall: { readonly value: number; readonly byRound: { readonly max: number } };
  readonly met?: boolean;
}
interface Row {
  readonly ratios: Record<string, Ratio>;
  readonly failed: Record<string, string>;
  readonly best?: string;
}
interface Result {
  readonly bytes: readonly Row[];
  readonly frames: readonly Row[];
  readonly load: { readonly quiet?: boolean };
}

const report = await load<{ summarise: (measured: object) => Result; describe: (result: Result) => string }>(
  'dicom-report.mjs',
);
const objects = await load<{
  headerObjects: (largeFrames: number) => { name: string; bytes: Buffer; large?: boolean }[];
  REPLACED: readonly string[];
}>('dicom-objects.mjs');
const bench = await load<{ readOptions: (args: readonly string[]) => { problem?: string; largeFrames?: number } }>(
  'dicom.mjs',
);
const times = await load<{ ownSeconds: () => number }>('process-times.mjs');

const folder = mkdtempSync(join(tmpdir(), 'precedent-bench-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('options', () => {
  it.each([['--rounds', '0'], ['--large-frames', 'many'], ['--part', 'all'], ['--no-such']])(
    '%s %s is refused',
    (...args: string[]) => {
      expect(bench.readOptions(args).problem).toBeDefined();
    },
  );

  it('all have a default', () => {
    expect(bench.readOptions([])).toMatchObject({ rounds: 3, largeFrames: 256, budgetMs: 300 });
  });
});

describe('the objects', () => {
  it('are images that can be read, and hold all twenty values that are replaced', () => {
    const made = objects.headerObjects(2);
    expect(made.map(({ large }) => large ?? false)).toEqual([false, false, true]);
    expect(new Set(objects.REPLACED).size).toBe(20);
    for (const { bytes } of made) {
      const read = readDataset(bytes);
      if (read.kind === 'rejected') throw new Error(read.reason);
      expect(describeImage(read.dataset).kind).toBe('image');
      const values = objects.REPLACED.map((keyword) => stringsOf(read.dataset, tagOf(keyword))[0] ?? '');
      expect(values.filter((value) => value === '')).toEqual([]);
    }
  });

  it('come back from the product’s worker with twenty values replaced', () => {
    const path = join(folder, 'object.dcm');
    writeFileSync(path, objects.headerObjects(1)[0]?.bytes ?? '');
    const worker = join(ROOT, 'tools', 'bench', 'dicom-worker.mjs');
    const { stdout } = spawnSync(process.execPath, [worker, 'precedent'], {
      input: `${JSON.stringify({ operation: 'proof', path })}\n${JSON.stringify({ operation: 'decode', path: 'none' })}\n`,
      encoding: 'utf8',
    });
    const [proof, failure] = stdout.trim().split('\n');
    expect(JSON.parse(proof ?? '')).toEqual({ proof: 20 });
    expect(JSON.parse(failure ?? '')).toHaveProperty('failed');
  });
});

describe('the report, from invented measurements', () => {
  const took = (wallMs: number) => ({ wallMs, cpuMs: wallMs });
  const row = { object: 'CT', size: 500_000, operation: 'rewrite', large: true };
  const measured = (rounds: readonly object[], part: Partial<typeof row> = {}) => ({
    settings: { rounds: rounds.length },
    versions: { dcmjs: '0' },
    missing: [],
    bytes: [{ ...row, ...part, rounds }],
    frames: [],
    load: { others: 0, idle: 0.5 },
  });
  const quick = { precedent: took(1), copy: took(0.6), dcmjs: took(11) };

  it('takes the ratio of the medians, so that one lucky round meets no aim', () => {
    const slow = { precedent: took(1), copy: took(0.1), dcmjs: took(9) };
    const [found] = report.summarise(measured([slow, slow, { ...quick, dcmjs: took(90) }])).bytes;
    expect(found?.ratios.dcmjs).toMatchObject({ met: false, wall: { value: 9, byRound: { max: 90 } } });
    expect(found?.ratios.copy?.met).toBe(false);
    expect(report.summarise(measured([quick])).bytes[0]?.ratios).toMatchObject({
      dcmjs: { met: true },
      copy: { met: true },
    });
  });

  it('has no aim for reading alone, nor for a copy of something small', () => {
    const reading = report.summarise(measured([quick], { operation: 'parse' })).bytes[0]?.ratios;
    expect([reading?.dcmjs?.met, reading?.copy?.met]).toEqual([undefined, undefined]);
    const small = report.summarise(measured([quick], { large: false })).bytes[0]?.ratios;
    expect([small?.dcmjs?.met, small?.copy?.met]).toEqual([true, undefined]);
  });

  it('compares a decoder with the fastest peer, and leaves out one that failed', () => {
    const rounds = [{ precedent: took(5), quick: took(4), slow: took(50), broken: { failed: 'cannot' } }];
    const frames = [{ uid: '5', syntax: 'RLE', frames: 9, rounds }];
    const summary = report.summarise({ ...measured([]), bytes: [], frames });
    expect(summary.frames[0]).toMatchObject({ best: 'quick', failed: { broken: 'cannot' } });
    expect(summary.frames[0]?.ratios.quick).toMatchObject({ met: false, wall: { value: 1.25 } });
    expect(report.describe(summary)).toContain('broken failed: cannot');
  });

  it('says so when there is no peer at all, or when the machine was busy', () => {
    const frames = [{ uid: '5', syntax: 'RLE', frames: 9, rounds: [{ precedent: took(5) }] }];
    const busy = { ...measured([quick]), frames, missing: ['dcmjs 0'], load: { others: 0.5, idle: 0 } };
    const text = report.describe(report.summarise(busy));
    expect(text).toContain('none here');
    expect(text).toContain('NOT HERE, not measured: dcmjs 0');
    expect(text).toContain('TAKEN UNDER LOAD');
    expect(report.describe(report.summarise(measured([quick])))).not.toContain('TAKEN UNDER LOAD');
  });
});

describe('CPU time', () => {
  it('counts children that have ended, however short they were', () => {
    if (process.platform !== 'linux') {
      console.warn('no /proc: not here');
      return;
    }
    const before = times.ownSeconds();
    spawnSync(process.execPath, ['-e', 'for (let i = 0; i < 3e8; i++);']);
    expect(times.ownSeconds()).toBeGreaterThan(before);
  });
});
