import { LONG, LOOKED_UP, TO_LOOK_UP } from './code-window.ts';
import { coefficientTable, STEPS_TO_END, stepsOf } from './coefficient-table.ts';
import { differenceTable } from './difference-table.ts';
import { checkEnd, entropyIntervals, windowOf } from './entropy-intervals.ts';
import { damaged } from './failure.ts';
import { codeAt, numberAt, readHuffmanTables } from './huffman.ts';
import { inverseDct12 } from './inverse-dct.ts';
import { headerSegments } from './jpeg-stream.ts';
import { readQuantisationTables } from './quantisation.ts';
import type { CoefficientTable } from './coefficient-table.ts';
import type { DifferenceTable } from './difference-table.ts';
import type { HuffmanTable } from './huffman.ts';
import type { JpegHeader, Segment } from './jpeg-stream.ts';

const DHT = 0xc4;
const DQT = 0xdb;
const DRI = 0xdd;
const SOF1 = 0xc1;
const AC_CLASS = 0x10;

/** Reached through local names: in some hosts a global's member is looked up at each call. */
const { imul, min } = Math;

/** Where the k-th coefficient of a code stream stands in its block (ISO/IEC 10918-1 figure A.6). */
const ZIGZAG = Uint8Array.from({ length: 64 }, (_, at) => at).sort((a, b) => diagonalOrder(a) - diagonalOrder(b));

function diagonalOrder(at: number): number {
  const x = at & 7;
  const y = at >> 3;
  return 8 * (x + y) + ((x + y) % 2 === 0 ? x : y);
}

interface Scan {
  readonly dcCodes: HuffmanTable;
  readonly acCodes: HuffmanTable;
  readonly dc: DifferenceTable;
  readonly ac: CoefficientTable;
  /** Steps of the 64 coefficients, in the order of the code stream. */
  readonly steps: Uint16Array;
  readonly start: number;
  readonly blocksInInterval: number;
  readonly across: number;
  readonly down: number;
}

/**
 * Grey JPEG of 12 bits, sequential, Huffman coded (process 4). Own, because the one decoder of it on npm paints grey over what is
 * missing and reports success: each block is read here before it is painted, and every interval must end where its bits do.
 * @returns `rows` × `columns` samples
 */
export function decodeJpeg12(stream: Uint8Array, header: JpegHeader): Uint16Array {
  const scan = readScan(stream, header);
  const stride = 8 * scan.across;
  const padded = new Uint16Array(stride * 8 * scan.down);
  const intervals = entropyIntervals(stream, scan.start);
  const blocks = scan.across * scan.down;
  if (intervals.length !== Math.ceil(blocks / scan.blocksInInterval))
    throw damaged('JPEG restart intervals are missing');
  intervals.forEach((bits, i) => {
    const first = i * scan.blocksInInterval;
    decodeInterval(bits, scan, padded, first, Math.min(blocks, first + scan.blocksInInterval));
  });
  return cropped(padded, stride, header);
}

function readScan(stream: Uint8Array, { rows, columns }: JpegHeader): Scan {
  const segments = headerSegments(stream);
  const codes = new Map<number, HuffmanTable>();
  const quantisation = new Map<number, Uint16Array>();
  let interval = 0;
  let chosen = 0;
  for (const { marker, start, end } of segments) {
    if (marker === DHT) readHuffmanTables(stream.subarray(start, end), codes);
    if (marker === DQT) readQuantisationTables(stream.subarray(start, end), quantisation);
    if (marker === DRI) interval = ((stream[start] ?? 0) << 8) | (stream[start + 1] ?? 0);
    if (marker === SOF1) chosen = stream[start + 8] ?? 0;
  }
  const scan = segments.at(-1);
  const steps = quantisation.get(chosen);
  if (scan === undefined || steps === undefined) throw damaged('JPEG quantisation table missing');
  const across = Math.ceil(columns / 8);
  const down = Math.ceil(rows / 8);
  const blocksInInterval = interval === 0 ? across * down : interval;
  const { dcCodes, acCodes, dc, ac } = scanTables(stream, scan, codes);
  // No spread: objects made so have a form of their own each time, and the loops below would be compiled again for each frame.
  return { dcCodes, acCodes, dc, ac, steps, start: scan.end, blocksInInterval, across, down };
}

