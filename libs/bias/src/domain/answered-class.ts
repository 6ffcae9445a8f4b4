import { biasFault } from '../bias.errors.ts';
import type { LabelledClass } from './classes.ts';
import { queryFigures, randomFigures } from './query-figures.ts';
import type { EvaluationInput, EvaluationItem, Figures } from './types.ts';

/** One query with its figures and those of chance. */
export interface AnsweredQuery {
  readonly patientKey: string;
  readonly found: Figures;
  readonly random: Figures;
}

export interface AnsweredClass extends LabelledClass {
  readonly queries: readonly AnsweredQuery[];
}

/** @returns a function that looks up each query's ranking and compares it with what its class has to offer. */
export function classAnswerer(
  { items, rankings }: EvaluationInput,
  labelOf: (studyKey: string) => string,
): (own: LabelledClass) => AnsweredClass {
  const indexed = countPerPatient(items);
  const answer = ({ studyKey, patientKey }: EvaluationItem, { label, items: own }: LabelledClass, ofClass: Counts) => {
    const total = items.length - (indexed.get(patientKey) ?? 0);
    const candidates = { total, relevant: own.length - (ofClass.get(patientKey) ?? 0) };
    const ranking = rankings.get(studyKey);
    if (ranking === undefined) throw biasFault('BIAS_RANKING_MISSING');
    const hits = ranking.map((key) => labelOf(key) === label);
    return { patientKey, found: queryFigures(hits, candidates), random: randomFigures(candidates) };
  };
  return (own) => {
    const ofClass = countPerPatient(own.items);
    return { ...own, queries: own.items.map((item) => answer(item, own, ofClass)) };
  };
}

type Counts = ReadonlyMap<string, number>;

function countPerPatient(items: readonly EvaluationItem[]): Counts {
  const counts = new Map<string, number>();
  for (const { patientKey } of items) counts.set(patientKey, (counts.get(patientKey) ?? 0) + 1);
  return counts;
}
