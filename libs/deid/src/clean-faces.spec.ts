import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { ImagingSandbox } from '@precedent/imaging';
import type { SealedStudy } from '@precedent/ingress';
import { loadDeidProfile } from './adapters/profile-file.ts';
import { leavesOf, mustRead, pictureOf } from './corpus.testkit.ts';
import { Deidentifier } from './deidentifier.ts';
import type { PixelCleaner } from './domain/pixel-cleaning.ts';
import { el, mustPass, sampleObject, SOURCE, TEST_KEYS } from './object.testkit.ts';
import { scan, sceneOf, subjectOf } from './recognisable/head-phantom.testkit.ts';
import type { Scan } from './recognisable/head-phantom.testkit.ts';
import { FieldStore } from './recognisable/remove-faces.ts';
import { enhancedObject, seriesObjects, storedOf, uidOf } from './recognisable/series.testkit.ts';
import { treatFile } from './treat-file.ts';

const [retrieval, strict] = await Promise.all([loadDeidProfile('retrieval'), loadDeidProfile('strict')]);
const vouching: PixelCleaner = { clean: () => Promise.resolve({ kind: 'clean', masks: [] }) };
const engineOf = (profile: typeof retrieval): Deidentifier =>
  new Deidentifier({ keys: TEST_KEYS, profile, allowUncleanedPixels: false }, { pixelCleaner: vouching });
const engines = { retrieval: engineOf(retrieval), strict: engineOf(strict) };
// Children start and volumes are looked at: on a busy machine longer than the default.
jest.setTimeout(300_000);

afterAll(async () => {
  await engines.retrieval.stop();
  await engines.strict.stop();
});

const folder = await mkdtemp(join(tmpdir(), 'precedent-faces-'));
const coarse = { pixelMm: 4, spacingMm: 6, extentMm: [232, 260, 240] as const };
const head = (modality: 'CT' | 'MR'): Scan => scan(sceneOf(subjectOf(3), {}, true), { modality, ...coarse });
const ct = head('CT');

async function sealed(objects: readonly Buffer[]): Promise<SealedStudy> {
  const instances = await Promise.all(
    objects.map(async (bytes, index) => {
      const spoolPath = join(folder, `${Math.random()}`);
      await writeFile(spoolPath, bytes);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      return { receiptId: `r${index}`, spoolPath, sizeBytes: bytes.length, sha256, sopInstanceUid: uidOf(index) };
    }),
  );
  const about = { generationId: 'g1', source: 'test', generation: 1, manifestHash: 'x' };
  return { ...about, studyInstanceUid: SOURCE.study, instances };
}

async function treated(objects: readonly Buffer[], by = engines.retrieval) {
  return by.deidentifyStudy(await sealed(objects));
}

async function mustComeOut(objects: readonly Buffer[]): Promise<readonly Buffer[]> {
  const outcome = await treated(objects);
  if (outcome.kind !== 'deidentified' || outcome.study.quarantined.length > 0)
    throw new Error(
      JSON.stringify(outcome.kind === 'deidentified' ? outcome.study.quarantined[0] : outcome.instances[0]),
    );
  return outcome.study.instances.map(({ bytes }) => bytes);
}

const words = (bytes: Buffer): Uint16Array => new Uint16Array(new Uint8Array(bytes).buffer);
const claims = (bytes: Buffer): boolean => leavesOf(mustRead(bytes)).some(({ text }) => text === '113102');

/** Every pixel is what it was, or air; and how many of those that were no air became air. */
function shareFilled(before: readonly Buffer[], after: readonly Buffer[], air: number): number {
  let [tissue, filled] = [0, 0];
  for (const [k, was] of before.entries()) {
    const [a, b] = [words(was), words(after[k]!)];
    expect(b).toHaveLength(a.length);
    for (let i = 0; i < a.length; i++) {
      if (a[i] !== b[i] && b[i] !== air) throw new Error(`slice ${k}, pixel ${i}: ${a[i]} became ${b[i]}`);
      if (a[i]! <= air + 500) continue;
      tissue++;
      if (b[i] === air) filled++;
    }
  }
  return filled / tissue;
}

const stored = (of: Scan): readonly Buffer[] => of.pixels.map((slice) => storedOf(slice, of.modality));
const pictures = (objects: readonly Buffer[]): readonly Buffer[] => objects.map((bytes) => pictureOf(mustRead(bytes)));

