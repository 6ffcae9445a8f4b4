import type { AnsweredClass, AnsweredQuery } from './answered-class.ts';
import { byMetric } from './by-metric.ts';
import type { ClassData } from './intervals.ts';
import { estimateQuality } from './intervals.ts';
import type { ClassResult, EvaluationReport, Figures } from './types.ts';

type Summary = Pick<EvaluationReport, 'queries' | 'patients' | 'classes' | 'micro' | 'macro'>;

/** Tables of the report: every interval comes from the same resamples of the patients. */
export function summarise(classes: readonly AnsweredClass[], draws: { resamples: number; seed: number }): Summary {
  const queries = classes.flatMap((each) => each.queries);
  const numbers = numberPatients(queries);
  const data = classes.map((each) => classData(each.queries, numbers));
  const estimates = estimateQuality(data, numbers.size, draws);
  const random = classes.map((each) => meanRandom(each.queries));
  return {
    queries: queries.length,
    patients: numbers.size,
    classes: estimates.classes.flatMap((metrics, at) => describe(classes[at], metrics)),
    micro: { metrics: estimates.micro, random: meanRandom(queries) },
    macro: { metrics: estimates.macro, random: meanOf(random) },
  };
}

function describe(own: AnsweredClass | undefined, metrics: ClassResult['metrics']): ClassResult[] {
  if (own === undefined) return [];
  const { label, items, patients, queries } = own;
  return [{ label, studies: items.length, patients, metrics, random: meanRandom(queries) }];
}

type Numbers = ReadonlyMap<string, number>;

/** In order of first appearance, so that intervals do not depend on how pseudonyms happen to sort. */
function numberPatients(queries: readonly AnsweredQuery[]): Numbers {
  const keys = new Set(queries.map(({ patientKey }) => patientKey));
  return new Map([...keys].map((key, index) => [key, index]));
}

function classData(queries: readonly AnsweredQuery[], numbers: Numbers): ClassData {
  const byPatient = new Map<string, Figures[]>();
  for (const { patientKey, found } of queries) {
    const own = byPatient.get(patientKey);
    if (own === undefined) byPatient.set(patientKey, [found]);
    else own.push(found);
  }
  const figures = [...byPatient.values()];
  return {
    numbers: Uint32Array.from(byPatient.keys(), (key) => numbers.get(key) ?? 0),
    queries: Float64Array.from(figures, (own) => own.length),
    sums: byMetric((metric) => Float64Array.from(figures, (own) => sumOf(own, metric))),
  };
}

const sumOf = (figures: readonly Figures[], metric: keyof Figures): number =>
  figures.reduce((total, each) => total + each[metric], 0);

const meanOf = (figures: readonly Figures[]): Figures => byMetric((metric) => sumOf(figures, metric) / figures.length);

const meanRandom = (queries: readonly AnsweredQuery[]): Figures => meanOf(queries.map(({ random }) => random));
