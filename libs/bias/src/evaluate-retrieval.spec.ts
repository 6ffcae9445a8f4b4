import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { evaluateRetrieval } from './evaluate-retrieval.ts';
import type { EvaluationItem } from './domain/types.ts';

// Real: everything (pure statistics). Expected figures are worked out by hand.

const item = (studyKey: string, patientKey: string, label: string): EvaluationItem => ({ studyKey, patientKey, label });
const evaluate = (items: EvaluationItem[], rankings: Record<string, string[]>, seed = 1) =>
  evaluateRetrieval({ items, rankings: new Map(Object.entries(rankings)), seed, bootstrap: 100 });

describe('evaluateRetrieval', () => {
  it('divides by the number of relevant studies of other patients when that is below k', () => {
    const items = [
      item('a1', 'p1', 'A'),
      item('a2', 'p2', 'A'),
      item('a3', 'p3', 'A'),
      item('b1', 'p4', 'B'),
      item('b2', 'p5', 'B'),
    ];
    const report = evaluate(items, { a1: ['a2', 'b1', 'a3', 'b2'], a2: [], a3: [], b1: ['b2'], b2: ['a1', 'b1'] });
    const a = report.classes.find((c) => c.label === 'A');
    // a1: hits at 1 and 3 of 2 relevant; a2, a3: none. P@1 = 1/3, P@5 = (2/2)/3, mAP = ((1 + 2/3)/2)/3.
    expect(a?.metrics.p1.value).toBeCloseTo(1 / 3);
    expect(a?.metrics.p5.value).toBeCloseTo(1 / 3);
    expect(a?.metrics.map10.value).toBeCloseTo((1 + 2 / 3) / 2 / 3);
    // Random at k=1 for class A: 2 of the 4 studies of other patients.
    expect(a?.random.p1).toBeCloseTo(0.5);
    // b1: hit at 1; b2: hit at 2 of 1 relevant. micro P@1 = (1 + 0 + 0 + 1 + 0) / 5.
    expect(report.micro.metrics.p1.value).toBeCloseTo(2 / 5);
    expect(report.macro.metrics.p1.value).toBeCloseTo((1 / 3 + 1 / 2) / 2);
  });

  it('never counts the same patient, even when a ranking holds them', () => {
    const items = [item('a1', 'p1', 'A'), item('a2', 'p1', 'A'), item('a3', 'p2', 'A')];
    const report = evaluate(items, { a1: ['a2', 'a3'], a2: ['a1', 'a3'], a3: ['a1'] });
    expect(report.micro.metrics.p1.value).toBe(1);
    const blind = evaluate(items, { a1: ['a2'], a2: ['a1'], a3: [] });
    expect(blind.micro.metrics.p10.value).toBe(0);
  });

  it('leaves out and names classes of a single patient, and unlabelled studies', () => {
    const items = [
      item('a1', 'p1', 'A'),
      item('a2', 'p2', 'A'),
      item('c1', 'p3', 'C'),
      item('c2', 'p3', 'C'),
      item('x', 'p4', ''),
    ];
    const report = evaluate(items, { a1: ['x', 'c1', 'a2'], a2: ['x', 'a1'] });
    expect(report.leftOut).toEqual([{ label: 'C', studies: 2 }]);
    // The unlabelled x is passed over, C is a wrong answer: a1 hits at rank 2, a2 at rank 1.
    expect(report.micro.metrics.map10.value).toBeCloseTo((0.5 + 1) / 2);
    expect(report.queries).toBe(2);
  });

  it('refuses to run without a seed or with too few resamples', () => {
    expect(() => evaluateRetrieval({ items: [], rankings: new Map(), seed: Number.NaN, bootstrap: 200 })).toThrow(
      'seed',
    );
    expect(() => evaluateRetrieval({ items: [], rankings: new Map(), seed: 1, bootstrap: 10 })).toThrow('resamples');
  });

  it('resamples patients, not studies: many studies of few patients give a wide interval', () => {
    const make = (patients: number): EvaluationItem[] =>
      Array.from({ length: 40 }, (_, i) => item(`s${i}`, `p${i % patients}`, 'A'));
    const half = (items: EvaluationItem[]): Record<string, string[]> =>
      Object.fromEntries(
        items.map((q) => [q.studyKey, Number(q.patientKey.slice(1)) % 2 === 0 ? items.map((i) => i.studyKey) : []]),
      );
    const width = (items: EvaluationItem[]): number => {
      const { low, high } = evaluate(items, half(items)).micro.metrics.p1;
      return high - low;
    };
    expect(width(make(4))).toBeGreaterThan(width(make(40)) * 1.5);
  });

  const archive = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 8 }), fc.constantFrom('A', 'B', 'C')), { minLength: 2, maxLength: 40 })
    .map((rows) => rows.map(([patient, label], at) => item(`s${at}`, `p${patient}`, label)));

  it('law: a perfect ranking scores 1 everywhere, any ranking between 0 and 1, and the same seed the same report', () => {
    fc.assert(
      fc.property(archive, (items) => {
        const perfect = Object.fromEntries(
          items.map((q) => [
            q.studyKey,
            items.filter((i) => i.patientKey !== q.patientKey && i.label === q.label).map((i) => i.studyKey),
          ]),
        );
        const report = evaluate(items, perfect);
        for (const { metrics } of report.classes) {
          for (const { value } of Object.values(metrics) as { value: number }[]) expect(value).toBeCloseTo(1);
        }
        const shuffled = evaluate(
          items,
          Object.fromEntries(items.map((q) => [q.studyKey, items.map((i) => i.studyKey)])),
        );
        for (const { value, low, high } of [shuffled.micro.metrics.p5, shuffled.macro.metrics.map10]) {
          expect(low).toBeGreaterThanOrEqual(0);
          expect(high).toBeLessThanOrEqual(1);
          expect(value).toBeLessThanOrEqual(1);
        }
        expect(evaluate(items, perfect)).toEqual(report);
      }),
      { numRuns: 12 },
    );
  });

  it('law: rankings drawn at random reach the baseline that is stated', () => {
    const items = Array.from({ length: 60 }, (_, i) => item(`s${i}`, `p${i}`, i % 3 === 0 ? 'A' : 'B'));
    let state = 7;
    const random = (): number => (state = (state * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
    const order = (): string[] =>
      items
        .map((i) => ({ key: i.studyKey, at: random() }))
        .sort((a, b) => a.at - b.at)
        .map((i) => i.key);
    let sum = 0;
    for (let round = 0; round < 25; round++) {
      sum += evaluate(items, Object.fromEntries(items.map((q) => [q.studyKey, order()]))).micro.metrics.p5.value;
    }
    const stated = evaluate(items, {}).micro.random.p5;
    expect(Math.abs(sum / 25 - stated)).toBeLessThan(0.03);
  });
});