describe('faces in a study (real: engine, reader, writer, sandbox, spool files; fake: the head, and a text cleaner that vouches)', () => {
  it('fills the outer shell and the face with air, leaves every other pixel, says so in ledger and stamp', async () => {
    const outcome = await treated(await seriesObjects(ct));
    if (outcome.kind !== 'deidentified') throw new Error('quarantined');
    const { instances, quarantined } = outcome.study;
    expect(quarantined).toEqual([]);
    const share = shareFilled(stored(ct), pictures(instances.map(({ bytes }) => bytes)), 24);
    expect(share).toBeGreaterThan(0.25);
    expect(share).toBeLessThan(0.6);
    for (const { bytes, actions } of instances) {
      expect(claims(bytes)).toBe(true);
      expect(actions).toContainEqual({ path: '(7FE0,0010)', rule: 'recognisable-features', action: 'cleaned' });
    }
  });

  it('does the same to compressed pictures and stores them without loss', async () => {
    const objects = await seriesObjects(ct, { codec: '1.2.840.10008.1.2.4.80' });
    const out = await mustComeOut(objects);
    const sandbox = new ImagingSandbox();
    const decoded: Buffer[] = [];
    for (const bytes of out) {
      const answer = await sandbox.render({ source: { bytes }, frames: 'all', target: { kind: 'stored' } });
      if (answer.kind === 'failed') throw new Error(answer.reason);
      decoded.push(Buffer.from(answer.frames[0]!.data));
    }
    await sandbox.stop();
    expect(shareFilled(stored(ct), decoded, 24)).toBeGreaterThan(0.25);
    expect(Buffer.concat(pictures(await mustComeOut(await seriesObjects(ct)))).equals(Buffer.concat(decoded))).toBe(
      true,
    );
  });

  it('treats MR, and a whole volume in one enhanced object, also when that comes alone', async () => {
    const mr = head('MR');
    const [out] = await mustComeOut([enhancedObject(mr)]);
    const whole = Buffer.concat(stored(mr));
    expect(shareFilled([whole], pictures([out!]), 0)).toBeGreaterThan(0.25);
    const alone = mustPass(await engines.retrieval.deidentifyObject(enhancedObject(mr)));
    expect(pictureOf(mustRead(alone.bytes)).equals(pictureOf(mustRead(out!)))).toBe(true);
  });

  it('holds back such a series where the profile says hold, and nothing else of the study', async () => {
    expect(strict.rules.recognisableFeatures.action).toBe('hold');
    const other = sampleObject([el('SOPInstanceUID', uidOf(ct.planes.length))]);
    const outcome = await treated([...(await seriesObjects(ct)), other], engines.strict);
    if (outcome.kind !== 'deidentified') throw new Error('all held');
    expect(outcome.study.instances).toHaveLength(1);
    expect(new Set(outcome.study.quarantined.map(({ reason }) => reason))).toEqual(new Set(['recognisable-features']));
  });

  it('touches no pixel of a sparse series, and states that it was looked at', async () => {
    const sparse = { ...ct, planes: ct.planes.filter(({ id }) => id % 4 === 0) };
    const objects = (await seriesObjects(ct)).filter((_, id) => id % 4 === 0);
    const study = await sealed(objects);
    const instances = study.instances.map((one, i) => ({ ...one, sopInstanceUid: uidOf(sparse.planes[i]!.id) }));
    const outcome = await engines.retrieval.deidentifyStudy({ ...study, instances });
    if (outcome.kind !== 'deidentified') throw new Error('quarantined');
    expect(
      Buffer.concat(pictures(outcome.study.instances.map(({ bytes }) => bytes))).equals(
        Buffer.concat(pictures(objects)),
      ),
    ).toBe(true);
    expect(outcome.study.instances.every(({ bytes }) => claims(bytes))).toBe(true);
  });

  it('fails closed: a dense series without geometry, with nonsense in it, or in colour does not come out', async () => {
    const reasons = async (changes: Parameters<typeof seriesObjects>[1]): Promise<readonly string[]> => {
      const outcome = await treated(await seriesObjects(ct, changes));
      return outcome.kind === 'quarantined'
        ? [...new Set(outcome.instances.map(({ reason }) => reason))]
        : ['came out'];
    };
    expect(await reasons({ withoutGeometry: true })).toEqual(['recognisable-features']);
    const skewed = el('ImageOrientationPatient', '1\\0\\0\\0.7\\0.7\\0');
    expect(await reasons({ changes: [skewed] })).toEqual(['recognisable-features']);
    expect(await reasons({ changes: [el('PixelSpacing', '0\\0')] })).toEqual(['recognisable-features']);
  });

  it('says nothing of a single picture whose series it does not know', async () => {
    const [object] = await seriesObjects(ct);
    expect(claims(mustPass(await engines.retrieval.deidentifyObject(object!)).bytes)).toBe(false);
  });

  it('does not look where pixels pass as they are', async () => {
    const off = new Deidentifier({ keys: TEST_KEYS, profile: retrieval, allowUncleanedPixels: true });
    const object = enhancedObject(ct);
    const { bytes } = mustPass(await off.deidentifyObject(object));
    expect(claims(bytes)).toBe(false);
    expect(pictureOf(mustRead(bytes)).equals(pictureOf(mustRead(object)))).toBe(true);
  });
});

describe('faces in a folder (real: files, engine; fake: as above)', () => {
  it('finds the files of a series wherever they lie, and cuts every study of a patient alike', async () => {
    const [inDir, outDir] = [join(folder, 'in'), join(folder, 'out')];
    const objects = await seriesObjects(ct);
    const paths: string[] = [];
    for (const [k, bytes] of objects.entries()) {
      paths.push(join(`d${k % 7}`, `${k}.dcm`));
      await mkdir(join(inDir, `d${k % 7}`), { recursive: true });
      await writeFile(join(inDir, paths[k]!), bytes);
    }
    await writeFile(join(inDir, 'note.txt'), 'no DICOM');
    const deidentifier = engines.retrieval;
    const plan = await deidentifier.planFaces(
      [...paths, 'note.txt'].map((path) => [path, { path: join(inDir, path) }] as const),
    );
    const fields = new FieldStore(plan!.fields);
    for (const path of paths) {
      const line = await treatFile({ inDir, outDir }, deidentifier, {
        path,
        faces: { faces: plan!.objects.get(path), fields },
      });
      expect(line.actions).toHaveProperty(['recognisable-features cleaned'], 1);
    }
    const written = await Promise.all(paths.map((path) => readFile(join(outDir, path))));
    expect(Buffer.concat(pictures(written)).equals(Buffer.concat(pictures(await mustComeOut(objects))))).toBe(true);
  });
});
