import { ImageRefused } from './failure.ts';
import { lookUp } from './lookup-table.ts';
import { bitsPerPixel } from './native.ts';
import { doubles, longs, words } from './samples.ts';
import { layoutOf, valueOf } from './show-grey.ts';
import type { DecodedFrame } from './decoded.ts';
import type { Palette, PixelHeader } from './pixel-header.ts';
import type { MaskRectangle } from './types.ts';

/** Bytes of pixels whose colour is one pixel's own bytes, wherever they lie. */
export interface PixelBytes {
  readonly bytes: Uint8Array;
  /** Bytes of a sample. */
  readonly size: number;
  /** Where sample `channel` of pixel `index` begins. */
  readonly at: (index: number, channel: number) => number;
  readonly channels: number;
  /** Pixels that share their colour differences lie in pairs (4:2:2): masks cover whole pairs. */
  readonly paired: boolean;
}

/**
 * Fills rectangles with what shows as black there: of grey pictures the frame's own lowest value (highest, where they are
 * shown inverted), so that a window made from the frame's range stays; of palettes the darkest index in use. Never anything
 * made from what was below.
 */
export function fillMasks(
  pixels: PixelBytes,
  header: PixelHeader,
  decoded: DecodedFrame,
  masks: readonly MaskRectangle[],
): void {
  const { rows, columns } = header.image;
  const fill = fillBytes(pixels, header, decoded);
  for (const mask of masks) {
    const grid = pixels.paired ? 2 : 1;
    const left = Math.floor(Math.max(0, mask.x) / grid) * grid;
    const right = Math.min(columns, Math.ceil((mask.x + mask.width) / grid) * grid);
    for (let y = Math.max(0, mask.y); y < Math.min(rows, mask.y + mask.height); y++)
      for (let x = left; x < right; x++) paint(pixels, y * columns + x, fill);
  }
}

function paint({ bytes, at, channels }: PixelBytes, index: number, fill: readonly Uint8Array[]): void {
  for (let channel = 0; channel < channels; channel++) {
    const own = fill[channel];
    if (own !== undefined) bytes.set(own, at(index, channel));
  }
}

/** The bytes of each channel of a pixel that shows as black. */
function fillBytes(pixels: PixelBytes, header: PixelHeader, decoded: DecodedFrame): readonly Uint8Array[] {
  const { bytes, size, at, channels } = pixels;
  if (channels === 1) {
    const from = at(darkest(header, decoded), 0);
    return [bytes.slice(from, from + size)];
  }
  const { photometric, bitsStored } = header.image;
  const isYbr = photometric.startsWith('YBR') && !decoded.rgb;
  const middle = isYbr ? 2 ** (bitsStored - 1) : 0;
  return [0, middle, middle].map((value) =>
    Uint8Array.from({ length: size }, (_, byte) => (value >> (8 * byte)) & 0xff),
  );
}

/** Index of a pixel of the frame that is shown as dark as any. */
function darkest(header: PixelHeader, decoded: DecodedFrame): number {
  const brightness = brightnessOf(header, decoded);
  let best = 0;
  let lowest = Infinity;
  const count = header.image.rows * header.image.columns;
  for (let i = 0; i < count; i++) {
    const value = brightness(i);
    if (value < lowest) [best, lowest] = [i, value];
  }
  return best;
}

function brightnessOf(header: PixelHeader, decoded: DecodedFrame): (index: number) => number {
  if (header.image.floating !== undefined) {
    const values = doubles(decoded);
    return signed(header.inverted, (index) => values[index] ?? 0);
  }
  const layout = layoutOf(header, decoded);
  const { bytes, bytesPerSample } = decoded;
  const samples = bytesPerSample === 1 ? bytes : bytesPerSample === 2 ? words(bytes) : longs(bytes);
  const stored = (index: number): number =>
    valueOf(Math.floor((samples[index] ?? 0) / 2 ** layout.shift) % 2 ** layout.bits, layout);
  const { palette } = header;
  return palette === undefined ? signed(header.inverted, stored) : (index) => lumaOf(palette, stored(index));
}

