import { damaged, mismatch } from './failure.ts';
import { readHuffmanTables } from './huffman.ts';
import { checkJpegHeader, headerSegments, readJpegHeader, untilEndMarker } from './jpeg-stream.ts';
import { entropyIntervals } from './entropy-intervals.ts';
import type { DifferenceTable } from './difference-table.ts';
import { differenceTable, LONG } from './difference-table.ts';
import type { DecodedFrame, FrameShape } from './decoded.ts';
import type { HuffmanTable } from './huffman.ts';
import type { Segment } from './jpeg-stream.ts';

const SOF3 = 0xc3;
const DHT = 0xc4;
const DRI = 0xdd;

/** Reached through a local name: in some hosts a global's member is looked up at each call. */
const { min } = Math;

interface ScanTable {
  readonly codes: HuffmanTable;
  readonly differences: DifferenceTable;
}

const NO_TABLE: ScanTable = { codes: new Uint16Array(0), differences: new Int32Array(0) };

interface Scan {
  readonly tables: readonly ScanTable[];
  readonly predictor: number;
  /** Point transform Al: the samples were divided by 2^shift. */
  readonly shift: number;
  readonly start: number;
  /** Rows in each restart interval. */
  readonly intervalRows: number;
}

/**
 * JPEG lossless, process 14, all predictors (ISO/IEC 10918-1 annex H), one interleaved scan, no sub-sampling.
 * Own, because both decoders on npm return a picture for a truncated stream. Every interval must end exactly where its
 * bits do, so that damage shows. 448 × 448 × 12 bit: see README for the figures of the three decoders.
 */
export function decodeJpegLossless(frame: Uint8Array, shape: FrameShape): DecodedFrame {
  const stream = untilEndMarker(frame);
  const header = readJpegHeader(stream);
  if (header.sof !== SOF3) throw mismatch('process');
  checkJpegHeader(header, shape);
  const scan = readScan(stream, shape);
  const samples = new Uint16Array(shape.rows * shape.columns * shape.samplesPerPixel);
  const intervals = entropyIntervals(stream, scan.start);
  if (intervals.length !== Math.ceil(shape.rows / scan.intervalRows))
    throw damaged('JPEG restart intervals are missing');
  intervals.forEach((bits, i) => decodeInterval(bits, scan, samples, i * scan.intervalRows, shape, header.precision));
  const bytes = header.precision > 8 ? new Uint8Array(samples.buffer) : Uint8Array.from(samples);
  return { bytes, bytesPerSample: header.precision > 8 ? 2 : 1, bits: header.precision, planar: false, rgb: false };
}

function readScan(stream: Uint8Array, shape: FrameShape): Scan {
  const segments = headerSegments(stream);
  const tables = new Map<number, HuffmanTable>();
  let interval = 0;
  for (const { marker, start, end } of segments) {
    if (marker === DHT) readHuffmanTables(stream.subarray(start, end), tables);
    if (marker === DRI) interval = ((stream[start] ?? 0) << 8) | (stream[start + 1] ?? 0);
    if (marker === SOF3) checkSampling(stream.subarray(start, end));
  }
  if (interval % shape.columns !== 0) throw damaged('JPEG restart interval is not a number of rows');
  const scan = segments.at(-1);
  if (scan === undefined) throw damaged('JPEG scan header missing');
  return { ...scanHeader(stream, scan, tables, shape), intervalRows: interval / shape.columns || shape.rows };
}

function checkSampling(frameHeader: Uint8Array): void {
  const components = frameHeader[5] ?? 0;
  for (let i = 0; i < components; i++) if (frameHeader[7 + 3 * i] !== 0x11) throw mismatch('component sub-sampling');
}

function scanHeader(
  stream: Uint8Array,
  { start, end }: Segment,
  tables: ReadonlyMap<number, HuffmanTable>,
  shape: FrameShape,
): Omit<Scan, 'intervalRows'> {
  const components = stream[start] ?? 0;
  if (components !== shape.samplesPerPixel) throw mismatch('number of components in its scan');
  const chosen = Array.from({ length: components }, (_, i) => tables.get((stream[start + 2 + 2 * i] ?? 0) >> 4));
  const present = chosen.flatMap((codes) =>
    codes === undefined ? [] : [{ codes, differences: differenceTable(codes) }],
  );
  const predictor = stream[start + 1 + 2 * components] ?? 0;
  const shift = (stream[start + 3 + 2 * components] ?? 0) & 15;
  if (present.length !== components || predictor < 1 || predictor > 7) throw damaged('JPEG scan header is damaged');
  return { tables: present, predictor, shift, start: end };
}

/** Prediction from left (a), above (b) and above left (c), Table H.1. */
function predict(predictor: number, a: number, b: number, c: number): number {
  switch (predictor) {
    case 1:
      return a;
    case 2:
      return b;
    case 3:
      return c;
    case 4:
      return a + b - c;
    case 5:
      return a + ((b - c) >> 1);
    case 6:
      return b + ((a - c) >> 1);
    default:
      return (a + b) >> 1;
  }
}

interface Interval {
  readonly bits: Uint8Array;
  readonly window: DataView;
  readonly out: Uint16Array;
  /** Bits read so far. */
  at: number;
}

