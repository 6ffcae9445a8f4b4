// Real: the mutants, the reader, the rewriter, the de-identifier, the decoders in their sandbox, the command as a process with its
// watched workers; objects of ../shared where it is there, else made ones only, and that is said. Planted: readers and renderers
// that are wrong, and workers that hang, crash and swell, to see that the harness notices.
import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { readDataset } from '@precedent/dicom';
import type { Dataset, ReadOutcome } from '@precedent/dicom';
import { ImagingSandbox } from '@precedent/imaging';
import type { RenderOutcome } from '@precedent/imaging';
import { baseObject } from './base-object.ts';
import { checkDecode } from './check-decode.ts';
import { checkParse } from './check-parse.ts';
import { readSettings } from './command.ts';
import { DECODE_CLASSES, decodeMutant } from './decode-mutants.ts';
import type { DecodeMutant } from './decode-mutants.ts';
import { applyEdits } from './edits.ts';
import { fuzzDeidentifier } from './examine.ts';
import { madeImages, madeStructures } from './made-objects.ts';
import { PARSE_CLASSES, parseMutant } from './mutants.ts';
import type { FuzzResult } from './run.ts';
import { runWatched } from './watched-worker.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const SEEDS = join(import.meta.dirname, 'seeds');
/** The small budget: enough to see each class of mutation in each decoder; the long run is `npm run fuzz`. */
const BUDGET = ['--mutants', '3300', '--decode', '300', '--seed', 'npm-test', '--json'];
const BUDGET_MS = 300_000;

const structures = madeStructures().flatMap(({ name, bytes }) => baseObject(name, bytes) ?? []);
const images = (await madeImages()).flatMap(({ name, bytes }) => baseObject(name, bytes) ?? []);
const fuzz = (...args: string[]) =>
  spawnSync(process.execPath, [join(ROOT, 'tools', 'fuzz.mjs'), ...args], { encoding: 'utf8', maxBuffer: 2 ** 28 });

describe('a small budget of mutants', () => {
  it(
    'holds every property',
    () => {
      const { status, stdout, stderr } = fuzz(...BUDGET);
      if (stdout === '') throw new Error(stderr);
      const { parse, decode } = JSON.parse(stdout) as FuzzResult;
      if (!parse.shared) console.warn('NOT HERE: ../shared/data/dicom; only objects made here were mutated');
      const told = [...parse.failures, ...decode.failures].map(({ seed, property, notes, detail }) => ({
        replay: `npm run fuzz -- --replay '${seed}'`,
        property,
        notes,
        detail,
      }));
      expect(told).toEqual([]);
      expect(status).toBe(0);
      expect([parse.mutants, decode.mutants]).toEqual([3000, 300]);
      expect(Object.keys(parse.tally).sort()).toEqual([...PARSE_CLASSES].sort());
    },
    BUDGET_MS,
  );
});

interface Seed {
  readonly kind: 'parse' | 'decode';
  readonly mustFail?: string;
  readonly brotli: string;
}

describe('what was found once', () => {
  const seeds = readdirSync(SEEDS).map(
    (file) => [file, JSON.parse(readFileSync(join(SEEDS, file), 'utf8')) as Seed] as const,
  );

  it.each(seeds)('%s stays mended', async (_, { kind, mustFail, brotli }) => {
    const bytes = brotliDecompressSync(Buffer.from(brotli, 'base64'));
    if (kind === 'parse') {
      expect((await checkParse(bytes, await fuzzDeidentifier())).failures).toEqual([]);
      return;
    }
    const sandbox = new ImagingSandbox({ processes: 1 });
    const mutant = { bytes, target: 'stored', ...(mustFail === undefined ? {} : { mustFail }) } as const;
    const verdict = await checkDecode(mutant, sandbox).finally(() => sandbox.stop());
    expect(verdict.failures).toEqual([]);
  });
});

describe('mutants', () => {
  it('are decided by their seed and base alone', () => {
    for (let n = 0; n < 200; n++) {
      const one = parseMutant(`parse/a/${n}`, [structures, images]);
      const again = parseMutant(one.seed, [images, structures]);
      expect(again.notes).toEqual(one.notes);
      expect(again.bytes.equals(one.bytes)).toBe(true);
      expect(one.notes.length).toBeGreaterThan(0);
    }
    expect(parseMutant('parse/a/1', [structures]).bytes.equals(parseMutant('parse/b/1', [structures]).bytes)).toBe(
      false,
    );
  });

  it('of code streams are of every class, for every decoder', () => {
    const made = Array.from({ length: 400 }, (_, n) => decodeMutant(`decode/a/${n}`, [images]));
    expect(new Set(made.map(({ className }) => className))).toEqual(new Set(DECODE_CLASSES));
    expect(new Set(made.map(({ codec }) => codec)).size).toBe(7);
    expect(made.every(({ bytes, base }) => !bytes.equals(base.bytes))).toBe(true);
  });

  it('that only write a length otherwise are the same object, so the lengths around them are right', () => {
    const base = structures.find(({ name }) => name === 'made/defined lengths');
    const inside = base!.places.find(({ kind, around }) => kind === 'element' && around.length > 3)!;
    const longer = {
      start: inside.valueEnd,
      end: inside.valueEnd,
      bytes: Buffer.from('  '),
      around: [...inside.around, inside.length],
    };
    const { bytes, mark } = applyEdits(base!.bytes, [longer], base!.dataset.end);
    expect(mark).toBe(base!.dataset.end + 2);
    expect(readDataset(bytes).kind).toBe('read');
  });
});

