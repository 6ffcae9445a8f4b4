/**
 * Turns differences into samples in place, from `from` to before `to`: each is added to its prediction from the samples to the
 * left (`step` before), above (`width` before) and above left (ISO/IEC 10918-1 table H.1), modulo 2^16.
 */
type Undifference = (samples: Uint16Array, from: number, to: number, step: number, width: number) => void;

/** By predictor. A loop each on purpose: choosing the predictor for each sample made a frame take 1.5 times as long. */
const PREDICTORS: readonly (Undifference | undefined)[] = [
  undefined,
  left,
  above,
  aboveLeft,
  plane,
  leftSlope,
  aboveSlope,
  mean,
];

export function isPredictor(predictor: number): boolean {
  return PREDICTORS[predictor] !== undefined;
}

/**
 * One row of differences, any number of components (`step`), into samples. The first row of an interval is predicted from the left
 * only, its first sample by `initial`; the first sample of the others from above (H.1.2.1).
 */
export function undifferenceRow(
  samples: Uint16Array,
  predictor: number,
  { from, width, step, isFirst, initial }: RowPlace,
): void {
  for (let i = from; i < from + step; i++)
    samples[i] = (samples[i] ?? 0) + (isFirst ? initial : (samples[i - width] ?? 0));
  const undifference = (isFirst ? left : PREDICTORS[predictor]) ?? left;
  undifference(samples, from + step, from + width, step, width);
}

export interface RowPlace {
  readonly from: number;
  /** Samples a row. */
  readonly width: number;
  /** Samples a pixel. */
  readonly step: number;
  readonly isFirst: boolean;
  readonly initial: number;
}

function left(s: Uint16Array, from: number, to: number, step: number): void {
  for (let i = from; i < to; i++) s[i] = (s[i] ?? 0) + (s[i - step] ?? 0);
}

function above(s: Uint16Array, from: number, to: number, _: number, width: number): void {
  for (let i = from; i < to; i++) s[i] = (s[i] ?? 0) + (s[i - width] ?? 0);
}

function aboveLeft(s: Uint16Array, from: number, to: number, step: number, width: number): void {
  for (let i = from; i < to; i++) s[i] = (s[i] ?? 0) + (s[i - width - step] ?? 0);
}

function plane(s: Uint16Array, from: number, to: number, step: number, width: number): void {
  for (let i = from; i < to; i++)
    s[i] = (s[i] ?? 0) + (s[i - step] ?? 0) + (s[i - width] ?? 0) - (s[i - width - step] ?? 0);
}

function leftSlope(s: Uint16Array, from: number, to: number, step: number, width: number): void {
  for (let i = from; i < to; i++)
    s[i] = (s[i] ?? 0) + (s[i - step] ?? 0) + (((s[i - width] ?? 0) - (s[i - width - step] ?? 0)) >> 1);
}

function aboveSlope(s: Uint16Array, from: number, to: number, step: number, width: number): void {
  for (let i = from; i < to; i++)
    s[i] = (s[i] ?? 0) + (s[i - width] ?? 0) + (((s[i - step] ?? 0) - (s[i - width - step] ?? 0)) >> 1);
}

function mean(s: Uint16Array, from: number, to: number, step: number, width: number): void {
  for (let i = from; i < to; i++) s[i] = (s[i] ?? 0) + (((s[i - step] ?? 0) + (s[i - width] ?? 0)) >> 1);
}