const signed =
  (inverted: boolean, value: (index: number) => number) =>
  (index: number): number =>
    inverted ? -value(index) : value(index);

function lumaOf({ red, green, blue }: Palette, index: number): number {
  return 299 * lookUp(red, index) + 587 * lookUp(green, index) + 114 * lookUp(blue, index);
}

/** Pixels as they lie in uncompressed Pixel Data, in either byte order: whole samples are copied, never computed. */
export function nativePixels(header: PixelHeader, bytes: Uint8Array): PixelBytes {
  const { rows, columns, bitsAllocated, samplesPerPixel, photometric } = header.image;
  if (bitsAllocated % 8 !== 0) throw new ImageRefused('unsupported-photometric', 'single-bit pixels cannot be masked');
  const size = bitsAllocated / 8;
  const count = rows * columns;
  if (photometric === 'YBR_FULL_422' && samplesPerPixel === 3)
    return { bytes, size, channels: 3, paired: true, at: (i, c) => size * (4 * (i >> 1) + (c === 0 ? i & 1 : c + 1)) };
  const planar = samplesPerPixel > 1 && header.planar;
  const at = planar
    ? (i: number, c: number): number => size * (c * count + i)
    : (i: number, c: number): number => size * (samplesPerPixel * i + c);
  return { bytes, size, channels: samplesPerPixel, paired: false, at };
}

/** Bytes of a native frame; a frame of an odd number of 8-bit words in big endian pairs cannot be told from its neighbour. */
export function assertWholeBytes(header: PixelHeader): void {
  const bits = header.image.rows * header.image.columns * bitsPerPixel(header.image);
  if (bits % 8 === 0) return;
  throw new ImageRefused('unsupported-photometric', 'frames that begin inside a byte cannot be masked');
}

/** Samples of `bitsAllocated` bits that hold something outside of Bits Stored, where overlays were kept once (retired, PS3.3 C.9.2). */
export function hasStrayBits(header: PixelHeader, decoded: DecodedFrame): boolean {
  const clean = strayCleaner(header, decoded);
  if (clean === undefined) return false;
  const samples = decoded.bytesPerSample === 1 ? decoded.bytes : words(decoded.bytes);
  return samples.some((sample) => clean(sample) !== sample);
}

/** Takes the stray bits out of whole samples, little endian, in place. */
export function clearStrayBits(
  header: PixelHeader,
  decoded: DecodedFrame,
  bytes: Uint8Array,
  littleEndian: boolean,
): void {
  const clean = strayCleaner(header, decoded);
  if (clean === undefined) return;
  if (decoded.bytesPerSample === 1) {
    for (let i = 0; i < bytes.length; i++) bytes[i] = clean(bytes[i] ?? 0);
    return;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 1 < bytes.length; at += 2)
    view.setUint16(at, clean(view.getUint16(at, littleEndian)), littleEndian);
}

/** Bits above a signed value may repeat its sign; anything else outside of Bits Stored goes. */
function strayCleaner(header: PixelHeader, decoded: DecodedFrame): ((sample: number) => number) | undefined {
  const { image } = header;
  if (image.samplesPerPixel !== 1 || image.floating !== undefined || decoded.bytesPerSample > 2) return undefined;
  if (image.bitsAllocated < 8) return undefined;
  const { bits, shift } = layoutOf(header, decoded);
  const width = decoded.bytesPerSample * 8;
  if (bits + shift >= width && shift === 0) return undefined;
  const used = (2 ** bits - 1) * 2 ** shift;
  const sign = 2 ** (bits + shift - 1);
  const above = 2 ** width - 2 ** (bits + shift);
  return (sample) => {
    const value = sample & used;
    return image.signed && (sample & above) === above && (sample & sign) !== 0 ? value | above : value;
  };
}
