import { numbersOf } from '@precedent/dicom';
import type { Dataset, Element, Tag } from '@precedent/dicom';
import { jpeg2000Carriers, jpegCarriers, rleCarriers } from './blank-stream.ts';
import type { Carriers, Stretch } from './blank-stream.ts';
import { clearUnusedBits } from './unused-bits.ts';
import type { PixelReplacement } from './pixel-cleaning.ts';
import { elementOf } from './values.ts';

const PIXEL_DATA = 0x7fe00010;
const EXTENDED_OFFSETS = 0x7fe00001;
const EXTENDED_LENGTHS = 0x7fe00002;
const RLE = '1.2.840.10008.1.2.5';
const ITEM_HEADER = 8;

export type PictureCarriers =
  | { readonly kind: 'none' }
  | { readonly kind: 'cleaned'; readonly replacement: PixelReplacement }
  /** The code stream's own headers cannot be followed. */
  | { readonly kind: 'unknown' };

/**
 * Bytes of Pixel Data that are no sample and could say anything: comments and application segments of code streams, what
 * stands behind their end, offset tables that point nowhere, bits beyond Bits Stored. They are overwritten with zeros where
 * they stand, so that every length and offset holds; the samples stay what they were.
 */
export function cleanCarriers(dataset: Dataset, picture: Element): PictureCarriers {
  if (picture.tag !== PIXEL_DATA) return { kind: 'none' };
  // Fragments where the transfer syntax has none, or the other way about: nobody knows what is a sample.
  if ((picture.fragments !== undefined) !== dataset.encoding.encapsulated) return { kind: 'unknown' };
  return picture.fragments === undefined ? cleanNative(dataset, picture) : cleanStreams(dataset, picture.fragments);
}

function cleanNative(dataset: Dataset, picture: Element): PictureCarriers {
  const number = (tag: Tag): number => numbersOf(dataset, tag)[0] ?? 0;
  const bytes = clearUnusedBits(dataset.bytes.subarray(picture.valueStart, picture.valueEnd), {
    allocated: number(0x00280100),
    stored: number(0x00280101),
    high: number(0x00280102),
    signed: number(0x00280103) === 1,
    littleEndian: dataset.encoding.littleEndian,
  });
  if (bytes === undefined) return { kind: 'none' };
  const elements = [{ tag: PIXEL_DATA, vr: picture.vr, value: { bytes } }];
  return { kind: 'cleaned', replacement: { transferSyntax: dataset.transferSyntax, elements, dropped: [] } };
}

type Fragments = NonNullable<Element['fragments']>;

function cleanStreams(dataset: Dataset, [table, ...fragments]: Fragments): PictureCarriers {
  const pieces = fragments.map(({ start, end }) => dataset.bytes.subarray(start, end));
  const planeBytes = planeSize(dataset);
  const frames = dataset.transferSyntax === RLE ? rleFrames(dataset, pieces) : streamsOf(pieces);
  const blanked = new Map<Buffer, Buffer>();
  for (const frame of frames) {
    const stretches = carriersOf(Buffer.concat(frame), dataset.transferSyntax, planeBytes);
    if (stretches === undefined) return { kind: 'unknown' };
    blank(frame, stretches, blanked);
  }
  const offsets = offsetsOf(pieces);
  const oldTable = table === undefined ? Buffer.alloc(0) : dataset.bytes.subarray(table.start, table.end);
  const newTable = pointsAt(entriesOf(oldTable, 4), offsets) ? oldTable : Buffer.alloc(0);
  const dropped = hasLyingTable(dataset, pieces, offsets) ? [EXTENDED_OFFSETS, EXTENDED_LENGTHS] : [];
  if (blanked.size === 0 && newTable.length === oldTable.length && dropped.length === 0) return { kind: 'none' };
  const value = { fragments: [newTable, ...pieces.map((piece) => blanked.get(piece) ?? piece)] };
  const elements = [{ tag: PIXEL_DATA, vr: 'OB' as const, value }];
  return { kind: 'cleaned', replacement: { transferSyntax: dataset.transferSyntax, elements, dropped } };
}

function planeSize(dataset: Dataset): number {
  const number = (tag: Tag): number => numbersOf(dataset, tag)[0] ?? 0;
  const samples = number(0x00280010) * number(0x00280011);
  return number(0x00280100) === 1 ? Math.ceil(samples / 8) : samples;
}

