// Real: the whole generator, file system, data set reader, character sets, codecs and the sandboxed renderer. Fake: nothing but the patients.
// The cohort is small (15 patients, one of each examination), seed 11.
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Dataset, Element, Item } from '@precedent/dicom';
import { charsetsAt, readDataset, stringsOf, tagOf, textOf } from '@precedent/dicom';
import { ImagingSandbox } from '@precedent/imaging';
import type { CohortSummary, ManifestRow } from './index.ts';
import { generateCohort } from './index.ts';

const SEED = 11;
let root = '';
let home = '';
let summary: CohortSummary;
let manifest: ManifestRow[];
const progress: number[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'precedent-synthetic-'));
  home = join(root, 'cohort');
  summary = await generateCohort({
    directory: home,
    seed: SEED,
    patients: 15,
    onProgress: ({ studiesDone, studiesTotal }) => progress.push(studiesDone / studiesTotal),
  });
  const lines = (await readFile(join(home, 'manifest.jsonl'), 'utf8')).trim().split('\n');
  manifest = lines.map((line) => JSON.parse(line) as ManifestRow);
}, 120_000);

afterAll(async () => rm(root, { recursive: true, force: true }));

async function datasetOf(row: ManifestRow): Promise<Dataset> {
  const outcome = readDataset(await readFile(join(home, row.path)));
  if (outcome.kind !== 'read') throw new Error(`${row.path}: ${outcome.reason}`);
  return outcome.dataset;
}

