// Real: the options, the objects (made by the product), the product's workers and command as processes, what is looked for in the
// outputs. Invented: the measurements that the report is made from. No peer is needed, and nothing is timed here: of a turn only
// what came out and whether its numbers add up is looked at.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateCohort } from '@precedent/synthetic';

const ROOT = resolve(import.meta.dirname, '../..');
const load = async <T>(file: string): Promise<T> =>
  (await import(pathToFileURL(join(ROOT, 'tools', 'bench', file)).href)) as T;

interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly values: readonly number[];
}
interface Remains {
  readonly outputs: number;
  readonly any: number;
  readonly name: number;
  readonly id: number;
  readonly uid: number;
}
interface Row {
  readonly name: string;
  readonly failed?: string;
  readonly startMs: Spread;
  readonly firstMs: Spread;
  readonly eachMs: Spread;
  readonly wallPerSecond?: Spread;
  readonly cameOut: number;
  readonly refused: Record<string, number>;
  readonly remains: Remains;
  readonly ratios: Record<string, { value: number; met?: boolean }>;
}
interface Result {
  readonly objects: { readonly all: number; readonly firstHalf: number };
  readonly rows: readonly Row[];
}
interface Objects {
  readonly all: string;
  readonly half: string;
  readonly files: readonly string[];
  readonly halfCount: number;
}

const bench = await load<{
  readOptions: (args: readonly string[]) => { problem?: string } & Record<string, unknown>;
  run: (settings: object) => Promise<Result>;
  describe: (result: Result) => string;
}>('deid.mjs');
const report = await load<{ summarise: (measured: object) => Result; describe: (result: Result) => string }>(
  'deid-report.mjs',
);
const made = await load<{
  layOut: (source: string, folder: string, most: number) => Objects;
  countRemains: (objects: Objects, output: string) => Remains;
  plainIdentifiers: (bytes: Buffer) => readonly { kind: string; bytes: Buffer }[];
}>('deid-objects.mjs');

const folder = mkdtempSync(join(tmpdir(), 'precedent-bench-test-'));
const cohort = join(folder, 'cohort');
const laidOut = join(folder, 'laid-out');
let objects: Objects;

