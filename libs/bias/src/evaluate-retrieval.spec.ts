// Real: all of it, pure statistics. Nothing is fake; expected figures are worked out by hand beside each case.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CodedError } from '@precedent/kernel';
import { evaluateRetrieval } from './evaluate-retrieval.ts';
import type { EvaluationInput, EvaluationItem, EvaluationReport, Metric } from './domain/types.ts';

const METRICS: readonly Metric[] = ['p1', 'p5', 'p10', 'map10'];
const item = (studyKey: string, patientKey: string, label: string): EvaluationItem => ({ studyKey, patientKey, label });

type Rankings = Readonly<Record<string, readonly string[]>>;

const evaluate = (items: readonly EvaluationItem[], rankings: Rankings, options: Partial<EvaluationInput> = {}) =>
  evaluateRetrieval({ items, rankings: new Map(Object.entries(rankings)), seed: 20261124, bootstrap: 200, ...options });

function faultOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof CodedError) return error.code;
    throw error;
  }
  return 'none';
}

/** Every query answered by `order` over the studies of other patients. */
function rankAll(
  items: readonly EvaluationItem[],
  order: (query: EvaluationItem, others: EvaluationItem[]) => EvaluationItem[],
): Rankings {
  const others = (query: EvaluationItem) => items.filter(({ patientKey }) => patientKey !== query.patientKey);
  return Object.fromEntries(
    items.map((query) => [query.studyKey, order(query, others(query)).map(({ studyKey }) => studyKey)]),
  );
}

const perfectOrder = (query: EvaluationItem, others: EvaluationItem[]): EvaluationItem[] =>
  [...others].sort((a, b) => Number(b.label === query.label) - Number(a.label === query.label));

/** Three patients of class A (one with two studies), two of class B. */
const cohort = [
  item('a1', 'p1', 'A'),
  item('a2', 'p2', 'A'),
  item('a3', 'p3', 'A'),
  item('a4', 'p3', 'A'),
  item('b1', 'p4', 'B'),
  item('b2', 'p5', 'B'),
];
const answers: Rankings = {
  a1: ['a2', 'b1', 'a3', 'b2', 'a4'],
  a2: ['b1', 'b2', 'a1', 'a3', 'a4'],
  a3: ['b1', 'a1', 'a2', 'b2'],
  a4: ['b1', 'b2'],
  b1: ['b2', 'a1'],
  b2: ['a1', 'a2', 'b1'],
};

describe('figures worked out by hand', () => {
  const report = evaluate(cohort, answers);
  const [a, b] = report.classes;

  it('divides P@k by min(k, studies of the class in other patients)', () => {
    // a1, a2 have 3 relevant; a3, a4 only 2, since they are of one patient. First hits: yes, no, no, no.
    expect(a?.metrics.p1.value).toBeCloseTo(1 / 4, 12);
    // Within five: 3/3, 3/3, 2/2, 0/2.
    expect(a?.metrics.p5.value).toBeCloseTo(3 / 4, 12);
    // b1: 1/1 at rank 1; b2: 1/1 at rank 3.
    expect(b?.metrics.p1.value).toBeCloseTo(1 / 2, 12);
    expect(b?.metrics.p5.value).toBeCloseTo(1, 12);
  });

  it('averages precision at the hits over min(10, relevant)', () => {
    // a1: hits at 1, 3, 5; a2: at 3, 4, 5; a3: at 2, 3; a4: none.
    const a1 = (1 + 2 / 3 + 3 / 5) / 3;
    const a2 = (1 / 3 + 2 / 4 + 3 / 5) / 3;
    const a3 = (1 / 2 + 2 / 3) / 2;
    expect(a?.metrics.map10.value).toBeCloseTo((a1 + a2 + a3) / 4, 12);
    expect(b?.metrics.map10.value).toBeCloseTo((1 + 1 / 3) / 2, 12);
  });

  it('means over queries (micro) and over classes (macro)', () => {
    expect(report.micro.metrics.p1.value).toBeCloseTo(2 / 6, 12);
    expect(report.macro.metrics.p1.value).toBeCloseTo((1 / 4 + 1 / 2) / 2, 12);
    expect(report.micro.metrics.p5.value).toBeCloseTo(5 / 6, 12);
  });

  it('states what chance would reach', () => {
    // P@1: a1, a2 find 3 of 5 others; a3, a4 2 of 4. b1, b2: 1 of 5.
    expect(a?.random.p1).toBeCloseTo((3 / 5 + 3 / 5 + 2 / 4 + 2 / 4) / 4, 12);
    expect(b?.random.p1).toBeCloseTo(1 / 5, 12);
    // P@5 looks through all others there are, so chance finds everything.
    expect(report.micro.random.p5).toBeCloseTo(1, 12);
    expect(report.macro.random.p1).toBeCloseTo((0.55 + 0.2) / 2, 12);
  });

  it('counts queries, patients and studies', () => {
    expect(report).toMatchObject({ queries: 6, patients: 5, unlabelled: 0, answersOutside: 0, leftOut: [] });
    expect(report).toMatchObject({ seed: 20261124, bootstrap: 200 });
    expect(report.classes.map(({ label, studies, patients }) => [label, studies, patients])).toEqual([
      ['A', 4, 3],
      ['B', 2, 2],
    ]);
  });
});

