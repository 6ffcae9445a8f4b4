import type { Figures } from './types.ts';

/** What can be found for a query: the index without its patient, and how many of it are of its class. */
export interface Candidates {
  readonly total: number;
  /** 1 or more; never above `total`. */
  readonly relevant: number;
}

const DEPTH = 10;

/**
 * Figures of one query. `hits` says of each rank whether it is of the query's class; ranks beyond its end count as wrong.
 * The denominator is min(k, relevant), so that a perfect order reaches 1 in small classes too (Denner et al. 2025,
 * arXiv 2403.06567, metric of its evaluation code).
 */
export function queryFigures(hits: readonly boolean[], { relevant }: Candidates): Figures {
  const precision = (k: number): number => countHits(hits, k) / Math.min(k, relevant);
  return { p1: precision(1), p5: precision(5), p10: precision(10), map10: averagePrecision(hits, relevant) };
}

const countHits = (hits: readonly boolean[], k: number): number => hits.slice(0, k).filter(Boolean).length;

function averagePrecision(hits: readonly boolean[], relevant: number): number {
  const gains = hits.slice(0, DEPTH).map((hit, index) => (hit ? countHits(hits, index + 1) / (index + 1) : 0));
  return sum(gains) / Math.min(DEPTH, relevant);
}

/** Expected figures of a uniformly random order of the candidates (hypergeometric, exact). */
export function randomFigures({ total, relevant }: Candidates): Figures {
  const precision = (k: number): number => (Math.min(k, total) * relevant) / total / Math.min(k, relevant);
  return { p1: precision(1), p5: precision(5), p10: precision(10), map10: randomAveragePrecision({ total, relevant }) };
}

/** E[hit at i × precision at i] = share × (1 + (i−1) × share of relevant among the others) / i. */
function randomAveragePrecision({ total, relevant }: Candidates): number {
  const others = total > 1 ? (relevant - 1) / (total - 1) : 0;
  const ranks = Array.from({ length: Math.min(DEPTH, total) }, (_, index) => index + 1);
  const gains = ranks.map((rank) => ((relevant / total) * (1 + (rank - 1) * others)) / rank);
  return sum(gains) / Math.min(DEPTH, relevant);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
