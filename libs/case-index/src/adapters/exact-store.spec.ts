/** Real: the store in this thread, its file on disk, reopened at random. Fake: nothing. fast-check prints its seed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { studyKey } from '@precedent/kernel';
import { describe, expect, it } from '@jest/globals';
import { atCosine, DIMENSION, imageOf, randomFrom, unitVector } from '../contract.testkit.ts';
import { byScoreThenId } from '../domain/check.ts';
import { packRows } from '../domain/packed-rows.ts';
import type { IndexedImage } from '../domain/types.ts';
import { ExactStore } from './exact-store.ts';

type Step =
  | { readonly do: 'upsert'; readonly ids: readonly number[]; readonly study: number; readonly seed: number }
  | { readonly do: 'delete'; readonly studies: readonly number[] }
  | { readonly do: 'reopen' | 'compact' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('upsert' as const),
    ids: fc.uniqueArray(fc.nat(40), { minLength: 1, maxLength: 12 }),
    study: fc.nat(5),
    seed: fc.nat(),
  }),
  fc.record({ do: fc.constant('delete' as const), studies: fc.array(fc.nat(5), { maxLength: 2 }) }),
  fc.constantFrom({ do: 'reopen' as const }, { do: 'compact' as const }),
);

const study = (n: number): string => `study-${n}`;

function within(directory: string, steps: readonly Step[]): void {
  const options = { directory, space: 's', dimension: DIMENSION };
  let store = new ExactStore(options);
  const model = new Map<string, IndexedImage>();
  for (const current of steps) {
    if (current.do === 'upsert') {
      const random = randomFrom(current.seed);
      const images = current.ids.map((id) =>
        imageOf(`id-${id}`, { studyKey: studyKey(study(current.study)), vector: unitVector(random) }),
      );
      store.upsert(packRows(images, DIMENSION));
      for (const image of images) model.set(image.id, image);
    } else if (current.do === 'delete') {
      const gone = [...model.values()].filter((image) => current.studies.map(study).includes(image.studyKey));
      expect(store.deleteStudies(current.studies.map(study))).toBe(gone.length);
      for (const image of gone) model.delete(image.id);
    } else if (current.do === 'compact') store.compact();
    else {
      store.close();
      store = new ExactStore(options);
    }
  }
  agree(store, model);
  store.close();
}

function agree(store: ExactStore, model: ReadonlyMap<string, IndexedImage>): void {
  expect(store.idsAfter('', 1000)).toEqual([...model.keys()].sort());
  const query = atCosine(0.3);
  const expected = [...model.values()]
    .map(({ id, vector }) => ({ id, score: vector.reduce((sum, x, i) => sum + x * (query[i] ?? 0), 0) }))
    .sort(byScoreThenId);
  const found = store.search({ vector: query, k: 1000, filter: undefined, deadlineAt: Infinity });
  expect(found.map((n) => n.id)).toEqual(expected.map((n) => n.id));
  expect(store.status().rows).toBe(model.size);
}

describe('exact store', () => {
  it('holds what a map would hold, through any writes, deletions, compactions and openings', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const directory = mkdtempSync(join(tmpdir(), 'exact-store-'));
        try {
          within(directory, steps);
        } finally {
          rmSync(directory, { recursive: true });
        }
      }),
      { numRuns: 60 },
    );
  });

  it('gives up a search whose time has passed', () => {
    const directory = mkdtempSync(join(tmpdir(), 'exact-store-'));
    const store = new ExactStore({ directory, space: 's', dimension: DIMENSION });
    store.upsert(packRows([imageOf('a')], DIMENSION));
    const late = { vector: atCosine(1), k: 1, filter: undefined, deadlineAt: Date.now() - 1 };
    expect(() => store.search(late)).toThrow(expect.objectContaining({ code: 'INDEX_DEADLINE' }));
    store.close();
    rmSync(directory, { recursive: true });
  });
});