describe('what takes no part is said', () => {
  const items = [...cohort, item('c1', 'p6', 'C'), item('c2', 'p6', 'C'), item('u', 'p7', '')];

  it('names classes of one patient and leaves them in the index as wrong answers', () => {
    const report = evaluate(items, { ...answers, b1: ['c1', 'b2'], c1: ['a1'], c2: ['a1'], u: [] });
    expect(report.leftOut).toEqual([{ label: 'C', studies: 2, patients: 1 }]);
    expect(report.queries).toBe(6);
    expect(report.classes.find(({ label }) => label === 'B')?.metrics.p1.value).toBe(0);
    // b1 and b2 now look for 1 study among 8.
    expect(report.classes.find(({ label }) => label === 'B')?.random.p1).toBeCloseTo(1 / 8, 12);
  });

  it('counts unlabelled studies, wrong for the figure as they are for chance', () => {
    const report = evaluate(items, { ...answers, b1: ['u', 'b2'] });
    expect(report.unlabelled).toBe(1);
    expect(report.classes.find(({ label }) => label === 'B')?.metrics.map10.value).toBeCloseTo((1 / 2 + 1 / 3) / 2, 12);
  });

  it('counts missing ranks as wrong, not as absent', () => {
    const report = evaluate(cohort, { ...answers, b1: [], b2: [] });
    expect(report.classes.find(({ label }) => label === 'B')?.metrics.p10.value).toBe(0);
  });
});

describe('input that would give a wrong figure is refused', () => {
  const many = Object.fromEntries(cohort.map(({ studyKey }) => [studyKey, [] as string[]]));
  it.each<[string, () => unknown]>([
    ['BIAS_SEED_MISSING', () => evaluate(cohort, answers, { seed: undefined as unknown as number })],
    ['BIAS_SEED_MISSING', () => evaluate(cohort, answers, { seed: Number.NaN })],
    ['BIAS_SEED_MISSING', () => evaluate(cohort, answers, { seed: 0.5 })],
    ['BIAS_RESAMPLES_TOO_FEW', () => evaluate(cohort, answers, { bootstrap: 99 })],
    ['BIAS_STUDY_TWICE', () => evaluate([...cohort, item('a1', 'p9', 'B')], answers)],
    ['BIAS_RANKING_MISSING', () => evaluate(cohort, { a1: [] })],
    ['BIAS_RANKING_REPEATS', () => evaluate(cohort, { ...answers, a1: ['a2', 'a2'] })],
    ['BIAS_SAME_PATIENT', () => evaluate(cohort, { ...answers, a1: ['a1', 'a2'] })],
    ['BIAS_SAME_PATIENT', () => evaluate(cohort, { ...answers, a3: ['a4'] })],
    ['BIAS_OTHER_STUDIES', () => evaluate(cohort, { ...many, a1: ['z1', 'z2'] })],
    ['BIAS_NOTHING_TO_EVALUATE', () => evaluate([item('a', 'p', 'A'), item('b', 'q', 'B')], { a: ['b'], b: ['a'] })],
  ])('%s', (code, run) => {
    expect(faultOf(run)).toBe(code);
  });

  it('names no key in any fault', () => {
    const secret = item('secret-study', 'secret-patient', 'A');
    const run = () => evaluate([...cohort, secret], { ...answers, 'secret-study': ['secret-study'] });
    expect(run).toThrow(/own patient/);
    expect(run).not.toThrow(/secret/);
  });
});

/** Patients `0..n-1` of one class; the first `hits` of them are answered rightly, each by `studies` studies. */
function oneClass(patients: number, hits: number, studies: number): EvaluationReport {
  const items = Array.from({ length: patients * studies }, (_, at) => item(`s${at}`, `p${at % patients}`, 'A'));
  const wrong = [item('w1', 'x1', 'W'), item('w2', 'x2', 'W')];
  const answer = (query: EvaluationItem, others: EvaluationItem[]): EvaluationItem[] =>
    others.filter(({ label }) => (Number(query.patientKey.slice(1)) < hits ? label === 'A' : label === 'W'));
  return evaluate([...items, ...wrong], rankAll([...items, ...wrong], answer), { bootstrap: 2000 });
}

