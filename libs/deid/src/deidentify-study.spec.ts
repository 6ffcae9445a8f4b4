import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { NewElement } from '@precedent/dicom';
import type { SealedStudy } from '@precedent/ingress';
import { deidentifyDirectory } from './deidentify-directory.ts';
import type { ReportLine } from './treat-file.ts';
import { loadDeidProfile } from './adapters/profile-file.ts';
import { el, sampleObject, SOURCE, TEST_KEYS, testDeidentifier } from './object.testkit.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'precedent-deid-'));
});
const deidentifier = await testDeidentifier();
const options = { keys: TEST_KEYS, profile: await loadDeidProfile('retrieval'), allowUncleanedPixels: true };

async function sealed(
  objects: readonly (readonly [string, Buffer])[],
  outcome?: Record<string, string>,
): Promise<SealedStudy> {
  const instances = await Promise.all(
    objects.map(async ([sopInstanceUid, bytes], index) => {
      const spoolPath = join(folder, `${Math.random()}`);
      await writeFile(spoolPath, bytes);
      return {
        receiptId: `r${index}`,
        spoolPath,
        sizeBytes: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        sopInstanceUid,
      };
    }),
  );
  const study = {
    generationId: 'g1',
    source: 'test',
    studyInstanceUid: SOURCE.study,
    generation: 1,
    manifestHash: 'x',
    instances,
  };
  return outcome === undefined ? study : { ...study, outcome };
}

const image = (uid: string, changes: readonly NewElement[] = []): readonly [string, Buffer] => [
  uid,
  sampleObject([el('SOPInstanceUID', uid), ...changes]),
];

