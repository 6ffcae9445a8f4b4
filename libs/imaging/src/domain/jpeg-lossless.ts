import { damaged, mismatch } from './failure.ts';
import { readHuffmanTables } from './huffman.ts';
import { checkJpegHeader, headerSegments, readJpegHeader, untilEndMarker } from './jpeg-stream.ts';
import { entropyIntervals } from './entropy-intervals.ts';
import type { DecodedFrame, FrameShape } from './decoded.ts';
import type { HuffmanTable } from './huffman.ts';
import type { Segment } from './jpeg-stream.ts';

const SOF3 = 0xc3;
const DHT = 0xc4;
const DRI = 0xdd;

interface Scan {
  readonly tables: readonly HuffmanTable[];
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
  const present = chosen.filter((table) => table !== undefined);
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

/** Rows from `top` on, until the interval's rows or the picture ends. One loop on purpose: it is the hot path. */
function decodeInterval(
  bits: Uint8Array,
  { tables, predictor, shift, intervalRows }: Scan,
  out: Uint16Array,
  top: number,
  { rows, columns, samplesPerPixel: step }: FrameShape,
  precision: number,
): void {
  const width = columns * step;
  const initial = 1 << (precision - shift - 1);
  let at = 0;
  for (let y = top, end = Math.min(rows, top + intervalRows); y < end; y++) {
    for (let x = 0, i = y * width; x < width; x++, i++) {
      const table = tables[step === 1 ? 0 : x % step] ?? tables[0];
      const p = at >> 3;
      const next = ((bits[p] ?? 0) << 16) | ((bits[p + 1] ?? 0) << 8) | (bits[p + 2] ?? 0);
      const entry = table?.[(next >> (8 - (at & 7))) & 0xffff] ?? 0;
      if (entry === 0) throw damaged('JPEG lossless stream holds a code that is in no table');
      at += entry >> 8;
      const category = entry & 0xff;
      if (category > 16) throw damaged('JPEG lossless stream holds a difference of more than 16 bits');
      const difference = category === 0 ? 0 : category === 16 ? 32_768 : extended(bits, at, category);
      if (category < 16) at += category;
      const left = x < step ? initial : (out[i - step] ?? 0) >> shift;
      const above = y === top ? initial : (out[i - width] ?? 0) >> shift;
      let predicted: number;
      if (y === top) predicted = left;
      else if (x < step) predicted = above;
      else predicted = predictor === 1 ? left : predict(predictor, left, above, (out[i - width - step] ?? 0) >> shift);
      out[i] = ((predicted + difference) & 0xffff) << shift;
    }
  }
  checkEnd(bits, at);
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
