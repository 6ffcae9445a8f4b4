import { mkdtemp, rm } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { DeidentifiedAttributes, DeidentifiedInstance, DeidentifiedStudy } from '@precedent/deid';
import { imageKey, patientKey, seriesKey, studyKey } from '@precedent/kernel';
import { FileObjectStore, pendingSchemaChanges } from '@precedent/platform';
import { startTestDatabase } from '../../../test/support/test-database.ts';
import { archiveSchema } from './archive.schema.ts';
import { CaseArchive } from './case-archive.ts';

// Real: PostgreSQL (embedded) and the file object store. Made by hand: the de-identified studies, which only `deid` makes in the product.

const database = startTestDatabase();
const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

const ATTRIBUTES: DeidentifiedAttributes = {
  sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
  transferSyntax: '1.2.840.10008.1.2.1',
  modality: 'CT',
  bodyPart: 'Chest',
  sex: 'F',
  ageYears: 67,
  manufacturer: 'Maker',
  manufacturerModel: 'Model',
  rows: 4,
  columns: 4,
  frames: 1,
  instanceNumber: 1,
  seriesNumber: 1,
  position: [0, 0, 1.5],
  orientation: [1, 0, 0, 0, 1, 0],
  viewPosition: '',
  laterality: '',
  lossy: false,
  studyDate: '20200101',
};

function instance(key: string, attributes: Partial<DeidentifiedAttributes> = {}): DeidentifiedInstance {
  const bytes = Buffer.from(`object ${key}`);
  return {
    receiptId: key,
    imageKey: imageKey(key),
    seriesKey: seriesKey(`${key.slice(0, 2)}-series`),
    bytes,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    attributes: { ...ATTRIBUTES, ...attributes },
    actions: [],
  };
}

function study(
  key: string,
  instances: DeidentifiedInstance[],
  more: Partial<DeidentifiedStudy> = {},
): DeidentifiedStudy {
  const made = {
    generationId: 'g',
    generation: 1,
    patientKey: patientKey('patient-1'),
    studyKey: studyKey(key),
    instances,
    quarantined: [],
    outcome: null,
    profile: { name: 'retrieval', sha256: 'a'.repeat(64), keyId: 'k1', uncleanedPixels: true },
    ...more,
  };
  return made as unknown as DeidentifiedStudy; // the mark that only `deid` can set exists for the compiler alone
}

describe('the case archive', () => {
  let archive: CaseArchive;
  let store: FileObjectStore;

  beforeEach(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'precedent-archive-'));
    folders.push(folder);
    store = new FileObjectStore(folder);
    archive = new CaseArchive(await database.open([archiveSchema]), store);
  });

  async function admit(...studies: DeidentifiedStudy[]): Promise<void> {
    await archive.storeObjects(studies);
    await archive.admit(studies);
  }

  it('keeps entities and migrations in step', async () => {
    expect(await pendingSchemaChanges(await database.open([archiveSchema]))).toEqual([]);
  });

  it('admits a study twice without a second row, and its objects can be read back', async () => {
    const s = study('s1', [instance('i1'), instance('i2', { instanceNumber: 2 })], { outcome: { diagnosis: 'cyst' } });
    await admit(s);
    await admit(s);
    expect(await archive.counts()).toEqual({ patients: 1, studies: 1, images: 2, outcomes: 1, notIndexable: {} });
    const [first] = await archive.imagesOf([studyKey('s1')]);
    expect(first && (await store.get(first.object)).toString()).toBe('object i1');
    expect(first?.position).toEqual([0, 0, 1.5]);
  });

  it('speaks for a study as most of its images do, with the outcome by its column names', async () => {
    const odd = instance('i3', { modality: 'SC', bodyPart: '', ageYears: null });
    await admit(study('s1', [instance('i1'), instance('i2'), odd], { outcome: { diagnosis: 'cyst', site: 'Liver' } }));
    expect(await archive.study(studyKey('s1'))).toMatchObject({
      modality: 'CT',
      bodyPart: 'CHEST',
      ageBand: '65-79',
      imageCount: 3,
      outcome: { diagnosis: 'cyst', site: 'Liver' },
    });
  });

  it('a later generation adds images and raises the generation, and rewrites nothing else', async () => {
    await admit(study('s1', [instance('i1')]));
    await admit(study('s1', [instance('i9', { modality: 'MR' })], { generation: 2 }));
    expect(await archive.study(studyKey('s1'))).toMatchObject({ generation: 2, modality: 'CT', imageCount: 2 });
  });

  it('lists every study once over pages, in stable order', async () => {
    await admit(...['s3', 's1', 's2', 's5', 's4'].map((key) => study(key, [instance(`${key}i`)])));
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Awaited<ReturnType<CaseArchive['list']>> = await archive.list({ limit: 2, cursor });
      seen.push(...page.studies.map((s) => s.studyKey));
      cursor = page.next;
    }
    expect(seen).toEqual(['s1', 's2', 's3', 's4', 's5']);
  });

  it('makes attributes fit their columns and the vector store, whatever a vendor wrote', async () => {
    await admit(
      study('s1', [instance('i1', { bodyPart: `KNIE\u0007${'ä'.repeat(80)}`, manufacturer: 'x'.repeat(300) })]),
    );
    const archived = await archive.study(studyKey('s1'));
    expect(Buffer.byteLength(archived?.bodyPart ?? '')).toBeLessThanOrEqual(64);
    expect(archived?.bodyPart.startsWith('KNIE ')).toBe(true);
    expect(archived?.manufacturer).toHaveLength(64);
  });

  it('counts what cannot be indexed by its reason', async () => {
    await admit(study('s1', [instance('i1')]));
    await archive.markNotIndexable(imageKey('i1'), 'decode-failed');
    expect((await archive.counts()).notIndexable).toEqual({ 'decode-failed': 1 });
  });

  it('knows nothing of a key that is not there', async () => {
    expect(await archive.study(studyKey('absent'))).toBeNull();
    expect(await archive.image(imageKey('absent'))).toBeNull();
    expect(await archive.imagesOf([studyKey('absent')])).toEqual([]);
  });
});