/** Reads rightly, then tells something else. */
function lying(change: (dataset: Dataset) => Dataset): (bytes: Buffer) => ReadOutcome {
  return (bytes) => {
    const outcome = readDataset(bytes);
    return outcome.kind === 'read' ? { kind: 'read', dataset: change(outcome.dataset) } : outcome;
  };
}

describe('the harness notices', () => {
  const good = structures.find(({ name }) => name === 'made/image explicit')!.bytes;
  const last = (dataset: Dataset): Dataset => ({ ...dataset, elements: dataset.elements.slice(0, -1) });
  const wrongTag = (dataset: Dataset): Dataset => ({
    ...dataset,
    elements: dataset.elements.map((element, i) => (i === 3 ? { ...element, tag: element.tag + 1 } : element)),
  });

  it.each<[string, (bytes: Buffer) => ReadOutcome, string]>([
    [
      'a reader that throws',
      () => {
        throw new TypeError('planted');
      },
      'reading ends in a typed outcome',
    ],
    ['a reader that loses an element', lying(last), 'every byte lies in one token'],
    ['a reader that names another tag', lying(wrongTag), 'every byte lies in one token'],
    ['a reader that accepts what another sees otherwise', lying(wrongTag), 'disagreement of readers is disputed'],
    [
      'a reader that ends too early',
      lying((dataset) => ({ ...dataset, end: dataset.end - 2 })),
      'every byte lies in one token',
    ],
    [
      'an unknown reason',
      () =>
        ({ kind: 'rejected', reason: 'planted', detail: 'A sentence of ours.', offset: 0 }) as unknown as ReadOutcome,
      'reading ends in a typed outcome',
    ],
    [
      'a value in a sentence',
      () => ({ kind: 'rejected', reason: 'malformed', detail: 'Müller', offset: 0 }),
      'reading ends in a typed outcome',
    ],
  ])('%s', async (_, read, property) => {
    const { failures } = await checkParse(good, await fuzzDeidentifier(), read);
    expect(failures.map((failure) => failure.property)).toContain(property);
  });

  it('a de-identifier that throws, or says that it did', async () => {
    const planted = () =>
      Promise.resolve({
        kind: 'quarantined',
        reason: 'malformed',
        detail: 'The object could not be rewritten (X): …',
      } as const);
    for (const deidentifyObject of [
      () => {
        throw new Error('planted');
      },
      planted,
    ]) {
      const { failures } = await checkParse(good, { deidentifyObject });
      expect(failures.map(({ property }) => property)).toContain('de-identification never throws');
    }
  });

  it('pictures of a wrong size, a wrong number, and where none may be', async () => {
    const mutant: DecodeMutant = { ...decodeMutant('decode/a/1', [images]), bytes: images[0]!.bytes, target: 'stored' };
    const sandbox = new ImagingSandbox({ processes: 1 });
    const request = { source: { bytes: mutant.bytes }, frames: 'all', target: { kind: 'stored' } } as const;
    const right = await sandbox.render(request).finally(() => sandbox.stop());
    if (right.kind !== 'rendered') throw new Error(right.detail);
    const [frame] = right.frames;
    const problemsOf = async (outcome: RenderOutcome, mustFail?: string) => {
      const judged = { ...mutant, mustFail: mustFail as string };
      return (await checkDecode(judged, { render: () => Promise.resolve(outcome) })).failures.map(
        ({ property }) => property,
      );
    };
    expect(await problemsOf(right)).toEqual([]);
    expect(await problemsOf({ ...right, frames: [] })).toEqual(['frames have the size that is told']);
    const short = { ...frame!, data: frame!.data.subarray(1) };
    expect(await problemsOf({ ...right, frames: [short] })).toEqual(['frames have the size that is told']);
    expect(await problemsOf(right, 'it is cut off')).toEqual(['damage that shows is refused']);
  });

  it.each([
    ['hang', 'hang', { boundMs: 1500, maxRssBytes: 2 ** 30 }],
    ['crash', 'crash', { boundMs: 60_000, maxRssBytes: 2 ** 30 }],
    ['swell', 'memory', { boundMs: 60_000, maxRssBytes: 300 * 2 ** 20 }],
  ])('a process that would %s, and on which mutant', async (seed, kind, limits) => {
    if (kind === 'memory' && process.platform !== 'linux') return;
    const folder = mkdtempSync(join(tmpdir(), 'precedent-fuzz-'));
    const job = { kind: 'parse', seed, from: 0, to: 10, skip: [], progressFile: join(folder, 'progress') } as const;
    const worker = join(import.meta.dirname, 'planted', 'bad-worker.mjs');
    const end = await runWatched(job, limits, () => undefined, worker).finally(() =>
      rmSync(folder, { recursive: true }),
    );
    expect(end).toMatchObject({ kind, at: 7 });
  });
});

describe('the fuzz command', () => {
  it.each([
    [['--mutants', '-1']],
    [['--mutants', '10', '--decode', '11']],
    [['--seed', 'a/b']],
    [['--replay', 'nothing']],
    [['--no-such']],
  ])('understands no %j', (args) => expect(() => readSettings(args)).toThrow());

  it('takes 200,000 mutants where nothing is said, a tenth of them code streams', () =>
    expect(readSettings([])).toMatchObject({ mutants: 200_000, decode: 20_000 }));

  it('runs nothing when it is called wrongly', () => {
    const { status, stdout, stderr } = fuzz('--mutants', 'many');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^fuzz: --mutants takes a whole number/);
  });

  it('makes one mutant of a report again', () => {
    const { status, stdout } = fuzz('--replay', 'parse/npm-test/5@made/rich explicit');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ seed: 'parse/npm-test/5@made/rich explicit', failures: [] });
  });
});
