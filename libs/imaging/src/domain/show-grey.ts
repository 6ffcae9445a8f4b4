import { greyLevels } from './grey-levels.ts';
import { doubles, longs, words } from './samples.ts';
import type { GreyLevels } from './grey-levels.ts';
import type { DecodedFrame } from './decoded.ts';
import type { GreyTransform, PaddingRange, PixelHeader } from './pixel-header.ts';

/** Where a stored value sits in a sample: bits from `shift` upwards, two's complement when signed. */
export interface Layout {
  readonly bits: number;
  readonly shift: number;
  readonly signed: boolean;
}

export interface ShownFrame {
  readonly data: Uint8Array;
  readonly channels: 1 | 3;
  readonly voi: string;
}

/**
 * Bits Stored wins over a code stream of more bits; a stream of fewer has its sign bit where the stream puts it
 * (pydicom's J2K_pixelrep_mismatch). A shift by High Bit exists only where the sender's words are kept as they were.
 */
export function layoutOf({ image, highBit }: PixelHeader, frame: DecodedFrame): Layout {
  const bits = Math.min(image.bitsStored, frame.bits);
  const asStored = frame.bytesPerSample * 8 === image.bitsAllocated && frame.bits === image.bitsStored;
  const shift = asStored ? Math.max(0, Math.min(highBit + 1 - bits, image.bitsAllocated - bits)) : 0;
  return { bits, shift, signed: image.signed };
}

/** Stored value of a bit pattern of `bits` bits. */
export function valueOf(pattern: number, { bits, signed }: Layout): number {
  return signed && pattern >= 2 ** (bits - 1) ? pattern - 2 ** bits : pattern;
}

/** Grey frame to 8 bits: modality, VOI, inversion (PS3.3 C.11), by look-up table up to 16 bits, sample by sample above. */
export function showGrey(header: PixelHeader, frame: DecodedFrame, index: number): ShownFrame {
  const layout = layoutOf(header, frame);
  const transform = header.perFrame?.[index] ?? header.grey;
  if (header.image.floating !== undefined) return showValues(header, transform, doubles(frame), layout);
  if (frame.bytesPerSample === 4) return showWide(header, transform, longs(frame.bytes), layout);
  const samples = frame.bytesPerSample === 1 ? frame.bytes : words(frame.bytes);
  return showByTable(header, transform, samples, layout);
}

function showByTable(
  header: PixelHeader,
  transform: GreyTransform,
  samples: Uint8Array | Uint16Array,
  layout: Layout,
): ShownFrame {
  const { table, voi, level } = tableFor(header, transform, samples, layout);
  const { shift } = layout;
  const mask = table.length - 1;
  const out = new Uint8Array(samples.length);
  // The masked pattern, not the value, is the index: no pass for sign extension.
  for (let i = 0; i < out.length; i++) {
    const pattern = ((samples[i] ?? 0) >> shift) & mask;
    let shown = table[pattern] ?? UNKNOWN;
    if (shown === UNKNOWN) shown = table[pattern] = level(valueOf(pattern, layout));
    out[i] = shown;
  }
  return { data: out, channels: 1, voi };
}

/** Levels by bit pattern, filled as patterns occur: of 65,536 a 16-bit slice uses a few thousand. */
interface LevelTable extends GreyLevels {
  readonly table: Int16Array;
}

const UNKNOWN = -1;

function tableFor(
  header: PixelHeader,
  transform: GreyTransform,
  samples: Uint8Array | Uint16Array,
  layout: Layout,
): LevelTable {
  const { rescale, window, modalityLut } = transform;
  const cacheable = window !== undefined && modalityLut === undefined;
  const key = cacheable ? JSON.stringify([layout, rescale, window, header.inverted]) : '';
  const known = RECENT.get(key);
  if (known !== undefined) return known;
  const range = (): readonly [number, number] => tableRange(samples, layout, header.padding);
  const made = {
    ...greyLevels(layout, transform, header.inverted, range),
    table: new Int16Array(2 ** layout.bits).fill(UNKNOWN),
  };
  if (cacheable) remember(key, made);
  return made;
}

/** Tables of recent windows: the slices of a series share one. Keyed by all that they depend on. */
const RECENT = new Map<string, LevelTable>();
const RECENT_LIMIT = 16;

function remember(key: string, made: LevelTable): void {
  const oldest = RECENT.size >= RECENT_LIMIT ? RECENT.keys().next().value : undefined;
  if (oldest !== undefined) RECENT.delete(oldest);
  RECENT.set(key, made);
}

/** Range of the stored values that are no padding, by way of which patterns occur. [0, 0] when all is padding. */
function tableRange(
  samples: Uint8Array | Uint16Array,
  layout: Layout,
  padding: PaddingRange | undefined,
): readonly [number, number] {
  const mask = 2 ** layout.bits - 1;
  const seen = new Uint8Array(mask + 1);
  for (const sample of samples) seen[(sample >> layout.shift) & mask] = 1;
  let low = Infinity;
  let high = -Infinity;
  seen.forEach((present, pattern) => {
    const value = valueOf(pattern, layout);
    if (present === 0 || isPadding(value, padding)) return;
    low = Math.min(low, value);
    high = Math.max(high, value);
  });
  return low <= high ? [low, high] : [0, 0];
}

function isPadding(value: number, padding: PaddingRange | undefined): boolean {
  return padding !== undefined && value >= padding.low && value <= padding.high;
}

function showWide(header: PixelHeader, transform: GreyTransform, samples: Uint32Array, layout: Layout): ShownFrame {
  const divisor = 2 ** layout.shift;
  const modulus = 2 ** layout.bits;
  const values = Float64Array.from(samples, (sample) => valueOf(Math.floor(sample / divisor) % modulus, layout));
  return showValues(header, transform, values, layout);
}

/** Sample by sample: 32-bit integers and floating-point numbers. What is no number is shown as the lowest value. */
function showValues(header: PixelHeader, transform: GreyTransform, values: Float64Array, layout: Layout): ShownFrame {
  const { voi, level } = greyLevels(layout, transform, header.inverted, () => wideRange(values, header.padding));
  return { data: Uint8Array.from(values, level), channels: 1, voi };
}

function wideRange(values: Float64Array, padding: PaddingRange | undefined): readonly [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value) || isPadding(value, padding)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 0];
}
