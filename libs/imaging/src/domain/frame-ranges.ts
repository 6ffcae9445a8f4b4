import { findElement, numbersOf, bytesOf } from '@precedent/dicom';
import { ImageRefused } from './failure.ts';
import type { ByteRange, Dataset, Element } from '@precedent/dicom';
import type { ImageDescription } from './types.ts';

const PIXEL_DATA = 0x7fe00010;
const EXTENDED_OFFSETS = 0x7fe00001;
const ITEM_HEADER_BYTES = 8;

/** Where each frame lies in the data set's bytes: one range for native pixels, one or more fragments otherwise. */
export type FrameRanges = readonly (readonly ByteRange[])[];

/** @throws ImageRefused `pixel-data-length` when the frames cannot be told apart or are not all there. */
export function frameRanges(dataset: Dataset, image: ImageDescription): FrameRanges {
  const pixels = findElement(dataset, PIXEL_DATA);
  if (pixels === undefined) throw new ImageRefused('no-pixel-data', 'the object holds no Pixel Data');
  if (!dataset.encoding.encapsulated) return nativeFrames(pixels, image);
  const fragments = pixels.fragments?.slice(1) ?? [];
  const frames = encapsulatedFrames(dataset, pixels, fragments, image.frames);
  if (frames !== undefined) return frames;
  throw tooShort('the fragments of Pixel Data cannot be assigned to the frames');
}

function tooShort(detail: string): ImageRefused {
  return new ImageRefused('pixel-data-length', `${detail}; ask the sender for the object again`);
}

/** Bits of a stored pixel, all its samples together. Uncompressed 4:2:2 keeps two samples a pixel (PS3.3 C.7.6.3.1.2). */
function bitsPerPixel(image: ImageDescription): number {
  return image.bitsAllocated * (image.photometric === 'YBR_FULL_422' ? 2 : image.samplesPerPixel);
}

/** Frames of whole bytes; 1-bit frames follow each other bit by bit, so their ranges are the bytes they touch. */
function nativeFrames(pixels: Element, image: ImageDescription): FrameRanges {
  const bits = image.rows * image.columns * bitsPerPixel(image);
  if (pixels.valueEnd - pixels.valueStart < Math.ceil((bits * image.frames) / 8)) {
    throw tooShort('Pixel Data is shorter than Rows × Columns × Number of Frames asks for');
  }
  return Array.from({ length: image.frames }, (_, frame) => [
    {
      start: pixels.valueStart + Math.floor((bits * frame) / 8),
      end: pixels.valueStart + Math.ceil((bits * (frame + 1)) / 8),
    },
  ]);
}

function encapsulatedFrames(
  dataset: Dataset,
  pixels: Element,
  fragments: readonly ByteRange[],
  frames: number,
): FrameRanges | undefined {
  if (fragments.length === 0) return undefined;
  if (frames === 1) return [fragments];
  return (
    byOffsets(fragments, extendedOffsets(dataset), frames) ??
    byOffsets(fragments, basicOffsets(dataset, pixels), frames) ??
    (fragments.length === frames ? fragments.map((fragment) => [fragment]) : undefined) ??
    byMarkers(dataset, fragments, frames)
  );
}

function extendedOffsets(dataset: Dataset): readonly number[] {
  const element = findElement(dataset, EXTENDED_OFFSETS);
  return element === undefined ? [] : numbersOf(dataset, { ...element, vr: 'UV' });
}

function basicOffsets(dataset: Dataset, pixels: Element): readonly number[] {
  const table = pixels.fragments?.[0];
  if (table === undefined) return [];
  const bytes = bytesOf(dataset, { ...pixels, valueStart: table.start, valueEnd: table.end });
  return Array.from({ length: bytes.length >> 2 }, (_, i) => bytes.readUInt32LE(4 * i));
}

/** Offsets count from the first fragment's item tag. A table that does not point at fragments, in order, is not believed. */
function byOffsets(
  fragments: readonly ByteRange[],
  offsets: readonly number[],
  frames: number,
): FrameRanges | undefined {
  if (offsets.length !== frames || offsets[0] !== 0) return undefined;
  const origin = (fragments[0]?.start ?? 0) - ITEM_HEADER_BYTES;
  const starts = fragments.map((fragment) => fragment.start - ITEM_HEADER_BYTES - origin);
  const at = offsets.map((offset) => starts.indexOf(offset));
  if (at.some((index, i) => index < 0 || index <= (at[i - 1] ?? -1))) return undefined;
  return at.map((index, i) => fragments.slice(index, at[i + 1] ?? fragments.length));
}

/** A fragment that begins with SOI (JPEG) or SOC (JPEG 2000) begins a frame. */
function byMarkers(dataset: Dataset, fragments: readonly ByteRange[], frames: number): FrameRanges | undefined {
  const starts = fragments.flatMap(({ start, end }, i) => {
    const mark = end - start >= 4 ? dataset.bytes.readUInt32BE(start) : 0;
    return mark >>> 8 === 0xffd8ff || mark === 0xff4fff51 ? [i] : [];
  });
  if (starts.length !== frames || starts[0] !== 0) return undefined;
  return starts.map((index, i) => fragments.slice(index, starts[i + 1] ?? fragments.length));
}

/** The bytes of one frame; a view when it lies in one piece. */
export function frameBytes(dataset: Dataset, ranges: readonly ByteRange[]): Uint8Array {
  const parts = ranges.map(({ start, end }) => dataset.bytes.subarray(start, end));
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
}