/** RLE has one fragment a frame (PS3.5 A.4.2); a single frame in pieces is seen, and put together. */
function rleFrames(dataset: Dataset, pieces: readonly Buffer[]): readonly (readonly Buffer[])[] {
  const frames = numbersOf(dataset, 0x00280008)[0] ?? 1;
  return frames === 1 ? [pieces] : pieces.map((piece) => [piece]);
}

/** A fragment that opens a code stream, with those behind it that do not. */
function streamsOf(pieces: readonly Buffer[]): readonly (readonly Buffer[])[] {
  const streams: Buffer[][] = [];
  for (const piece of pieces) {
    const last = streams.at(-1);
    if (last === undefined || opensStream(piece)) streams.push([piece]);
    else last.push(piece);
  }
  return streams;
}

const JPEG = 0xffd8;
const JPEG_2000 = 0xff4f;

function opensStream(piece: Buffer): boolean {
  const start = piece.length < 4 ? 0 : piece.readUInt16BE(0);
  return start === JPEG || start === JPEG_2000;
}

/** Streams of other kinds (deflated, JPEG XL, JP2 boxes) are not looked into: they have no comments, or only decoding tells. */
function carriersOf(stream: Buffer, transferSyntax: string, planeBytes: number): Carriers {
  if (stream.length === 0) return [];
  if (transferSyntax === RLE) return rleCarriers(stream, planeBytes);
  const start = stream.length < 4 ? 0 : stream.readUInt16BE(0);
  if (start === JPEG) return jpegCarriers(stream);
  return start === JPEG_2000 ? jpeg2000Carriers(stream) : [];
}

/** Overwrites stretches of a frame in copies of its pieces; pieces without anything to overwrite get no copy. */
function blank(pieces: readonly Buffer[], stretches: readonly Stretch[], into: Map<Buffer, Buffer>): void {
  let at = 0;
  for (const piece of pieces) {
    for (const { start, end } of stretches) {
      const from = Math.max(0, start - at);
      const to = Math.min(piece.length, end - at);
      if (from >= to || piece.subarray(from, to).every((byte) => byte === 0)) continue;
      const copy = into.get(piece) ?? Buffer.from(piece);
      into.set(piece, copy.fill(0, from, to));
    }
    at += piece.length;
  }
}

/** Where fragments begin, from the first one's item tag (PS3.5 A.4). */
function offsetsOf(pieces: readonly Buffer[]): ReadonlySet<number> {
  let at = 0;
  return new Set(
    pieces.map(({ length }) => {
      const start = at;
      at += ITEM_HEADER + length;
      return start;
    }),
  );
}

function entriesOf(table: Buffer, size: 4 | 8): readonly number[] | undefined {
  if (table.length % size !== 0) return undefined;
  return Array.from({ length: table.length / size }, (_, index) =>
    size === 4 ? table.readUInt32LE(4 * index) : Number(table.readBigUInt64LE(8 * index)),
  );
}

/** Whether every entry is the beginning of a fragment, in order. A table that says anything else says something else. */
function pointsAt(entries: readonly number[] | undefined, offsets: ReadonlySet<number>): boolean {
  return entries?.every((entry, index) => offsets.has(entry) && entry > (entries[index - 1] ?? -1)) ?? false;
}

/** Extended Offset Table and its lengths (PS3.3 C.7.6.3.1.8), where they are no places and lengths of fragments. */
function hasLyingTable(dataset: Dataset, pieces: readonly Buffer[], offsets: ReadonlySet<number>): boolean {
  const starts = valueAt(dataset, EXTENDED_OFFSETS);
  const lengths = valueAt(dataset, EXTENDED_LENGTHS);
  if (starts === undefined) return lengths !== undefined;
  const longest = pieces.reduce((most, { length }) => Math.max(most, length), 0);
  const fit = entriesOf(lengths ?? Buffer.alloc(0), 8)?.every((length) => length <= longest) ?? false;
  const asMany = lengths === undefined || lengths.length === starts.length;
  return !(asMany && fit && pointsAt(entriesOf(starts, 8), offsets));
}

function valueAt(dataset: Dataset, tag: Tag): Buffer | undefined {
  const element = elementOf(dataset.elements, tag);
  return element && dataset.bytes.subarray(element.valueStart, element.valueEnd);
}
