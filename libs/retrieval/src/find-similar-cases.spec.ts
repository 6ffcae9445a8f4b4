import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ArchivedStudy, CaseArchive } from '@precedent/archive';
import type { CaseIndex, IndexedImage } from '@precedent/case-index';
import { openExactIndex } from '@precedent/case-index';
import type { ImageEmbedding } from '@precedent/embedding';
import type { ProvenanceEntry } from '@precedent/kernel';
import { imageKey, patientKey, seriesKey, spaceId, studyKey } from '@precedent/kernel';
import { compareStudies } from './domain/rank-studies.ts';
import { FindSimilarCases } from './find-similar-cases.ts';

// Real: the exact vector store on disk. Fake: archive and embeddings (a table in memory), the ledger (a list).

const SPACE = spaceId('test-space');
const unit = (...values: number[]): Float32Array => {
  const norm = Math.hypot(...values);
  return Float32Array.from(values, (v) => v / norm);
};

interface Row {
  readonly study: string;
  readonly patient: string;
  readonly modality?: string;
  readonly vectors: readonly Float32Array[];
}

const indexed = ({ study, patient, modality = 'CT', vectors }: Row): IndexedImage[] =>
  vectors.map((vector, at) => ({
    id: `${study}-i${at}.0`,
    seriesKey: seriesKey(`${study}-se`),
    studyKey: studyKey(study),
    patientKey: patientKey(patient),
    modality,
    bodyPart: 'CHEST',
    sex: 'F',
    ageBand: '40-64',
    vector,
  }));

const archived = ({ study, patient, modality = 'CT', vectors }: Row): ArchivedStudy => ({
  studyKey: studyKey(study),
  patientKey: patientKey(patient),
  generation: 1,
  modality,
  bodyPart: 'CHEST',
  sex: 'F',
  ageBand: '40-64',
  ageYears: 50,
  manufacturer: '',
  studyDate: '',
  seriesCount: 1,
  imageCount: vectors.length,
  outcome: null,
});

describe('similar cases', () => {
  let folder: string;
  let index: CaseIndex;
  const ledger: ProvenanceEntry[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'precedent-retrieval-'));
    index = await openExactIndex({ directory: folder, space: SPACE, dimension: 3 });
  });

  afterEach(async () => {
    await index.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function over(rows: readonly Row[]): Promise<FindSimilarCases> {
    await index.upsert(rows.flatMap(indexed));
    const studies = new Map(rows.map((row) => [row.study, archived(row)]));
    const archive = {
      study: (key: string) => Promise.resolve(studies.get(key) ?? null),
      studies: (keys: string[]) => Promise.resolve(new Map(keys.map((key) => [key, studies.get(key)]))),
      image: () => Promise.resolve(null),
    } as unknown as CaseArchive;
    const embeddings = rows
      .flatMap(indexed)
      .map((i): ImageEmbedding => ({ ...i, imageKey: imageKey('i'), frame: 0, spaceId: SPACE }));
    const embedded = {
      embeddingsOf: (keys: readonly string[]) => Promise.resolve(embeddings.filter((e) => keys.includes(e.studyKey))),
    };
    const record = (entries: readonly ProvenanceEntry[]): Promise<void> => {
      ledger.push(...entries);
      return Promise.resolve();
    };
    return new FindSimilarCases(archive, embedded, index, { record });
  }

  const answer = async (cases: FindSimilarCases, study: string, options = {}): Promise<string[]> => {
    const found = await cases.find({ kind: 'study', studyKey: studyKey(study) }, { k: 10, ...options });
    return found.kind === 'answered' ? found.results.map((r) => r.study.studyKey) : [found.kind];
  };

  it('never answers with the same patient, however near, nor with the study itself', async () => {
    const cases = await over([
      { study: 'q', patient: 'p1', vectors: [unit(1, 0, 0)] },
      { study: 'prior', patient: 'p1', vectors: [unit(1, 0, 0)] },
      { study: 'other', patient: 'p2', vectors: [unit(0, 1, 0)] },
    ]);
    expect(await answer(cases, 'q')).toEqual(['other']);
  });

  it('ranks a study that matches throughout above one with a single lucky image', async () => {
    const cases = await over([
      { study: 'q', patient: 'p1', vectors: [unit(1, 0, 0), unit(0, 1, 0)] },
      { study: 'lucky', patient: 'p2', vectors: [unit(1, 0, 0), unit(0, 0, 1)] },
      { study: 'alike', patient: 'p3', vectors: [unit(1, 0.1, 0), unit(0.1, 1, 0)] },
    ]);
    expect(await answer(cases, 'q')).toEqual(['alike', 'lucky']);
  });

  it('keeps to filters and finds studies that a crowd of nearer images would hide', async () => {
    const crowd = Array.from({ length: 300 }, (_, i) => unit(1, 0.0001 * i, 0));
    const cases = await over([
      { study: 'q', patient: 'p1', vectors: [unit(1, 0, 0)] },
      { study: 'crowd', patient: 'p2', vectors: crowd },
      { study: 'far', patient: 'p3', modality: 'MR', vectors: [unit(0.5, 1, 0)] },
    ]);
    expect(await answer(cases, 'q')).toEqual(['crowd', 'far']);
    expect(await answer(cases, 'q', { filter: { modality: ['MR'] } })).toEqual(['far']);
    expect(await answer(cases, 'q', { filter: { modality: ['x"] or true or ["'] } })).toEqual([]);
  });

  it('says what it does not know, and leaves a provenance record of what it answered', async () => {
    const cases = await over([{ study: 'q', patient: 'p1', vectors: [unit(1, 0, 0)] }]);
    expect(await answer(cases, 'absent')).toEqual(['unknown-study']);
    const found = await cases.find({ kind: 'study', studyKey: studyKey('q') }, { k: 3 });
    expect(ledger.at(-1)).toMatchObject({
      activity: 'answer',
      output: found.kind === 'answered' ? found.answerId : '',
      inputs: ['q'],
    });
  });

  it('law: similarity is symmetric, and a study is nearest to itself', () => {
    const vectors = fc
      .array(fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: 0.1, max: 1, noNaN: true })), {
        minLength: 1,
        maxLength: 5,
      })
      .map((pairs) => pairs.map(([x, y], at) => ({ id: `i${at}`, vector: unit(x, y, 0.2) })));
    fc.assert(
      fc.property(vectors, vectors, (a, b) => {
        const ab = compareStudies(a, { studyKey: 'b', images: b }).score;
        expect(compareStudies(b, { studyKey: 'a', images: a }).score).toBeCloseTo(ab, 5);
        expect(compareStudies(a, { studyKey: 'a', images: a }).score).toBeGreaterThanOrEqual(ab - 1e-6);
      }),
    );
  });
});
