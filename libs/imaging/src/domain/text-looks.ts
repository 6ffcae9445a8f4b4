import { doubles, longs, words } from './samples.ts';
import { layoutOf, valueOf } from './show-grey.ts';
import type { DecodedFrame } from './decoded.ts';
import type { PixelHeader } from './pixel-header.ts';
import type { ShownFrame } from './show-grey.ts';

/** Share of pixels that a window may cut off at either end before the whole range is looked at as well. */
const MAX_CLIPPED = 0.002;
/** A whole range this many times wider than what the window shows hides low contrast in it, and the other way round. */
const MAX_RANGE_RATIO = 1.5;
/** Levels of an 8-bit picture below which it is stretched for a second look. */
const FEW_LEVELS = 128;
/** Share of pixels with a colour from which the strength of colour is a look of its own. */
const MIN_COLOURED = 0.001;
const COLOURED = 48;

/**
 * The same frame in the grey pictures in which text could show, 8 bits each: as displayed; then, where that leaves
 * something out, over its whole stored range and with its values spread evenly; of coloured pictures, the strength of colour.
 * A text that lies outside of the window is in none of the pictures that a person sees, and in the object all the same.
 */
export function textLooks(header: PixelHeader, decoded: DecodedFrame, shown: ShownFrame): readonly Uint8Array[] {
  if (shown.channels === 3) return colourLooks(shown.data);
  const values = storedValues(header, decoded);
  const range = rangeOf(values);
  if (isAllSeen(values, shown.data, range)) return [shown.data];
  return [shown.data, stretched(values, range), equalised(values, range)];
}

/** Luma, and how far each pixel is from grey: text in a colour as bright as its ground shows in the second only. */
function colourLooks(rgb: Uint8Array): readonly Uint8Array[] {
  const count = rgb.length / 3;
  const luma = new Uint8Array(count);
  const chroma = new Uint8Array(count);
  let coloured = 0;
  for (let i = 0, at = 0; i < count; i++, at += 3) {
    const [red, green, blue] = [rgb[at] ?? 0, rgb[at + 1] ?? 0, rgb[at + 2] ?? 0];
    luma[i] = (299 * red + 587 * green + 114 * blue) / 1000;
    chroma[i] = Math.max(red, green, blue) - Math.min(red, green, blue);
    if ((chroma[i] ?? 0) >= COLOURED) coloured += 1;
  }
  return coloured / count < MIN_COLOURED ? [luma] : [luma, chroma];
}

function storedValues(header: PixelHeader, decoded: DecodedFrame): Float64Array {
  if (header.image.floating !== undefined) return doubles(decoded).map((value) => (Number.isFinite(value) ? value : 0));
  const layout = layoutOf(header, decoded);
  const divisor = 2 ** layout.shift;
  const modulus = 2 ** layout.bits;
  const { bytes, bytesPerSample } = decoded;
  const samples = bytesPerSample === 1 ? bytes : bytesPerSample === 2 ? words(bytes) : longs(bytes);
  return Float64Array.from(samples, (sample) => valueOf(Math.floor(sample / divisor) % modulus, layout));
}

function rangeOf(values: Float64Array): readonly [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** Whether the displayed picture shows all that is stored: nothing cut off, and not squeezed into a few levels. */
function isAllSeen(values: Float64Array, shown: Uint8Array, [low, high]: readonly [number, number]): boolean {
  if (high <= low) return true;
  let [darkest, brightest, lowSeen, highSeen, clipped] = [255, 0, high, low, 0];
  for (const level of shown) {
    if (level < darkest) darkest = level;
    if (level > brightest) brightest = level;
  }
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    const level = shown[i] ?? 0;
    if (level > 0 && level < 255) {
      if (value < lowSeen) lowSeen = value;
      if (value > highSeen) highSeen = value;
    } else if (value !== low && value !== high) clipped += 1;
  }
  if (clipped / values.length > MAX_CLIPPED || brightest - darkest < FEW_LEVELS) return false;
  return highSeen <= lowSeen || (high - low) / (highSeen - lowSeen) <= MAX_RANGE_RATIO;
}

function stretched(values: Float64Array, [low, high]: readonly [number, number]): Uint8Array {
  const scale = 255 / Math.max(high - low, Number.MIN_VALUE);
  return Uint8Array.from(values, (value) => Math.round((value - low) * scale));
}

const BINS = 4096;

/** Each level takes as many pixels as every other: one grey step of the source that many pixels share becomes many. */
function equalised(values: Float64Array, [low, high]: readonly [number, number]): Uint8Array {
  const scale = (BINS - 1) / Math.max(high - low, Number.MIN_VALUE);
  const bins = Uint16Array.from(values, (value) => Math.round((value - low) * scale));
  const counts = new Uint32Array(BINS);
  for (const bin of bins) counts[bin] = (counts[bin] ?? 0) + 1;
  const levels = new Uint8Array(BINS);
  let below = 0;
  counts.forEach((count, bin) => {
    levels[bin] = Math.round((255 * (below + count / 2)) / values.length);
    below += count;
  });
  return Uint8Array.from(bins, (bin) => levels[bin] ?? 0);
}