beforeAll(async () => {
  await generateCohort({ directory: cohort, seed: 3, patients: 3 });
  mkdirSync(laidOut);
  objects = made.layOut(cohort, laidOut, 1000);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('options', () => {
  it.each([['--rounds', '0'], ['--objects', '1'], ['--jobs', 'many'], ['--only', 'theirs'], ['--no-such']])(
    '%s %s is refused',
    (...args: string[]) => {
      expect(bench.readOptions(args).problem).toBeDefined();
    },
  );

  it('all have a default', () => {
    expect(bench.readOptions([])).toMatchObject({ rounds: 3, patients: 170, only: 'all', pixels: false });
  });
});

describe('the objects', () => {
  it('are DICOM files only, whole studies in one half, the first half a part of all', () => {
    expect(readdirSync(objects.all)).toEqual(objects.files);
    expect(readdirSync(objects.half)).toEqual(objects.files.slice(0, objects.halfCount));
    const studyOf = (name: string) =>
      made
        .plainIdentifiers(readFileSync(join(objects.all, name)))
        .filter(({ kind }) => kind === 'uid')
        .map(({ bytes }) => bytes.toString());
    const first = new Set(objects.files.slice(0, objects.halfCount).flatMap(studyOf));
    expect(first.size).toBeGreaterThan(objects.halfCount);
    expect(
      objects.files
        .slice(objects.halfCount)
        .flatMap(studyOf)
        .filter((uid) => first.has(uid)),
    ).toEqual([]);
  });

  it('are all found to identify when nothing is done to them, and one value left in one output is found', () => {
    const untouched = made.countRemains(objects, objects.all);
    const n = objects.files.length;
    expect(untouched).toMatchObject({ outputs: n, any: n, name: n, id: n, uid: n });
    const output = join(folder, 'one-left');
    mkdirSync(output);
    const [first = '', second = ''] = objects.files;
    const id = made.plainIdentifiers(readFileSync(join(objects.all, first))).find(({ kind }) => kind === 'id');
    writeFileSync(
      join(output, first),
      Buffer.concat([Buffer.from('...'), id?.bytes ?? Buffer.alloc(0), Buffer.from('...')]),
    );
    writeFileSync(join(output, second), 'nothing of anybody');
    expect(made.countRemains(objects, output)).toEqual({ outputs: 2, any: 1, name: 0, id: 1, uid: 0 });
  });
});

describe('one round of the product alone', () => {
  it('treats every object in every row, leaves nothing, and its numbers add up', async () => {
    const settings = { rounds: 1, only: 'ours', objects: 1000, data: cohort, patients: 3, jobs: 2, pixels: true };
    const result = await bench.run(settings);
    const n = objects.files.length;
    expect(result.objects).toEqual({ all: n, firstHalf: objects.halfCount });
    expect(result.rows.map(({ name }) => name)).toEqual([
      'copy',
      'precedent',
      'precedent, compiled',
      'precedent deid --jobs',
    ]);
    for (const row of result.rows) {
      expect(row.failed).toBeUndefined();
      expect([row.name, row.cameOut, row.refused]).toEqual([row.name, n, {}]);
      expect([row.name, row.remains.outputs]).toEqual([row.name, n]);
      expect([row.name, row.remains.any]).toEqual([row.name, row.name === 'copy' ? n : 0]);
    }
    const text = bench.describe(result);
    expect(text).toContain('PIXELS NOT MEASURED');
    expect(text).toContain(`${n} of ${n}`);
  }, 180_000);
});

describe('the report, from invented measurements', () => {
  const turn = (start: number, first: number, rest: number, extra: object = {}) => ({
    marks: [start, start + first, start + first + rest],
    cameOut: 10,
    refused: {},
    remains: { outputs: 10, any: 5, name: 0, id: 0, uid: 5 },
    ...extra,
  });
  const summary = (...rounds: object[]) =>
    report.summarise({
      settings: { rounds: rounds.length, jobs: 2 },
      set: 'invented',
      objects: { files: Array.from({ length: 10 }, (_, i) => String(i)), halfCount: 4 },
      versions: {},
      missing: ['orthanc (not installed)'],
      rounds,
      load: { others: 0.5, idle: 0 },
    });
  const ours = { precedent: turn(100, 40, 12), 'precedent, compiled': turn(900, 6, 6) };

  it('start, first half and second half are kept apart, by the objects of each', () => {
    const [row] = summary({ ...ours, dcmanon: turn(5, 8, 18) }).rows;
    expect(row).toMatchObject({ startMs: { median: 100 }, firstMs: { median: 10 }, eachMs: { median: 2 } });
  });

  it('takes the ratio of the medians, twenty of a Python tool and one of dcmanon', () => {
    const one = (dcmanon: number, dicognito: number) => ({
      ...ours,
      dcmanon: turn(5, 8, dcmanon),
      dicognito: turn(300, 90, dicognito),
      gdcmanon: turn(5, 8, 1),
    });
    const { rows } = summary(one(12, 200), one(12, 200), one(600, 9000));
    const ratiosOf = (name: string) => rows.find((row) => row.name === name)?.ratios;
    expect(ratiosOf('dcmanon')).toMatchObject({ plain: { value: 1, met: true }, warm: { value: 2, met: true } });
    expect(ratiosOf('dicognito')?.plain?.met).toBe(false);
    expect(ratiosOf('dicognito')?.warm).toMatchObject({ met: true });
    expect(ratiosOf('gdcmanon')?.plain?.met).toBeUndefined();
    expect(ratiosOf('precedent')).toEqual({});
  });

  it('says who failed, who is not here, what was refused, what cannot be told, and that the machine was busy', () => {
    const refused = turn(1, 1, 5, { cameOut: 7, refused: { SystemExit: 3 } });
    const rounds = { ...ours, deid: { failed: 'no such module' }, dicognito: refused, gdcmanon: turn(5, 8, -1) };
    const text = report.describe(summary(rounds));
    expect(text).toContain('| deid | failed: no such module');
    expect(text).toContain('NOT HERE, not measured: orthanc (not installed)');
    expect(text).toContain('7 of 10 (3 SystemExit)');
    expect(text).toContain('too few objects to tell');
    expect(text).toContain('50 %');
    expect(text).toContain('TAKEN UNDER LOAD');
  });
});
