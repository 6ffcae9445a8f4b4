import type { AgeBand } from './types.ts';

/** Lower bounds of the bands, oldest first. Wide enough that a band and a rare outcome do not single out a person. */
const BANDS: readonly (readonly [number, AgeBand])[] = [
  [80, '80+'],
  [65, '65-79'],
  [40, '40-64'],
  [18, '18-39'],
  [0, '0-17'],
];

/** @param years age at study in whole years, or null when unknown. */
export function ageBandOf(years: number | null): AgeBand {
  if (years === null || !Number.isFinite(years) || years < 0) return 'unknown';
  return BANDS.find(([from]) => years >= from)?.[1] ?? 'unknown';
}