describe('intervals', () => {
  const ofA = (report: EvaluationReport) => report.classes.find(({ label }) => label === 'A')!.metrics.p1;

  it('are as wide as theory says for independent patients', () => {
    const { value, low, high, method } = ofA(oneClass(50, 25, 1));
    expect({ value, method }).toEqual({ value: 0.5, method: 'bootstrap' });
    // Normal theory: ±1.96 √(0.25 / 51) = ±0.137; 2000 resamples leave a few per cent of noise.
    expect((high - low) / 2).toBeGreaterThan(0.125);
    expect((high - low) / 2).toBeLessThan(0.15);
  });

  it('do not shrink when each patient brings the same answer four times', () => {
    const [once, fourTimes] = [ofA(oneClass(20, 8, 1)), ofA(oneClass(20, 8, 4))];
    expect(fourTimes.low).toBeCloseTo(once.low, 6);
    expect(fourTimes.high).toBeCloseTo(once.high, 6);
  });

  it('keep a width where all patients agree (Wilson: 10 of 10 is 0.722 to 1)', () => {
    const { value, low, high, method } = ofA(oneClass(10, 10, 1));
    expect({ value, high, method }).toEqual({ value: 1, high: 1, method: 'wilson' });
    expect(low).toBeCloseTo(0.7225, 4);
  });

  it('come out the same by the same seed, and differ by another', () => {
    const [one, again, other] = [7, 7, 8].map((seed) => evaluate(cohort, answers, { seed }));
    expect(again).toEqual(one);
    expect(other!.micro.metrics.map10.value).toBe(one!.micro.metrics.map10.value);
    expect(other!.micro.metrics.map10.low).not.toBe(one!.micro.metrics.map10.low);
  });

  it('tells apart seeds that share their lower 32 bits', () => {
    const [one, other] = [5, 5 + 2 ** 32].map((seed) => evaluate(cohort, answers, { seed }));
    expect(other!.micro.metrics.map10.low).not.toBe(one!.micro.metrics.map10.low);
  });
});

const cohorts = fc
  .array(fc.tuple(fc.nat(11), fc.constantFrom('A', 'B', 'C', '')), { minLength: 4, maxLength: 40 })
  .map((rows) => rows.map(([patient, label], at) => item(`s${at}`, `p${patient}`, label)))
  .filter((items) => ['A', 'B', 'C'].some((label) => patientsOf(items, label) > 1));

function patientsOf(items: readonly EvaluationItem[], label: string): number {
  return new Set(items.filter((each) => each.label === label).map(({ patientKey }) => patientKey)).size;
}

const qualities = (report: EvaluationReport) => [report.micro, report.macro, ...report.classes];

describe('laws (fast-check, failing seeds are printed by it)', () => {
  it('every figure lies between 0 and 1, inside an interval between 0 and 1', () => {
    fc.assert(
      fc.property(cohorts, fc.integer(), (items, seed) => {
        const report = evaluate(
          items,
          rankAll(items, (_, others) => others),
          { seed, bootstrap: 100 },
        );
        for (const { metrics, random } of qualities(report)) {
          for (const metric of METRICS) {
            const { value, low, high } = metrics[metric];
            for (const share of [value, low, high, random[metric]]) {
              expect(share).toBeGreaterThanOrEqual(0);
              expect(share).toBeLessThanOrEqual(1);
            }
            expect(low).toBeLessThanOrEqual(high);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('a perfect order reaches 1 in every figure and class', () => {
    fc.assert(
      fc.property(cohorts, (items) => {
        const report = evaluate(items, rankAll(items, perfectOrder), { bootstrap: 100 });
        for (const { metrics } of qualities(report)) {
          for (const metric of METRICS) expect(metrics[metric].value).toBeCloseTo(1, 12);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('the order in which studies are listed changes no value', () => {
    fc.assert(
      fc.property(cohorts, (items) => {
        const rankings = rankAll(items, (_, others) => others);
        const values = (report: EvaluationReport) =>
          new Map(report.classes.map(({ label, metrics }) => [label, METRICS.map((metric) => metrics[metric].value)]));
        const [one, reversed] = [items, [...items].reverse()].map((each) => values(evaluate(each, rankings)));
        for (const [label, expected] of one!) {
          reversed!.get(label)!.forEach((value, at) => expect(value).toBeCloseTo(expected[at]!, 12));
        }
      }),
      { numRuns: 20 },
    );
  });
});
