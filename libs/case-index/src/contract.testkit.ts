import { createHash } from 'node:crypto';
import { patientKey, seriesKey, spaceId, studyKey } from '@precedent/kernel';
import type { SpaceId } from '@precedent/kernel';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { and, eq, isIn, not, or } from './domain/filter.ts';
import type { IndexedImage, RebuildableCaseIndex } from './domain/types.ts';

/** One seed for all rows; change it to look elsewhere. */
const SEED = 20_240_611;
export const DIMENSION = 16;
export const SPACE: SpaceId = spaceId('contract0001');

/** Mulberry32: small, seeded, the same on every machine. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function unitVector(random: () => number, dimension = DIMENSION): Float32Array {
  const raw = Array.from({ length: dimension }, () => random() - 0.5);
  const norm = Math.hypot(...raw);
  return Float32Array.from(raw, (value) => value / norm);
}

/** A vector at a known cosine to the first axis. */
export function atCosine(cosine: number, dimension = DIMENSION): Float32Array {
  const vector = new Float32Array(dimension);
  vector[0] = cosine;
  vector[1] = Math.sqrt(1 - cosine * cosine);
  return vector;
}

const keyOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

export function imageOf(id: string, overrides: Partial<IndexedImage> = {}): IndexedImage {
  return {
    id,
    studyKey: studyKey(keyOf(`study ${id}`)),
    seriesKey: seriesKey(keyOf(`series ${id}`)),
    patientKey: patientKey(keyOf(`patient ${id}`)),
    modality: 'CT',
    bodyPart: 'CHEST',
    sex: 'F',
    ageBand: '60-69',
    vector: atCosine(0.5),
    ...overrides,
  };
}

/** `count` random images over 7 studies, 3 modalities and so on. */
export function randomImages(count: number, seed = SEED): IndexedImage[] {
  const random = randomFrom(seed);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  return Array.from({ length: count }, (_, index) =>
    imageOf(`img-${String(index).padStart(5, '0')}.0`, {
      studyKey: studyKey(`study-${index % 7}`),
      seriesKey: seriesKey(`series-${index % 13}`),
      patientKey: patientKey(`patient-${index % 5}`),
      modality: pick(['CT', 'MR', 'CR']),
      bodyPart: pick(['CHEST', 'KNEE', 'O"\\q', 'x"] or id != "', 'Ölaf 心', '']),
      sex: pick(['F', 'M', 'O']),
      ageBand: pick(['50-59', '60-69', '70-79']),
      vector: unitVector(random),
    }),
  );
}

export interface Peer {
  /** An index over the same stored rows each time it is called, until `reset`. */
  open(options?: { space?: SpaceId; dimension?: number }): Promise<RebuildableCaseIndex>;
  stop(): Promise<void>;
}

export async function allIds(index: RebuildableCaseIndex): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of index.ids()) ids.push(...page);
  return ids;
}

const fault = (code: string): unknown => expect.objectContaining({ code });
const QUERY = atCosine(1);

