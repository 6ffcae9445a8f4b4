import { findElement, numbersOf } from '@precedent/dicom';
import { ImageRefused } from './failure.ts';
import { bitsPerPixel } from './native.ts';
import { placeIn } from './pixel-place.ts';
import type { ByteRange, Dataset } from '@precedent/dicom';
import type { Fragment, PixelPlace } from './pixel-place.ts';
import type { ImageDescription } from './types.ts';

const EXTENDED_OFFSETS = 0x7fe00001;
const EXTENDED_LENGTHS = 0x7fe00002;

/** Where each frame lies: one range for native pixels, one or more fragments otherwise. */
export type FrameRanges = readonly (readonly ByteRange[])[];

/**
 * @param place where the pixels are; the ranges are in its coordinates
 * @throws ImageRefused `pixel-data-length` when the frames cannot be told apart or are not all there.
 */
export function frameRanges(
  dataset: Dataset,
  image: ImageDescription,
  place: PixelPlace | undefined = placeIn(dataset),
): FrameRanges {
  if (place === undefined) throw new ImageRefused('no-pixel-data', 'the object holds no Pixel Data');
  if (!dataset.encoding.encapsulated) return nativeFrames(place.value, image);
  const frames = encapsulatedFrames(dataset, place, image.frames);
  if (frames !== undefined) return frames;
  throw tooShort('the fragments of Pixel Data cannot be assigned to the frames');
}

function tooShort(detail: string): ImageRefused {
  return new ImageRefused('pixel-data-length', `${detail}; ask the sender for the object again`);
}

/** Frames of whole bytes; 1-bit frames follow each other bit by bit, so their ranges are the bytes they touch. */
function nativeFrames({ start, end }: ByteRange, image: ImageDescription): FrameRanges {
  const bits = image.rows * image.columns * bitsPerPixel(image);
  if (end - start < Math.ceil((bits * image.frames) / 8)) {
    throw tooShort('Pixel Data is shorter than Rows × Columns × Number of Frames asks for');
  }
  return Array.from({ length: image.frames }, (_, frame) => [
    { start: start + Math.floor((bits * frame) / 8), end: start + Math.ceil((bits * (frame + 1)) / 8) },
  ]);
}

function encapsulatedFrames(dataset: Dataset, place: PixelPlace, frames: number): FrameRanges | undefined {
  const { fragments = [], offsets } = place;
  if (fragments.length === 0 || (frames === 1 && holdsSeveralStreams(fragments))) return undefined;
  return (
    byExtendedTable(dataset, fragments, frames) ??
    (frames === 1 ? [fragments] : undefined) ??
    byOffsets(fragments, offsets, frames) ??
    (fragments.length === frames ? fragments.map((fragment) => [fragment]) : undefined) ??
    byMarkers(fragments, frames)
  );
}

/** More frames than are told of: a decoder stops behind the first, and the others would be lost without a word. */
function holdsSeveralStreams([first, ...more]: readonly Fragment[]): boolean {
  return first?.opensStream === true && more.some(({ opensStream }) => opensStream);
}

function longsOf(dataset: Dataset, tag: number): readonly number[] {
  const element = findElement(dataset, tag);
  return element === undefined ? [] : numbersOf(dataset, { ...element, vr: 'UV' });
}

/** Extended Offset Table: with its lengths each frame is one fragment, and padding is cut off (PS3.3 C.7.6.3.1.8). */
function byExtendedTable(dataset: Dataset, fragments: readonly Fragment[], frames: number): FrameRanges | undefined {
  const found = byOffsets(fragments, longsOf(dataset, EXTENDED_OFFSETS), frames);
  const lengths = longsOf(dataset, EXTENDED_LENGTHS);
  if (found === undefined || lengths.length !== frames) return found;
  const cut = found.flatMap(([first, ...more], i) => {
    const length = lengths[i] ?? 0;
    const fits = first !== undefined && more.length === 0 && length > 0 && first.start + length <= first.end;
    return fits ? [[{ start: first.start, end: first.start + length }]] : [];
  });
  return cut.length === frames ? cut : undefined;
}

/** Offsets count from the first fragment's item tag. A table that does not point at fragments, in order, is not believed. */
function byOffsets(
  fragments: readonly Fragment[],
  offsets: readonly number[],
  frames: number,
): FrameRanges | undefined {
  if (offsets.length !== frames || offsets[0] !== 0) return undefined;
  const origin = fragments[0]?.start ?? 0;
  // A map, not a search: 100,000 frames of a whole slide would take minutes.
  const byStart = new Map(fragments.map((fragment, i) => [fragment.start - origin, i]));
  const at = offsets.map((offset) => byStart.get(offset) ?? -1);
  if (at.some((index, i) => index < 0 || index <= (at[i - 1] ?? -1))) return undefined;
  return at.map((index, i) => fragments.slice(index, at[i + 1] ?? fragments.length));
}

/** A fragment that begins with the first marker of a code stream begins a frame. */
function byMarkers(fragments: readonly Fragment[], frames: number): FrameRanges | undefined {
  const starts = fragments.flatMap((fragment, i) => (fragment.opensStream ? [i] : []));
  if (starts.length !== frames || starts[0] !== 0) return undefined;
  return starts.map((index, i) => fragments.slice(index, starts[i + 1] ?? fragments.length));
}

/** The bytes of one frame; a view when it lies in one piece. */
export function frameBytes(dataset: Pick<Dataset, 'bytes'>, ranges: readonly ByteRange[]): Uint8Array {
  const parts = ranges.map(({ start, end }) => dataset.bytes.subarray(start, end));
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
}
