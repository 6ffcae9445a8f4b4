import { findElement } from '@precedent/dicom';
import type { ByteRange, Dataset, Element } from '@precedent/dicom';

export const PIXEL_DATA = 0x7fe00010;
export const FLOAT_PIXEL_DATA = 0x7fe00008;
export const DOUBLE_FLOAT_PIXEL_DATA = 0x7fe00009;

/** The element that holds the pixels: an object has one of the three (PS3.3 C.7.6.3, C.7.6.24, C.7.6.25). */
export function pixelElement(dataset: Dataset): Element | undefined {
  return (
    findElement(dataset, PIXEL_DATA) ??
    findElement(dataset, FLOAT_PIXEL_DATA) ??
    findElement(dataset, DOUBLE_FLOAT_PIXEL_DATA)
  );
}

export interface Fragment extends ByteRange {
  /** Begins with the first bytes of a code stream, so it may begin a frame. */
  readonly opensStream: boolean;
}

/**
 * Where the pixels lie: in the data set's bytes, or in the file when those were left there. The two are kept apart so that a
 * frame can be read without the others.
 */
export interface PixelPlace {
  readonly value: ByteRange;
  /** Encapsulated pixels: the fragments behind the Basic Offset Table. */
  readonly fragments?: readonly Fragment[];
  /** The Basic Offset Table, often empty. */
  readonly offsets: readonly number[];
}

/** Bytes that `opensStream` wants to see. */
export const MARK_BYTES = 12;

const JPEG_SOI = 0xffd8ff;
const J2K_SOC = 0xff4fff51;
const JPEG_XL = 0xff0a;
/** Box signatures "jP  " and "JXL ": what JP2 and JPEG XL files begin with behind a length of 12. */
const BOX_SIGNATURES: ReadonlySet<number> = new Set([0x6a502020, 0x4a584c20]);

/** @param mark the first bytes of a fragment, 12 where there are so many */
export function opensStream(mark: Buffer): boolean {
  if (mark.length < 4) return false;
  const first = mark.readUInt32BE(0);
  if (first >>> 8 === JPEG_SOI || first === J2K_SOC || first >>> 16 === JPEG_XL) return true;
  return first === 12 && mark.length >= 8 && BOX_SIGNATURES.has(mark.readUInt32BE(4));
}

/** Encapsulated pixels are little endian always, their offset table too. */
export function offsetTable(bytes: Buffer): readonly number[] {
  return Array.from({ length: bytes.length >> 2 }, (_, i) => bytes.readUInt32LE(4 * i));
}

/** The place within the data set's own bytes; undefined without pixels. */
export function placeIn(dataset: Dataset): PixelPlace | undefined {
  const element = pixelElement(dataset);
  if (element === undefined) return undefined;
  const value = { start: element.valueStart, end: element.valueEnd };
  const [table, ...fragments] = element.fragments ?? [];
  if (table === undefined) return { value, offsets: [] };
  const { bytes } = dataset;
  return {
    value,
    offsets: offsetTable(bytes.subarray(table.start, table.end)),
    fragments: fragments.map(({ start, end }) => ({
      start,
      end,
      opensStream: opensStream(bytes.subarray(start, Math.min(end, start + MARK_BYTES))),
    })),
  };
}
