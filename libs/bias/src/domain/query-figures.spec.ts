// Real: the formulas. The oracle is every order there is, counted out.
import { describe, expect, it } from '@jest/globals';
import { queryFigures, randomFigures } from './query-figures.ts';
import type { Metric } from './types.ts';

const METRICS: readonly Metric[] = ['p1', 'p5', 'p10', 'map10'];

function* orders(hits: readonly boolean[]): Generator<boolean[]> {
  if (hits.length === 0) yield [];
  for (const [at, first] of hits.entries()) {
    for (const rest of orders(hits.filter((_, other) => other !== at))) yield [first, ...rest];
  }
}

describe('chance', () => {
  it.each([
    [1, 1],
    [3, 1],
    [3, 3],
    [6, 2],
    [7, 5],
    [7, 6],
  ])('of %i candidates with %i relevant is the mean over all their orders', (total, relevant) => {
    const candidates = { total, relevant };
    const all = [...orders(Array.from({ length: total }, (_, at) => at < relevant))];
    const figures = all.map((hits) => queryFigures(hits, candidates));
    for (const metric of METRICS) {
      const mean = figures.reduce((sum, each) => sum + each[metric], 0) / all.length;
      expect(randomFigures(candidates)[metric]).toBeCloseTo(mean, 10);
    }
  });

  it('is the share of the class where the class is large', () => {
    expect(randomFigures({ total: 1000, relevant: 250 })).toMatchObject({ p1: 0.25, p5: 0.25, p10: 0.25 });
  });
});

describe('figures of one query', () => {
  it('look no deeper than ten', () => {
    const hits = [...Array.from({ length: 10 }, () => false), true, true];
    expect(queryFigures(hits, { total: 50, relevant: 2 })).toEqual({ p1: 0, p5: 0, p10: 0, map10: 0 });
  });

  it('divide by ten where the class is larger', () => {
    const figures = queryFigures([true, false, true], { total: 50, relevant: 30 });
    expect(figures.p10).toBeCloseTo(0.2, 12);
    expect(figures.map10).toBeCloseTo((1 + 2 / 3) / 10, 12);
  });
});