function scanTables(
  stream: Uint8Array,
  { start }: Segment,
  codes: ReadonlyMap<number, HuffmanTable>,
): Pick<Scan, 'dcCodes' | 'acCodes' | 'dc' | 'ac'> {
  const choice = stream[start + 2] ?? 0;
  const dcCodes = codes.get(choice >> 4);
  const acCodes = codes.get(AC_CLASS | (choice & 15));
  if (stream[start] !== 1 || dcCodes === undefined || acCodes === undefined)
    throw damaged('JPEG scan header is damaged');
  return { dcCodes, acCodes, dc: differenceTable(dcCodes), ac: coefficientTable(acCodes) };
}

/** Where a block is read: `dc` is the prediction of its first coefficient (F.2.1.3.1). */
interface Reader {
  readonly bits: Uint8Array;
  readonly window: DataView;
  readonly scan: Scan;
  at: number;
  dc: number;
}

const coefficients = new Int32Array(64);

function decodeInterval(bits: Uint8Array, scan: Scan, out: Uint16Array, first: number, end: number): void {
  const reader: Reader = { bits, window: windowOf(bits), scan, at: 0, dc: 0 };
  const stride = 8 * scan.across;
  for (let block = first; block < end; block++) {
    readBlock(reader);
    const down = Math.floor(block / scan.across);
    inverseDct12(coefficients, out, 8 * (down * stride + block - down * scan.across), stride);
  }
  checkEnd(bits, reader.at);
}

/**
 * One block into `coefficients`, dequantised. `ahead` holds the next `have` bits or more, and is read again when they are too few
 * for a look-up. A rare code of which the value is not in the table is read first, then the value. One loop on purpose: a call a
 * coefficient would cost half of the time.
 */
function readBlock(reader: Reader): void {
  const { bits, window, scan } = reader;
  const { ac, acCodes, steps } = scan;
  const last = bits.length;
  coefficients.fill(0);
  readDc(reader);
  let at = reader.at;
  let ahead = 0;
  let have = 0;
  for (let k = 0; k < 63;) {
    if (have < LOOKED_UP) {
      ahead = window.getInt32(min(at >> 3, last)) << (at & 7);
      have = 32 - (at & 7);
    }
    const entry = ac[ahead >>> TO_LOOK_UP] ?? 0;
    const length = entry & 0xff;
    let value = entry >> 16;
    let step = (entry >> 8) & 0xff;
    if (length === LONG || length === 0) {
      const code = codeAt(bits, at, acCodes);
      at += code >> 8;
      value = numberAt(bits, at, code & 15);
      step = stepsOf(code & 0xff);
      at += code & 15;
      have = 0;
    } else {
      at += length;
      ahead <<= length;
      have -= length;
    }
    k += step;
    if (step === STEPS_TO_END) break;
    if (k > 63) throw damaged('JPEG stream holds a block of more than 64 coefficients');
    coefficients[ZIGZAG[k] ?? 0] = imul(value, steps[k] ?? 0);
  }
  reader.at = at;
}

function readDc(reader: Reader): void {
  const { bits, window, scan, at } = reader;
  const entry = scan.dc[(window.getInt32(min(at >> 3, bits.length)) << (at & 7)) >>> TO_LOOK_UP] ?? 0;
  const length = entry & 0xff;
  if (length === LONG || length === 0) {
    const code = codeAt(bits, at, scan.dcCodes);
    if ((code & 0xff) > 15) throw damaged('JPEG stream holds a coefficient of more than 15 bits');
    reader.dc += numberAt(bits, at + (code >> 8), code & 0xff);
    reader.at = at + (code >> 8) + (code & 0xff);
  } else {
    reader.dc += entry >> 8;
    reader.at = at + length;
  }
  coefficients[0] = imul(reader.dc, scan.steps[0] ?? 0);
}

function cropped(padded: Uint16Array, stride: number, { rows, columns }: JpegHeader): Uint16Array {
  if (stride === columns) return padded.subarray(0, rows * columns);
  const samples = new Uint16Array(rows * columns);
  for (let y = 0; y < rows; y++) samples.set(padded.subarray(y * stride, y * stride + columns), y * columns);
  return samples;
}
