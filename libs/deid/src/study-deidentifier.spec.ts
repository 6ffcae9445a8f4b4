import { createHash } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { configureReadLimits } from '@precedent/dicom';
import type { SealedStudy } from '@precedent/ingress';
import { loadDeidProfile } from './adapters/profile-file.ts';
import type { DeidentifierOptions } from './deidentifier.ts';
import { Deidentifier } from './deidentifier.ts';
import { el, sampleObject, SOURCE, TEST_KEYS } from './object.testkit.ts';
import { StudyDeidentifier } from './study-deidentifier.ts';

let folder = '';
let options: DeidentifierOptions;
const started: StudyDeidentifier[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'precedent-deid-'));
  options = { keys: TEST_KEYS, profile: await loadDeidProfile('retrieval'), allowUncleanedPixels: true };
});

afterAll(async () => {
  for (const one of started) await one.onApplicationShutdown();
});

function inThread(settings?: { readonly deadlineMs: number }): StudyDeidentifier {
  const made = new StudyDeidentifier(options, settings);
  started.push(made);
  return made;
}

async function study(name: string, ...uids: readonly string[]): Promise<SealedStudy> {
  const instances = [];
  for (const uid of uids) {
    const bytes = sampleObject([el('SOPInstanceUID', uid)]);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const spoolPath = join(folder, `${name} ${uid}`);
    await writeFile(spoolPath, bytes);
    instances.push({ receiptId: uid, spoolPath, sizeBytes: bytes.length, sha256, sopInstanceUid: uid });
  }
  return {
    generationId: name,
    source: 'test',
    studyInstanceUid: SOURCE.study,
    generation: 1,
    manifestHash: 'x',
    instances,
    outcome: { study_instance_uid: SOURCE.study, diagnosis: 'Pneumonia' },
  };
}

describe('studies in a thread of their own (real: the thread, engine, spool files; fake: the patient, the journal)', () => {
  it('gives what the same work gives here, byte for byte, of several studies at once', async () => {
    const studies = [await study('a', '1.2.1', '1.2.2'), await study('b', '1.2.3')];
    const here = new Deidentifier(options);
    const thread = inThread();
    const outcomes = await Promise.all(studies.map((one) => thread.deidentifyStudy(one)));
    expect(outcomes).toEqual(await Promise.all(studies.map((one) => here.deidentifyStudy(one))));
    const [first] = outcomes;
    if (first?.kind !== 'deidentified') throw new Error('expected a study');
    expect(first.study.instances.every(({ bytes }) => Buffer.isBuffer(bytes))).toBe(true);
  });

  it('a spool file that is gone is a fault, and the next study is treated as ever', async () => {
    const thread = inThread();
    const lost = await study('lost', '1.2.1');
    const gone = { ...lost, instances: lost.instances.map((one) => ({ ...one, spoolPath: join(folder, 'gone') })) };
    await expect(thread.deidentifyStudy(gone)).rejects.toMatchObject({ code: 'UNEXPECTED' });
    expect((await thread.deidentifyStudy(await study('next', '1.2.1'))).kind).toBe('deidentified');
  });

  it('reads under the limits that were set for the service', async () => {
    configureReadLimits({ maxElements: 3 });
    const outcome = await inThread()
      .deidentifyStudy(await study('limited', '1.2.1'))
      .finally(() => configureReadLimits({}));
    expect(outcome).toMatchObject({ kind: 'quarantined', instances: [{ reason: 'limit-exceeded' }] });
  });

  it('a study that takes too long ends with a code, and so does one in hand at the end of the service', async () => {
    const one = await study('slow', '1.2.1');
    await expect(inThread({ deadlineMs: 1 }).deidentifyStudy(one)).rejects.toMatchObject({ code: 'DEID_TIMEOUT' });
    const thread = inThread();
    const told = expect(thread.deidentifyStudy(one)).rejects.toMatchObject({ code: 'DEID_THREAD_ENDED' });
    await thread.onApplicationShutdown();
    await told;
    expect((await thread.deidentifyStudy(one)).kind).toBe('deidentified');
  });
});
