// Writes grey JPEG streams of 12 bits from coefficients: no encoder of them is on npm. And lossless ones, by IJG 6b of dcmjs-codecs.
import { createRequire } from 'node:module';
import type * as DcmjsCodecs from 'dcmjs-codecs';
import type { FrameShape } from './domain/decoded.ts';

type Codecs = typeof DcmjsCodecs;

/** The quantised coefficients of a block in the order of the code stream: 64. */
export type Block = readonly number[];

export interface JpegOf12Bits {
  readonly rows: number;
  readonly columns: number;
  readonly blocks: readonly Block[];
  readonly steps: readonly number[];
  /** Blocks in a restart interval; 0 for one interval. */
  readonly interval: number;
}

const END_OF_BLOCK = 0x00;
const SIXTEEN_ZEROS = 0xf0;

/** Short codes for what is frequent, and all others so long that code and value do not fit one look-up. */
const SHORT = [0x01, 0x02, END_OF_BLOCK, 0x11, 0x03, 0x04, 0x21];
const RUNS_AND_SIZES = [
  SIXTEEN_ZEROS,
  ...Array.from({ length: 16 }, (_, run) => Array.from({ length: 14 }, (__, size) => run * 16 + size + 1)).flat(),
].filter((symbol) => !SHORT.includes(symbol));
const AC = { counts: lengths([4, SHORT.length], [12, RUNS_AND_SIZES.length]), symbols: [...SHORT, ...RUNS_AND_SIZES] };
const DC = { counts: lengths([5, 16]), symbols: Array.from({ length: 16 }, (_, category) => category) };

type Table = typeof AC;

function lengths(...given: (readonly [number, number])[]): number[] {
  const counts = new Array<number>(16).fill(0);
  for (const [length, count] of given) counts[length - 1] = count;
  return counts;
}

export function jpegOf12Bits({ rows, columns, blocks, steps, interval }: JpegOf12Bits): Buffer {
  const wide = steps.some((step) => step > 255);
  const table = Buffer.from(wide ? steps.flatMap((step) => [step >> 8, step & 255]) : steps);
  const parts = [
    Buffer.from([0xff, 0xd8]),
    segment(0xdb, Buffer.from([wide ? 0x11 : 0x01]), table),
    segment(0xc1, Buffer.from([12, rows >> 8, rows & 255, columns >> 8, columns & 255, 1, 1, 0x11, 1])),
    segment(0xc4, Buffer.from([0x00, ...DC.counts, ...DC.symbols])),
    segment(0xc4, Buffer.from([0x10, ...AC.counts, ...AC.symbols])),
    segment(0xdd, Buffer.from([interval >> 8, interval & 255])),
    segment(0xda, Buffer.from([1, 1, 0x00, 0, 63, 0])),
  ];
  const step = interval === 0 ? blocks.length : interval;
  for (let from = 0, count = 0; from < blocks.length; from += step, count++) {
    if (from > 0) parts.push(Buffer.from([0xff, 0xd0 + ((count - 1) % 8)]));
    parts.push(entropyCoded(blocks.slice(from, from + step)));
  }
  return Buffer.concat([...parts, Buffer.from([0xff, 0xd9])]);
}

function segment(marker: number, ...contents: Buffer[]): Buffer {
  const length = 2 + contents.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.from([0xff, marker, length >> 8, length & 255]), ...contents]);
}

function entropyCoded(blocks: readonly Block[]): Buffer {
  let bits = '';
  let before = 0;
  for (const block of blocks) {
    const dc = block[0] ?? 0;
    bits += coded(DC, categoryOf(dc - before)) + valueBits(dc - before);
    before = dc;
    bits += acBits(block);
  }
  bits += '1'.repeat((8 - (bits.length % 8)) % 8);
  const bytes = (bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2));
  return Buffer.from(bytes.flatMap((byte) => (byte === 0xff ? [0xff, 0] : [byte])));
}

function acBits(block: Block): string {
  let bits = '';
  let run = 0;
  for (const value of block.slice(1)) {
    if (value === 0) {
      run++;
      continue;
    }
    for (; run > 15; run -= 16) bits += coded(AC, SIXTEEN_ZEROS);
    bits += coded(AC, run * 16 + categoryOf(value)) + valueBits(value);
    run = 0;
  }
  return run === 0 ? bits : bits + coded(AC, END_OF_BLOCK);
}

const categoryOf = (value: number): number => (value === 0 ? 0 : Math.abs(value).toString(2).length);

function valueBits(value: number): string {
  const category = categoryOf(value);
  const coded = value < 0 ? value + 2 ** category - 1 : value;
  return category === 0 ? '' : coded.toString(2).padStart(category, '0');
}

/** Canonical code of a symbol (ISO/IEC 10918-1 annex C). */
function coded({ counts, symbols }: Table, symbol: number): string {
  const place = symbols.indexOf(symbol);
  let code = 0;
  let first = 0;
  for (let length = 1; length <= 16; length++) {
    const count = counts[length - 1] ?? 0;
    if (place < first + count) return (code + place - first).toString(2).padStart(length, '0');
    first += count;
    code = (code + count) * 2;
  }
  throw new Error('no such symbol');
}

/** A lossless stream (process 14), by an encoder that is not ours. */
export async function losslessJpeg(
  samples: Uint16Array,
  shape: FrameShape,
  predictor: number,
  pointTransform: number,
): Promise<Uint8Array> {
  const { Context, NativeCodecs } = createRequire(import.meta.url)('dcmjs-codecs') as Codecs;
  await NativeCodecs.initializeAsync({ logCodecsInfo: false, logCodecsTrace: false });
  const context = new Context({
    width: shape.columns,
    height: shape.rows,
    bitsAllocated: shape.bitsAllocated,
    bitsStored: shape.bitsStored,
    samplesPerPixel: shape.samplesPerPixel,
    pixelRepresentation: 0,
    planarConfiguration: 0,
    photometricInterpretation: shape.samplesPerPixel === 3 ? 'RGB' : 'MONOCHROME2',
    decodedBuffer: new Uint8Array(samples.buffer),
  });
  const made = NativeCodecs.encodeJpeg(context, { lossy: false, predictor, pointTransform });
  return new Uint8Array(made.getEncodedBuffer() ?? []);
}
