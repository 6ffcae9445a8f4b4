import type { Metric } from './types.ts';

/** The same for every metric. */
export function byMetric<T>(make: (metric: Metric) => T): Record<Metric, T> {
  return { p1: make('p1'), p5: make('p5'), p10: make('p10'), map10: make('map10') };
}