/** The decoded text at a manifest path: `(0040,0275)[0].(0040,1001)`. */
function textAt(dataset: Dataset, path: string): string {
  let elements: readonly Element[] = dataset.elements;
  let found: Element | undefined;
  for (const step of path.split('.')) {
    const [, group = '', element = '', item] = /^\((\w{4}),(\w{4})\)(?:\[(\d+)\])?$/.exec(step) ?? [];
    found = elements.find(({ tag }) => tag === parseInt(group + element, 16));
    const inner: Item | undefined = item === undefined ? undefined : found?.items?.[Number(item)];
    if (inner) elements = inner.elements;
  }
  if (!found) throw new Error(`nothing at ${path}`);
  const private_ = /^\(00[0-9a-f][13579bdf]/i.test(path);
  return private_
    ? `${textOf(dataset, found, charsetsAt(dataset, []))} ${dataset.bytes.toString('latin1', found.valueStart, found.valueEnd)}`
    : textOf(dataset, found);
}

describe('a cohort on disk', () => {
  it('holds every modality, both kinds of views, and one folder a study', async () => {
    expect(Object.keys(summary.modalities).sort()).toEqual(['CR', 'CT', 'DX', 'MR', 'US']);
    expect(Object.keys(summary.classes)).toHaveLength(15);
    expect(await readdir(join(home, 'studies'))).toHaveLength(summary.studies);
    expect(manifest).toHaveLength(summary.files);
    expect(progress.at(-1)).toBe(1);
    expect(progress).toHaveLength(summary.studies);
  });

  it('is read by the reader without a finding, every file, with the UIDs of its manifest', async () => {
    for (const row of manifest) {
      const dataset = await datasetOf(row);
      expect(dataset.findings).toEqual([]);
      expect(dataset.transferSyntax).toBe(row.transfer_syntax);
      expect(stringsOf(dataset, tagOf('SOPInstanceUID'))).toEqual([row.sop_uid]);
      expect(stringsOf(dataset, tagOf('StudyInstanceUID'))).toEqual([row.study_uid]);
    }
  });

  it('carries each planted string at its place, in the character set of its object', async () => {
    let checked = 0;
    for (const row of manifest) {
      const dataset = await datasetOf(row);
      for (const { path, value, kind } of row.planted) {
        const text =
          kind === 'age_over_89' ? String(Number.parseInt(textAt(dataset, path), 10)) : textAt(dataset, path);
        expect({ path, text: text.normalize() }).toEqual({ path, text: expect.stringContaining(value.normalize()) });
        checked += 1;
      }
    }
    expect(checked).toBeGreaterThan(30 * manifest.length);
  });

  it('is shown by the renderer exactly as reckoned here, every file', async () => {
    const sandbox = new ImagingSandbox();
    try {
      for (const row of manifest) {
        const outcome = await sandbox.render({
          source: { path: join(home, row.path) },
          frames: 'all',
          target: { kind: 'display' },
        });
        if (outcome.kind !== 'rendered') throw new Error(`${row.path}: ${outcome.reason}`);
        const shown = createHash('sha256');
        for (const frame of outcome.frames) shown.update(frame.data);
        expect({ path: row.path, sha256: shown.digest('hex') }).toEqual({ path: row.path, sha256: row.display_sha256 });
      }
    } finally {
      await sandbox.stop();
    }
  });

  it('has an outcome for each study and no other, joined by Study Instance UID', async () => {
    const [head, ...lines] = (await readFile(join(home, 'outcomes.csv'), 'utf8')).trim().split('\r\n');
    expect(head).toBe(
      'study_instance_uid,patient_id,accession_number,study_date,modality,body_region,site,diagnosis,patient_sex,patient_age,findings,confirmed_by',
    );
    const uids = lines.map((line) => line.split(',')[0]);
    expect(new Set(uids).size).toBe(summary.studies);
    expect(new Set(uids)).toEqual(new Set(manifest.map(({ study_uid }) => study_uid)));
  });

  it('says that it is invented', async () => {
    expect(await readFile(join(home, 'README.txt'), 'utf8')).toContain('INVENTED');
  });
});

describe('making a cohort again', () => {
  const digestOf = async (directory: string): Promise<string> => {
    const digest = createHash('sha256');
    const names = (await readdir(directory, { recursive: true })).sort();
    for (const name of names) {
      const path = join(directory, name);
      if ((await stat(path)).isFile()) digest.update(name).update(await readFile(path));
    }
    return digest.digest('hex');
  };

  it('gives the same bytes for the same seed and others for another', async () => {
    const make = async (name: string, seed: number): Promise<string> => {
      await generateCohort({ directory: join(root, name), seed, patients: 2 });
      return digestOf(join(root, name));
    };
    const first = await make('one', 5);
    expect(await make('two', 5)).toBe(first);
    expect(await make('three', 6)).not.toBe(first);
  });

  it('returns at once where the same cohort is finished, and makes another seed anew', async () => {
    const directory = join(root, 'again');
    const first = await generateCohort({ directory, seed: 1, patients: 1 });
    const second = await generateCohort({ directory, seed: 1, patients: 1 });
    expect(second).toEqual({ ...first, reused: true });
    const other = await generateCohort({ directory, seed: 2, patients: 1 });
    expect(other.reused).toBe(false);
    expect(await readdir(join(directory, 'studies'))).toHaveLength(other.studies);
  });

  it('starts over after a run that was cut off, and leaves nothing of it', async () => {
    const directory = join(root, 'cut');
    const stop = new Error('cut');
    const cut = generateCohort({
      directory,
      seed: 3,
      patients: 3,
      onProgress: () => {
        throw stop;
      },
    });
    await expect(cut).rejects.toBe(stop);
    expect(await readdir(directory)).toEqual(['.building']);
    const whole = await generateCohort({ directory, seed: 3, patients: 2 });
    expect((await readdir(directory)).sort()).toEqual([
      'README.txt',
      'cohort.json',
      'manifest.jsonl',
      'outcomes.csv',
      'studies',
    ]);
    expect(await readdir(join(directory, 'studies'))).toHaveLength(whole.studies);
  });

  it('refuses a folder with studies that are not its own, and leaves them', async () => {
    const directory = join(root, 'foreign');
    await mkdir(join(directory, 'studies'), { recursive: true });
    await writeFile(join(directory, 'studies', 'real.dcm'), 'precious');
    await expect(generateCohort({ directory, seed: 1, patients: 1 })).rejects.toMatchObject({
      code: 'SYNTHETIC_DIRECTORY_FOREIGN',
    });
    expect(await readFile(join(directory, 'studies', 'real.dcm'), 'utf8')).toBe('precious');
    await expect(generateCohort({ directory, seed: 1, patients: 0 })).rejects.toMatchObject({
      code: 'SYNTHETIC_PATIENTS_RANGE',
    });
  });
});
