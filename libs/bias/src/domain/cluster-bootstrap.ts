import type { Estimate } from './types.ts';
import { seededRandom } from './random.ts';

const LOW = 0.025;
const HIGH = 0.975;

/** A sum and a count that belong to one patient; a ratio estimate is Σ sum / Σ count over patients. */
export interface Cluster {
  readonly sum: number;
  readonly count: number;
}

/**
 * Mean over queries with a 95 % percentile interval from resampling whole patients (Efron & Tibshirani 1993, ch. 13): two studies of
 * one patient are not two independent facts.
 */
export function clusteredMean(clusters: readonly Cluster[], seed: number, resamples: number): Estimate {
  const value = ratio(clusters);
  const random = seededRandom(seed);
  const draws: number[] = [];
  for (let i = 0; i < resamples; i++) {
    draws.push(ratio(Array.from({ length: clusters.length }, () => pick(clusters, random))));
  }
  draws.sort((a, b) => a - b);
  return { value, low: quantile(draws, LOW), high: quantile(draws, HIGH) };
}

function pick(clusters: readonly Cluster[], random: () => number): Cluster {
  return clusters[Math.floor(random() * clusters.length)] ?? { sum: 0, count: 0 };
}

function ratio(clusters: readonly Cluster[]): number {
  let sum = 0;
  let count = 0;
  for (const cluster of clusters) {
    sum += cluster.sum;
    count += cluster.count;
  }
  return count === 0 ? 0 : sum / count;
}

/** Linear interpolation between order statistics. */
export function quantile(sorted: readonly number[], q: number): number {
  const at = (sorted.length - 1) * q;
  const below = sorted[Math.floor(at)] ?? 0;
  const above = sorted[Math.ceil(at)] ?? below;
  return below + (above - below) * (at - Math.floor(at));
}
