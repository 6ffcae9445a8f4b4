import { lookUp } from './lookup-table.ts';
import type { GreyTransform, VoiWindow } from './pixel-header.ts';

/** Of what kind the stored values are. */
export interface SampleKind {
  readonly bits: number;
  readonly signed: boolean;
}

/** Stored value → 0..255, with how the window was chosen. */
export interface GreyLevels {
  readonly voi: string;
  readonly level: (stored: number) => number;
}

/** Modality LUT (PS3.3 C.11.1): table, or slope and intercept, in double precision. */
export function modalityOf({ modalityLut, rescale }: GreyTransform): (stored: number) => number {
  if (modalityLut !== undefined) return (stored) => lookUp(modalityLut, stored);
  if (rescale === undefined) return (stored) => stored;
  const { slope, intercept } = rescale;
  return (stored) => stored * slope + intercept;
}

/** Rounded to the nearest integer and clipped. */
function toByte(value: number): number {
  if (!(value > 0)) return 0;
  return value >= 255 ? 255 : Math.round(value);
}

/** The VOI functions of PS3.3 C.11.2.1.2.1 (LINEAR), C.11.2.1.3.1 (SIGMOID) and C.11.2.1.3.2 (LINEAR_EXACT), out 0..255. */
export function windowFunction({ center, width, function: name }: VoiWindow): (value: number) => number {
  if (name === 'SIGMOID') return (x) => toByte(255 / (1 + Math.exp((-4 * (x - center)) / width)));
  if (name === 'LINEAR_EXACT') return (x) => toByte(((x - center) / width + 0.5) * 255);
  // Width 1 is a threshold: the formula would divide by zero, the standard's two comparisons come first.
  const half = (width - 1) / 2;
  const low = center - 0.5 - half;
  const high = center - 0.5 + half;
  return (x) => {
    if (x <= low) return 0;
    if (x > high) return 255;
    return toByte(((x - (center - 0.5)) / (width - 1) + 0.5) * 255);
  };
}

/** Where no window and no table is given: the frame's own range, padding excluded. `range` is in modality values. */
function minMax(low: number, high: number): (value: number) => number {
  if (high <= low) return () => 0;
  return (x) => toByte(((x - low) / (high - low)) * 255);
}

/**
 * Unsigned 8-bit samples without any transform are a picture already (screenshots, exports): stretching them would change
 * what their maker showed.
 */
function isReady({ rescale, modalityLut }: GreyTransform, { bits, signed }: SampleKind): boolean {
  const identity =
    modalityLut === undefined && (rescale === undefined || (rescale.slope === 1 && rescale.intercept === 0));
  return identity && bits === 8 && !signed;
}

/**
 * @param range smallest and largest stored value of the frame, padding excluded; asked only without window and table
 */
export function greyLevels(
  stored: SampleKind,
  transform: GreyTransform,
  inverted: boolean,
  range: () => readonly [number, number],
): GreyLevels {
  const modality = modalityOf(transform);
  const { voi, map } = voiOf(transform, isReady(transform, stored), () => {
    const ends = range().map(modality);
    return [Math.min(...ends), Math.max(...ends)];
  });
  const level = inverted ? (value: number) => 255 - map(modality(value)) : (value: number) => map(modality(value));
  return { voi, level };
}

interface Voi {
  readonly voi: string;
  readonly map: (value: number) => number;
}

function voiOf(
  { window, voiLut }: GreyTransform,
  isDisplayReady: boolean,
  range: () => readonly [number, number],
): Voi {
  if (window !== undefined) {
    const suffix = window.function === 'LINEAR' ? '' : ` ${window.function.toLowerCase()}`;
    return { voi: `window ${window.center}/${window.width}${suffix}`, map: windowFunction(window) };
  }
  if (voiLut !== undefined) {
    const scale = 255 / (2 ** voiLut.bits - 1);
    return { voi: 'lut', map: (value) => toByte(lookUp(voiLut, value) * scale) };
  }
  if (isDisplayReady) return { voi: 'none', map: toByte };
  const [low, high] = range();
  return { voi: 'min-max', map: minMax(low, high) };
}
