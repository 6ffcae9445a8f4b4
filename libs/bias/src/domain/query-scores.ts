import type { EvaluationItem } from './types.ts';

/** Ranks that are judged. */
export const CUTOFFS = [1, 5, 10] as const;
const DEPTH = 10;

/** What one query scored, and what a random ranking could expect. */
export interface QueryScores {
  readonly item: EvaluationItem;
  readonly p1: number;
  readonly p5: number;
  readonly p10: number;
  readonly map10: number;
  readonly random: readonly [number, number, number];
}

/**
 * Scores one ranking. P@k divides by min(k, relevant studies of other patients), as in Denner et al. (CIBM 196, 2025, 110640): a
 * class with three other studies can reach 1 at k = 5. Average precision likewise divides by min(10, relevant).
 * @param ranked studies that answered, best first, unlabelled ones left out (they can be neither right nor wrong)
 * @param relevant studies of the query's class that belong to other patients
 * @param others labelled studies of other patients
 */
export function scoreQuery(
  item: EvaluationItem,
  ranked: readonly EvaluationItem[],
  relevant: number,
  others: number,
): QueryScores {
  const hits = ranked.slice(0, DEPTH).map((answer) => answer.label === item.label);
  const precision = (k: number): number => hits.slice(0, k).filter(Boolean).length / Math.min(k, relevant);
  return {
    item,
    p1: precision(1),
    p5: precision(5),
    p10: precision(10),
    map10: averagePrecision(hits, relevant),
    random: [
      randomPrecision(1, relevant, others),
      randomPrecision(5, relevant, others),
      randomPrecision(10, relevant, others),
    ],
  };
}

function averagePrecision(hits: readonly boolean[], relevant: number): number {
  let found = 0;
  let sum = 0;
  hits.forEach((hit, at) => {
    if (!hit) return;
    found += 1;
    sum += found / (at + 1);
  });
  return sum / Math.min(DEPTH, relevant);
}

/** Expected P@k of k studies drawn without replacement: k·(relevant/others) hits among min(k, relevant). */
function randomPrecision(k: number, relevant: number, others: number): number {
  return (Math.min(k, others) * (relevant / others)) / Math.min(k, relevant);
}