describe('a sealed study (real: spool files, engine; fake: the patient, the journal)', () => {
  it('comes out with its pseudonyms, its cleaned outcome and the record of the profile', async () => {
    const outcome = {
      study_instance_uid: SOURCE.study,
      patient_id: '283-58-5757',
      diagnosis: 'Pneumonia',
      history: 'Mrs. Roessler, seen 25.07.2019 by Dr. Underhill, coughs.',
    };
    const result = await deidentifier.deidentifyStudy(await sealed([image('1.2.1'), image('1.2.2')], outcome));
    if (result.kind !== 'deidentified') throw new Error('expected a study');
    const { study } = result;
    expect(study.instances.map(({ receiptId }) => receiptId)).toEqual(['r0', 'r1']);
    expect(study.instances[0]!.sha256).toBe(createHash('sha256').update(study.instances[0]!.bytes).digest('hex'));
    expect(study).toMatchObject({
      generationId: 'g1',
      generation: 1,
      quarantined: [],
      studyKey: deidentifier.studyKeyOf(SOURCE.study),
    });
    expect(study.profile).toMatchObject({ name: 'retrieval', keyId: 'test', uncleanedPixels: true });
    expect(study.outcome).toEqual({
      diagnosis: 'Pneumonia',
      history: expect.not.stringMatching(/oessler|2019|nderhill/i),
    });
    expect(study.outcome!['history']).toMatch(/coughs/);
  });

  it('holds back single instances with a reason and lets the rest through', async () => {
    const result = await deidentifier.deidentifyStudy(
      await sealed([image('1.2.1'), ['1.2.9', Buffer.from('junk that is not DICOM, whatever its name')]]),
    );
    if (result.kind !== 'deidentified') throw new Error('expected a study');
    expect(result.study.quarantined).toEqual([{ receiptId: 'r1', reason: 'not-dicom', detail: expect.any(String) }]);
  });

  it.each([
    ['two patients', [image('1.2.1'), image('1.2.2', [el('PatientID', 'OTHER-99')])], 'mixed-patients'],
    ['one SOP UID twice', [image('1.2.1'), image('1.2.1', [el('KVP', '120')])], 'sop-uid-conflict'],
    ['another SOP UID than received', [['1.2.77', image('1.2.1')[1]] as const], 'sop-uid-conflict'],
    ['an object of another study', [image('1.2.1', [el('StudyInstanceUID', '9.9.9')])], 'disputed'],
  ])('%s: nothing comes out', async (_, objects, reason) => {
    const result = await deidentifier.deidentifyStudy(await sealed(objects));
    expect(result.kind).toBe('quarantined');
    if (result.kind === 'quarantined')
      expect(new Set(result.instances.map((instance) => instance.reason))).toEqual(new Set([reason]));
  });

  it('a spool file that changed after it was received is not used', async () => {
    const study = await sealed([image('1.2.1')]);
    await writeFile(study.instances[0]!.spoolPath, image('1.2.1', [el('KVP', '120')])[1]);
    expect(await deidentifier.deidentifyStudy(study)).toMatchObject({
      kind: 'quarantined',
      instances: [{ reason: 'disputed' }],
    });
  });

  it('a spool file that is gone is a fault, so that the job is tried again', async () => {
    const study = await sealed([image('1.2.1')]);
    const gone = {
      ...study,
      instances: study.instances.map((instance) => ({ ...instance, spoolPath: join(folder, 'gone') })),
    };
    await expect(deidentifier.deidentifyStudy(gone)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('a folder (real: files, engine; fake: the patient)', () => {
  it('keeps relative paths, reports every input, is stopped by none', async () => {
    const [inDir, outDir] = [join(folder, 'in'), join(folder, 'out')];
    const files: Record<string, Buffer> = {
      'a/1.dcm': sampleObject(),
      'a/b/2.dcm': sampleObject([el('SOPInstanceUID', '1.2.2')]),
      'notes.txt': Buffer.from('a shopping list, of all things'),
      'empty.dcm': Buffer.alloc(0),
    };
    for (const [path, bytes] of Object.entries(files)) {
      await mkdir(dirname(join(inDir, path)), { recursive: true });
      await writeFile(join(inDir, path), bytes);
    }
    const progress: number[] = [];
    const report = join(folder, 'report.jsonl');
    const counts = await deidentifyDirectory({
      inDir,
      outDir,
      options,
      report,
      onProgress: (done) => progress.push(done),
    });
    expect(counts).toEqual({ files: 4, deidentified: 2, quarantined: 2, reasons: { empty: 1, 'not-dicom': 1 } });
    expect(progress).toEqual([1, 2, 3, 4]);
    const lines = (await readFile(report, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as ReportLine);
    expect(lines.map(({ path, status }) => `${path} ${status}`)).toEqual([
      'a/1.dcm deidentified',
      'a/b/2.dcm deidentified',
      'empty.dcm quarantined',
      'notes.txt quarantined',
    ]);
    expect(lines[0]!.actions).toMatchObject({ 'E.1-1:U uid-mapped': 3, 'pseudonym replaced': 2 });
    const written = await readFile(join(outDir, 'a/1.dcm'));
    expect(lines[0]!.sha256Out).toBe(createHash('sha256').update(written).digest('hex'));
    expect((await readdir(outDir, { recursive: true })).sort()).toEqual(['a', 'a/1.dcm', 'a/b', 'a/b/2.dcm']);
    expect(JSON.stringify(lines)).not.toMatch(/ssler|283-58/);
  });

  it('in several threads gives the same files and the same report, in the same order', async () => {
    const inDir = join(folder, 'many');
    await mkdir(inDir);
    for (let n = 0; n < 24; n += 1)
      await writeFile(join(inDir, `${n}.dcm`), n % 5 === 4 ? 'junk' : sampleObject([el('SOPInstanceUID', `1.2.${n}`)]));
    const runs = [1, 3].map((jobs) => ({
      jobs,
      outDir: join(folder, `out ${jobs}`),
      report: join(folder, `${jobs}.jsonl`),
    }));
    const counts = [];
    for (const run of runs) counts.push(await deidentifyDirectory({ inDir, options, ...run }));
    expect(counts[1]).toEqual(counts[0]);
    expect(await readFile(runs[1]!.report, 'utf8')).toBe(await readFile(runs[0]!.report, 'utf8'));
    for (const name of await readdir(runs[0]!.outDir))
      expect(await readFile(join(runs[1]!.outDir, name))).toEqual(await readFile(join(runs[0]!.outDir, name)));
  });

  it('ends with the fault, and without threads left, when an output cannot be written', async () => {
    const outDir = join(folder, 'out full');
    await mkdir(join(outDir, 'a'), { recursive: true });
    await writeFile(join(outDir, 'a', 'b'), 'a file where a folder must be');
    const job = { inDir: join(folder, 'in'), outDir, options, jobs: 2 };
    await expect(deidentifyDirectory(job)).rejects.toMatchObject({ code: 'EEXIST' });
  });

  it('refuses to write into the folder it reads', async () => {
    for (const outDir of [join(folder, 'in'), join(folder, 'in', 'deep')])
      await expect(deidentifyDirectory({ inDir: join(folder, 'in'), outDir, options })).rejects.toMatchObject({
        code: 'DEID_DIRECTORY_NESTED',
      });
  });
});
