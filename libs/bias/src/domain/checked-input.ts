import { biasFault } from '../bias.errors.ts';
import type { EvaluationInput, EvaluationItem } from './types.ts';

const RESAMPLES = 2000;
const FEWEST_RESAMPLES = 100;
/** Share of answers that may be unknown: an archive that grows while it is evaluated. More means a mix-up. */
const TOLERATED_OUTSIDE = 0.01;

export interface CheckedInput {
  /** Empty for a study without a class, or outside the evaluation: it counts as a wrong answer. */
  readonly labelOf: (studyKey: string) => string;
  readonly resamples: number;
  readonly answersOutside: number;
}

/** Throws a coded fault for whatever would give a wrong figure rather than none. */
export function checkInput({ items, rankings, seed, bootstrap = RESAMPLES }: EvaluationInput): CheckedInput {
  if (!Number.isSafeInteger(seed)) throw biasFault('BIAS_SEED_MISSING');
  if (!Number.isSafeInteger(bootstrap) || bootstrap < FEWEST_RESAMPLES) throw biasFault('BIAS_RESAMPLES_TOO_FEW');
  const byKey = new Map(items.map((item) => [item.studyKey, item]));
  if (byKey.size !== items.length) throw biasFault('BIAS_STUDY_TWICE');
  for (const item of items) checkRanking(rankings.get(item.studyKey) ?? [], item, byKey);
  const labelOf = (studyKey: string): string => byKey.get(studyKey)?.label ?? '';
  return { labelOf, resamples: bootstrap, answersOutside: countOutside(rankings, byKey) };
}

function checkRanking(
  ranking: readonly string[],
  query: EvaluationItem,
  byKey: ReadonlyMap<string, EvaluationItem>,
): void {
  if (new Set(ranking).size !== ranking.length) throw biasFault('BIAS_RANKING_REPEATS');
  const isOfPatient = (key: string): boolean => byKey.get(key)?.patientKey === query.patientKey;
  if (ranking.some(isOfPatient)) throw biasFault('BIAS_SAME_PATIENT');
}

function countOutside(rankings: EvaluationInput['rankings'], byKey: ReadonlyMap<string, EvaluationItem>): number {
  const answers = [...rankings.values()].flat();
  const outside = answers.filter((key) => !byKey.has(key)).length;
  if (outside > TOLERATED_OUTSIDE * answers.length) throw biasFault('BIAS_OTHER_STUDIES');
  return outside;
}