/** Rows from `top` on, until the interval's rows or the picture ends. */
function decodeInterval(
  bits: Uint8Array,
  scan: Scan,
  out: Uint16Array,
  top: number,
  { rows, columns, samplesPerPixel: step }: FrameShape,
  precision: number,
): void {
  const width = columns * step;
  const initial = 1 << (precision - scan.shift - 1);
  const interval: Interval = { bits, window: windowOf(bits), out, at: 0 };
  for (let y = top, end = min(rows, top + scan.intervalRows); y < end; y++) {
    const from = y * width;
    // The first row is predicted from the left only, the first sample of the others from above (H.1.2.1).
    if (step === 1 && (y === top || scan.predictor === 1)) {
      const first = y === top ? initial : (out[from - width] ?? 0) >> scan.shift;
      greyRow(interval, scan, from, from + width, first);
    } else row(interval, scan, { from, width, step, isFirst: y === top, initial });
  }
  checkEnd(bits, interval.at);
}

/** One row of one component predicted from the left: the hot path of nearly every lossless JPEG there is (.70). */
function greyRow(interval: Interval, { tables, shift }: Scan, from: number, end: number, predicted: number): void {
  const { window, bits, out } = interval;
  const { differences, codes } = tables[0] ?? NO_TABLE;
  const last = bits.length;
  let at = interval.at;
  let left = predicted;
  for (let i = from; i < end; i++) {
    const entry = differences[(window.getInt32(min(at >> 3, last)) << (at & 7)) >>> 16] ?? 0;
    const length = entry & 0xff;
    if (length === LONG || length === 0) {
      const long = longDifference(bits, at, codes);
      at = long.at;
      left = (left + long.difference) & 0xffff;
    } else {
      at += length;
      left = (left + (entry >> 8)) & 0xffff;
    }
    out[i] = left << shift;
  }
  interval.at = at;
}

interface RowPlace {
  readonly from: number;
  readonly width: number;
  /** Samples a pixel. */
  readonly step: number;
  readonly isFirst: boolean;
  readonly initial: number;
}

/** One row of any number of components and any predictor. One loop on purpose: a call a sample would cost half of the time. */
function row(interval: Interval, { tables, predictor, shift }: Scan, place: RowPlace): void {
  const { window, bits, out } = interval;
  const { from, width, step, isFirst, initial } = place;
  const last = bits.length;
  let at = interval.at;
  for (let x = 0, i = from; x < width; x++, i++) {
    const { differences, codes } = tables[step === 1 ? 0 : x % step] ?? NO_TABLE;
    const entry = differences[(window.getInt32(min(at >> 3, last)) << (at & 7)) >>> 16] ?? 0;
    const length = entry & 0xff;
    let difference = entry >> 8;
    if (length === LONG || length === 0) ({ difference, at } = longDifference(bits, at, codes));
    else at += length;
    const left = x < step ? initial : (out[i - step] ?? 0) >> shift;
    let predicted: number;
    if (isFirst) predicted = left;
    else if (x < step) predicted = (out[i - width] ?? 0) >> shift;
    else if (predictor === 1) predicted = left;
    else predicted = predict(predictor, left, (out[i - width] ?? 0) >> shift, (out[i - width - step] ?? 0) >> shift);
    out[i] = ((predicted + difference) & 0xffff) << shift;
  }
  interval.at = at;
}

/** 32 bits at any byte, and zeros behind the last. */
function windowOf(bits: Uint8Array): DataView {
  const padded = new Uint8Array(bits.length + 4);
  padded.set(bits);
  return new DataView(padded.buffer);
}

/** Code first, then its difference: for the rare ones of more than 16 bits together, and to tell what is wrong. */
function longDifference(bits: Uint8Array, from: number, codes: HuffmanTable): { difference: number; at: number } {
  const p = from >> 3;
  const next = ((bits[p] ?? 0) << 16) | ((bits[p + 1] ?? 0) << 8) | (bits[p + 2] ?? 0);
  const entry = codes[(next >> (8 - (from & 7))) & 0xffff] ?? 0;
  if (entry === 0) throw damaged('JPEG lossless stream holds a code that is in no table');
  const at = from + (entry >> 8);
  const category = entry & 0xff;
  if (category > 16) throw damaged('JPEG lossless stream holds a difference of more than 16 bits');
  if (category === 16) return { difference: 32_768, at };
  return { difference: extended(bits, at, category), at: at + category };
}

/** `category` further bits as a difference, F.2.2.1 EXTEND. */
function extended(bits: Uint8Array, at: number, category: number): number {
  const p = at >> 3;
  const next = ((bits[p] ?? 0) << 16) | ((bits[p + 1] ?? 0) << 8) | (bits[p + 2] ?? 0);
  const value = (next >> (24 - (at & 7) - category)) & ((1 << category) - 1);
  return value < 1 << (category - 1) ? value - (1 << category) + 1 : value;
}

/** Too few bits: cut off. A byte or more left over: the codes went out of step somewhere. */
function checkEnd(bits: Uint8Array, at: number): void {
  if (at > bits.length * 8) throw damaged('JPEG lossless stream ends before the picture does');
  if (bits.length * 8 - at >= 16) throw damaged('JPEG lossless stream goes on after the picture');
}
