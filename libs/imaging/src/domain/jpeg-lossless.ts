import { damaged, mismatch } from './failure.ts';
import { codeAt, numberAt, readHuffmanTables } from './huffman.ts';
import { checkJpegHeader, headerSegments, readJpegHeader, untilEndMarker } from './jpeg-stream.ts';
import { checkEnd, entropyIntervals, windowOf } from './entropy-intervals.ts';
import { isPredictor, undifferenceRow } from './predict-rows.ts';
import type { DifferenceTable } from './difference-table.ts';
import { LONG, TO_LOOK_UP } from './code-window.ts';
import { differenceTable } from './difference-table.ts';
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
  if (scan.shift > 0) for (let i = 0; i < samples.length; i++) samples[i] = (samples[i] ?? 0) << scan.shift;
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
  if (present.length !== components || !isPredictor(predictor)) throw damaged('JPEG scan header is damaged');
  return { tables: present, predictor, shift, start: end };
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
    const isFirst = y === top;
    if (step === 1 && (isFirst || scan.predictor === 1)) {
      greyRow(interval, scan, from, from + width, isFirst ? initial : (out[from - width] ?? 0));
      continue;
    }
    if (step === 1) greyDifferences(interval, scan, from, from + width);
    else colourDifferences(interval, scan, from, from + width);
    undifferenceRow(out, scan.predictor, { from, width, step, isFirst, initial });
  }
  checkEnd(bits, interval.at);
}

/** One row of one component predicted from the left: the hot path of nearly every lossless JPEG there is (.70). */
function greyRow(interval: Interval, { tables }: Scan, from: number, end: number, predicted: number): void {
  const { window, bits, out } = interval;
  const { differences, codes } = tables[0] ?? NO_TABLE;
  const last = bits.length;
  let at = interval.at;
  let left = predicted;
  for (let i = from; i < end; i++) {
    const entry = differences[(window.getInt32(min(at >> 3, last)) << (at & 7)) >>> TO_LOOK_UP] ?? 0;
    const length = entry & 0xff;
    if (length === LONG || length === 0) {
      const long = longDifference(bits, at, codes);
      at = long.at;
      left = (left + long.difference) & 0xffff;
    } else {
      at += length;
      left = (left + (entry >> 8)) & 0xffff;
    }
    out[i] = left;
  }
  interval.at = at;
}

/** The differences of one row of one component, modulo 2^16. */
function greyDifferences(interval: Interval, { tables }: Scan, from: number, end: number): void {
  const { window, bits, out } = interval;
  const { differences, codes } = tables[0] ?? NO_TABLE;
  const last = bits.length;
  let at = interval.at;
  for (let i = from; i < end; i++) {
    const entry = differences[(window.getInt32(min(at >> 3, last)) << (at & 7)) >>> TO_LOOK_UP] ?? 0;
    const length = entry & 0xff;
    if (length === LONG || length === 0) {
      const long = longDifference(bits, at, codes);
      at = long.at;
      out[i] = long.difference;
    } else {
      at += length;
      out[i] = entry >> 8;
    }
  }
  interval.at = at;
}

/** The differences of one row of several components, each by its own table, modulo 2^16. */
function colourDifferences(interval: Interval, { tables }: Scan, from: number, end: number): void {
  const { window, bits, out } = interval;
  const step = tables.length;
  const last = bits.length;
  let at = interval.at;
  for (let i = from; i < end; i++) {
    const { codes, differences } = tables[(i - from) % step] ?? NO_TABLE;
    const entry = differences[(window.getInt32(min(at >> 3, last)) << (at & 7)) >>> TO_LOOK_UP] ?? 0;
    const length = entry & 0xff;
    let difference = entry >> 8;
    if (length === LONG || length === 0) ({ difference, at } = longDifference(bits, at, codes));
    else at += length;
    out[i] = difference;
  }
  interval.at = at;
}

/** Code first, then its difference: for the rare ones of more than 16 bits together, and to tell what is wrong. */
function longDifference(bits: Uint8Array, from: number, codes: HuffmanTable): { difference: number; at: number } {
  const entry = codeAt(bits, from, codes);
  const at = from + (entry >> 8);
  const category = entry & 0xff;
  if (category > 16) throw damaged('JPEG lossless stream holds a difference of more than 16 bits');
  if (category === 16) return { difference: 32_768, at };
  return { difference: numberAt(bits, at, category), at: at + category };
}
