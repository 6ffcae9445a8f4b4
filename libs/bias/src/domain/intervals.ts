import { byMetric } from './by-metric.ts';
import { seededRandom } from './random.ts';
import type { Estimate, Figures, Metric, RetrievalMetrics } from './types.ts';

/** What each patient contributes to a class, in columns: with 7,000 patients an order of magnitude faster than objects. */
export interface ClassData {
  /** 0-based numbers of the class's patients. */
  readonly numbers: Uint32Array;
  /** How many queries each has. */
  readonly queries: Float64Array;
  /** Their figures, summed. */
  readonly sums: Readonly<Record<Metric, Float64Array>>;
}

interface Resampled {
  readonly classes: readonly Figures[];
  readonly micro: Figures;
  readonly macro: Figures;
}

export interface QualityEstimates {
  /** In the order given. */
  readonly classes: readonly RetrievalMetrics[];
  readonly micro: RetrievalMetrics;
  readonly macro: RetrievalMetrics;
}

/** Two-sided 95 %: percentiles, and the normal quantile of Wilson's interval. */
const LOW = 0.025;
const HIGH = 0.975;
const Z = 1.959963984540054;
/** Below this the resamples differ by rounding only. */
const NO_WIDTH = 1e-12;

/**
 * Values and 95 % intervals over patients by the Bayesian bootstrap (Rubin 1981): a resample weighs every patient by an
 * independent exponential draw. Studies of one patient keep together, and no class can be missing from a resample, which
 * drawing with replacement cannot promise for small classes. The index is held fixed: rankings are not made anew.
 */
export function estimateQuality(
  classes: readonly ClassData[],
  patients: number,
  { resamples, seed }: { readonly resamples: number; readonly seed: number },
): QualityEstimates {
  const value = figuresUnder(classes, new Float64Array(patients).fill(1));
  const draws = drawResamples(classes, patients, resamples, seed);
  const ofClass = (figures: Figures, at: number): RetrievalMetrics =>
    estimates(
      figures,
      draws.flatMap((draw) => draw.classes[at] ?? []),
      classes[at]?.numbers.length ?? patients,
    );
  return {
    classes: value.classes.map(ofClass),
    micro: estimates(
      value.micro,
      draws.map(({ micro }) => micro),
      patients,
    ),
    macro: estimates(
      value.macro,
      draws.map(({ macro }) => macro),
      patients,
    ),
  };
}

function drawResamples(classes: readonly ClassData[], patients: number, resamples: number, seed: number): Resampled[] {
  const random = seededRandom(seed);
  const weights = new Float64Array(patients);
  return Array.from({ length: resamples }, () => {
    for (let patient = 0; patient < patients; patient += 1) weights[patient] = -Math.log(random());
    return figuresUnder(classes, weights);
  });
}

function figuresUnder(classes: readonly ClassData[], weights: Float64Array): Resampled {
  const totals = classes.map(({ numbers, queries, sums }) => ({
    queries: weightedSum(numbers, queries, weights),
    sums: byMetric((metric) => weightedSum(numbers, sums[metric], weights)),
  }));
  const own = totals.map((each) => byMetric((metric) => clamp(each.sums[metric] / each.queries)));
  const queries = sum(totals.map((each) => each.queries));
  return {
    classes: own,
    micro: byMetric((metric) => clamp(sum(totals.map(({ sums }) => sums[metric])) / queries)),
    macro: byMetric((metric) => clamp(sum(own.map((figures) => figures[metric])) / own.length)),
  };
}

function weightedSum(numbers: Uint32Array, values: Float64Array, weights: Float64Array): number {
  let total = 0;
  for (let at = 0; at < values.length; at += 1) total += (weights[numbers[at] ?? 0] ?? 0) * (values[at] ?? 0);
  return total;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function estimates(values: Figures, draws: readonly Figures[], patients: number): RetrievalMetrics {
  return byMetric((metric) =>
    estimateOf(
      values[metric],
      Float64Array.from(draws, (draw) => draw[metric]),
      patients,
    ),
  );
}

/** Rounding of weighted sums may leave the range by the last bit. */
const clamp = (share: number): number => Math.min(1, Math.max(0, share));

function estimateOf(value: number, draws: Float64Array, patients: number): Estimate {
  const sorted = draws.sort();
  const [low, high] = [quantile(sorted, LOW), quantile(sorted, HIGH)];
  if (quantile(sorted, 1) - quantile(sorted, 0) < NO_WIDTH) return wilson(value, patients);
  return { value, low, high, method: 'bootstrap' };
}

/** Linear between order statistics (type 7). */
function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = sorted[Math.floor(position)] ?? 0;
  const above = sorted[Math.ceil(position)] ?? below;
  return below + (above - below) * (position - Math.floor(position));
}

/** Wilson's interval for a share seen in `patients` independent patients. */
function wilson(value: number, patients: number): Estimate {
  const spread = Z * Z;
  const centre = (value + spread / (2 * patients)) / (1 + spread / patients);
  const variance = (value * (1 - value)) / patients + spread / (4 * patients * patients);
  const half = (Z * Math.sqrt(variance)) / (1 + spread / patients);
  // Its ends at 0 and 1 are exact only but for rounding.
  const [low, high] = [Math.min(value, clamp(centre - half)), Math.max(value, clamp(centre + half))];
  return { value, low, high, method: 'wilson' };
}