/** The behaviour every vector store must show. Nothing is faked: `start` gives a real store. */
export function describeCaseIndexContract(title: string, start: () => Promise<Peer>): void {
  describe(`case index contract: ${title} (real store; seed ${SEED})`, () => {
    let peer: Peer;
    let index: RebuildableCaseIndex;
    beforeAll(async () => {
      peer = await start();
      index = await peer.open();
    });
    beforeEach(async () => index.reset());
    afterAll(async () => {
      await index.close();
      await peer.stop();
    });

    it('says what it is', () => {
      expect({ space: index.space, dimension: index.dimension }).toEqual({ space: SPACE, dimension: DIMENSION });
    });

    it('answers an empty index with nothing', async () => {
      expect(await index.search({ vector: QUERY, k: 5 })).toEqual([]);
      expect(await index.count()).toBe(0);
      expect(await allIds(index)).toEqual([]);
      expect(await index.vectorsOf([studyKey('none')])).toEqual([]);
      expect(await index.deleteStudies([studyKey('none')])).toBe(0);
      await index.upsert([]);
    });

    it('finds best first, ties by id, with cosine scores', async () => {
      await index.upsert([
        imageOf('b', { vector: atCosine(0.9) }),
        imageOf('d', { vector: atCosine(-1) }),
        imageOf('a', { vector: atCosine(0.9) }),
        imageOf('c', { vector: atCosine(1) }),
      ]);
      const found = await index.search({ vector: QUERY, k: 10 });
      expect(found.map((n) => n.id)).toEqual(['c', 'a', 'b', 'd']);
      expect(found.map((n) => Math.round(n.score * 1e4) / 1e4)).toEqual([1, 0.9, 0.9, -1]);
      expect(found[0]).toMatchObject({ studyKey: imageOf('c').studyKey, patientKey: imageOf('c').patientKey });
      expect(found[0]?.seriesKey).toBe(imageOf('c').seriesKey);
    });

    it('keeps the order of ids when more rows tie than k allows', async () => {
      const ids = Array.from({ length: 60 }, (_, i) => `tie-${String((i * 37) % 60).padStart(2, '0')}`);
      await index.upsert(ids.map((id) => imageOf(id, { vector: atCosine(0.25) })));
      const found = await index.search({ vector: QUERY, k: 5 });
      expect(found.map((n) => n.id)).toEqual(['tie-00', 'tie-01', 'tie-02', 'tie-03', 'tie-04']);
    });

    it('agrees with a plain scan of 600 random rows', async () => {
      const images = randomImages(600);
      await index.upsert(images);
      const query = unitVector(randomFrom(SEED + 1));
      const cosine = (v: Float32Array): number => v.reduce((sum, x, i) => sum + x * (query[i] ?? 0), 0);
      const expected = images
        .filter((image) => image.modality !== 'MR')
        .sort((a, b) => cosine(b.vector) - cosine(a.vector))
        .slice(0, 40);
      const found = await index.search({ vector: query, k: 40, filter: not(eq('modality', 'MR')) });
      expect(found.map((n) => n.id)).toEqual(expected.map((image) => image.id));
    });

    it('replaces a row of the same id, whole', async () => {
      await index.upsert([imageOf('a', { vector: atCosine(0.1) }), imageOf('b')]);
      await index.upsert([imageOf('a', { vector: atCosine(0.8), modality: 'MR', studyKey: studyKey('moved') })]);
      expect(await index.count()).toBe(2);
      expect(await index.count(eq('modality', 'MR'))).toBe(1);
      expect(await index.vectorsOf([imageOf('a').studyKey])).toEqual([]);
      const [moved] = await index.vectorsOf([studyKey('moved')]);
      expect(moved?.vector[0]).toBeCloseTo(0.8, 6);
    });

    it('keeps the last of an id given twice in one call', async () => {
      await index.upsert([imageOf('a', { modality: 'MR' }), imageOf('b'), imageOf('a', { modality: 'CR' })]);
      expect(await index.count()).toBe(2);
      expect(await index.count(eq('modality', 'CR'))).toBe(1);
    });

    it('splits an upsert of more than 200 rows and loses none', async () => {
      const images = randomImages(450);
      await index.upsert(images);
      expect(await index.count()).toBe(450);
      expect(await allIds(index)).toEqual(images.map((image) => image.id));
    });

    it('gives vectors back bit for bit with their attributes', async () => {
      const images = randomImages(30);
      await index.upsert(images);
      const found = await index.vectorsOf([studyKey('study-2'), studyKey('study-3')]);
      const expected = images.filter(({ studyKey: key }) => key === 'study-2' || key === 'study-3');
      const byId = (a: IndexedImage, b: IndexedImage): number => (a.id < b.id ? -1 : 1);
      expect([...found].sort(byId)).toEqual(expected.sort(byId));
    });

    it('deletes studies and says how many rows went', async () => {
      await index.upsert(randomImages(70));
      expect(await index.deleteStudies([studyKey('study-1'), studyKey('study-4'), studyKey('none')])).toBe(20);
      expect(await index.count()).toBe(50);
      expect(await index.count(eq('studyKey', 'study-1'))).toBe(0);
      const found = await index.search({ vector: QUERY, k: 100 });
      expect(found).toHaveLength(50);
      expect(found.some((n) => n.studyKey === 'study-1')).toBe(false);
    });

    it('filters by every operator', async () => {
      const images = randomImages(140);
      await index.upsert(images);
      const filter = and(
        or(eq('modality', 'CT'), isIn('bodyPart', ['KNEE', ''])),
        not(isIn('patientKey', ['patient-0', 'patient-3'])),
      );
      const expected = images.filter(
        (i) =>
          (i.modality === 'CT' || i.bodyPart === 'KNEE' || i.bodyPart === '') &&
          !['patient-0', 'patient-3'].includes(i.patientKey),
      ).length;
      expect(await index.count(filter)).toBe(expected);
      const found = await index.search({ vector: QUERY, k: 500, filter });
      expect(found).toHaveLength(expected);
    });

    it('takes an empty list, all of nothing and any of nothing by their logic', async () => {
      await index.upsert(randomImages(10));
      expect(await index.count(isIn('modality', []))).toBe(0);
      expect(await index.count(not(isIn('modality', [])))).toBe(10);
      expect(await index.count(and())).toBe(10);
      expect(await index.count(or())).toBe(0);
      expect(await index.search({ vector: QUERY, k: 3, filter: or() })).toEqual([]);
    });

    it.each(['x"] or id != "', '" or "" == "', '\\', '\\"', "'", 'a\nb', '{x}', '%', '_', '\u0000', '\ud800', '心'])(
      'takes the hostile value %j as a value',
      async (value) => {
        await index.upsert([imageOf('plain'), imageOf('odd', { bodyPart: "it's 100%_{x}" })]);
        expect(await index.count(eq('bodyPart', value))).toBe(0);
        expect(await index.count(not(eq('bodyPart', value)))).toBe(2);
        expect(await index.count(eq('patientKey', value))).toBe(0);
        expect(
          await index.search({ vector: QUERY, k: 5, filter: isIn('bodyPart', [value, "it's 100%_{x}"]) }),
        ).toHaveLength(1);
      },
    );

    it('finds rows whose stored attributes are hostile', async () => {
      const values = ['x"] or id != "', '\\', '\\"', "'", '{x}', '%', '心', 'a\\nb', '\\u0041'];
      await index.upsert(values.map((bodyPart, i) => imageOf(`row-${i}`, { bodyPart })));
      for (const value of values) expect([value, await index.count(eq('bodyPart', value))]).toEqual([value, 1]);
      expect(await index.count(isIn('bodyPart', values))).toBe(values.length);
    });

    it('is right with 10,000 terms', async () => {
      await index.upsert([imageOf('in', { patientKey: patientKey('p-9999') }), imageOf('out')]);
      const values = Array.from({ length: 10_000 }, (_, i) => `p-${i}`);
      const filter = isIn('patientKey', values);
      expect((await index.search({ vector: QUERY, k: 5, filter })).map((n) => n.id)).toEqual(['in']);
      expect(await index.count(not(filter))).toBe(1);
    });

    it('refuses too many terms and too deep a filter', async () => {
      const many = isIn(
        'modality',
        Array.from({ length: 20_000 }, (_, i) => `m${i}`),
      );
      await expect(index.count(many)).rejects.toEqual(fault('INDEX_BAD_REQUEST'));
      let deep = eq('modality', 'CT');
      for (let i = 0; i < 40; i += 1) deep = not(deep);
      await expect(index.count(deep)).rejects.toEqual(fault('INDEX_BAD_REQUEST'));
    });

    it.each([0, -1, 1.5, 16_385, Number.NaN])('refuses k = %p', async (k) => {
      await expect(index.search({ vector: QUERY, k })).rejects.toEqual(fault('INDEX_BAD_REQUEST'));
    });

    it.each([0, -5, Number.NaN])('refuses a deadline of %p ms', async (deadlineMs) => {
      await expect(index.search({ vector: QUERY, k: 1, deadlineMs })).rejects.toEqual(fault('INDEX_BAD_REQUEST'));
    });

    it.each([
      ['of another dimension', new Float32Array(DIMENSION + 1).fill(0.25)],
      ['with NaN', Float32Array.from(QUERY, (v, i) => (i === 3 ? Number.NaN : v))],
      ['with an infinity', Float32Array.from(QUERY, (v, i) => (i === 3 ? Infinity : v))],
      ['of zeros', new Float32Array(DIMENSION)],
      ['that is not normalised', atCosine(0.5).map((v) => v * 2)],
    ])('refuses a vector %s, in rows and in queries, and writes nothing of that call', async (_, vector) => {
      await expect(index.search({ vector, k: 1 })).rejects.toEqual(fault('INDEX_BAD_REQUEST'));
      await expect(index.upsert([imageOf('good'), imageOf('bad', { vector })])).rejects.toEqual(fault('INDEX_BAD_ROW'));
      expect(await index.count()).toBe(0);
    });

    it.each([
      ['a hostile id', { id: 'x"] or id != "' }],
      ['an empty id', { id: '' }],
      ['an id of 65 characters', { id: 'a'.repeat(65) }],
      ['a hostile study key', { studyKey: 'x" or "' as never }],
      ['an attribute of 65 bytes', { bodyPart: 'ä'.repeat(33) }],
      ['a control character', { modality: 'C\nT' }],
    ])('refuses a row with %s, without quoting it', async (_, overrides: Partial<IndexedImage>) => {
      const refusal = await index.upsert([imageOf('ok', overrides)]).catch((error: unknown) => error);
      expect(refusal).toEqual(fault('INDEX_BAD_ROW'));
      const [value = ''] = Object.values(overrides) as string[];
      if (value !== '') expect((refusal as Error).message).not.toContain(value);
    });

    it('keeps its rows over a close and a new opening', async () => {
      await index.upsert(randomImages(40));
      await index.deleteStudies([studyKey('study-0')]);
      const before = await index.search({ vector: QUERY, k: 40 });
      await index.close();
      index = await peer.open();
      expect(await index.search({ vector: QUERY, k: 40 })).toEqual(before);
      expect(await index.count()).toBe(34);
    });

    it('refuses calls after its close', async () => {
      await index.close();
      await index.close();
      await expect(index.count()).rejects.toEqual(fault('INDEX_CLOSED'));
      expect(await index.health()).toEqual({ ok: false, detail: 'INDEX_CLOSED' });
      index = await peer.open();
    });

    it('refuses another dimension under the same name', async () => {
      await index.close();
      await expect(peer.open({ dimension: DIMENSION * 2 })).rejects.toEqual(fault('INDEX_SPACE_MISMATCH'));
      index = await peer.open();
    });

    it('is healthy and says how much it holds', async () => {
      await index.upsert(randomImages(3));
      const health = await index.health();
      expect(health.ok).toBe(true);
      expect(health.detail).toContain('3 rows');
    });

    it('forgets everything on reset', async () => {
      await index.upsert(randomImages(20));
      await index.reset();
      expect(await index.count()).toBe(0);
      await index.upsert(randomImages(4));
      expect(await index.count()).toBe(4);
    });
  });
}
