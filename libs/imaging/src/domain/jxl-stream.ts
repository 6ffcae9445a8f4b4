import { damaged, mismatch } from './failure.ts';
import type { FrameShape } from './decoded.ts';

/** What the headers of a JPEG XL code stream say (ISO/IEC 18181-1, annex D: SizeHeader and the begin of ImageMetadata). */
export interface JxlHeader {
  readonly rows: number;
  readonly columns: number;
  readonly precision: number;
}

const BOX_HEADER_BYTES = 8;
const CODESTREAM_BOX = 0x6a786c63;
const PARTIAL_CODESTREAM_BOX = 0x6a786c70;
/** The part number before the bytes of a `jxlp` box. */
const PART_NUMBER_BYTES = 4;
/** Far more than the two headers take. */
const HEADER_BYTES = 64;

/** The begin of the bare code stream, unwrapped from a JPEG XL file (ISO/IEC 18181-2) where it is in one. */
function codestreamHead(stream: Uint8Array): Uint8Array {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  if (stream[0] === 0xff && stream[1] === 0x0a) return stream.subarray(2, HEADER_BYTES);
  for (let at = 0; at + BOX_HEADER_BYTES + PART_NUMBER_BYTES <= stream.length;) {
    const kind = view.getUint32(at + 4);
    const skip = kind === PARTIAL_CODESTREAM_BOX ? PART_NUMBER_BYTES : 0;
    const from = at + BOX_HEADER_BYTES + skip;
    if (kind === CODESTREAM_BOX || skip > 0) return stream.subarray(from + 2, from + HEADER_BYTES);
    const length = view.getUint32(at);
    if (length < BOX_HEADER_BYTES) break;
    at += length;
  }
  throw damaged('JPEG XL start marker missing');
}

/** Reads fields of bits, least significant first (ISO/IEC 18181-1 B.2). */
class Bits {
  #at = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** u(n) */
  take(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++, this.#at++) {
      const byte = this.#bytes[this.#at >> 3];
      if (byte === undefined) throw damaged('the JPEG XL header is cut off');
      value += ((byte >> (this.#at & 7)) & 1) * 2 ** i;
    }
    return value;
  }

  /** U32 of four distributions, each a base and a number of bits. */
  u32(choices: readonly (readonly [base: number, bits: number])[]): number {
    const [base, bits] = choices[this.take(2)] ?? [0, 0];
    return base + this.take(bits);
  }
}

const SIZE_CHOICES = [
  [1, 9],
  [1, 13],
  [1, 18],
  [1, 30],
] as const;
/** Width : height, by the three bits of `ratio`. */
const RATIOS = [
  [1, 1],
  [12, 10],
  [4, 3],
  [3, 2],
  [16, 9],
  [5, 4],
  [2, 1],
] as const;

function readSize(bits: Bits): { rows: number; columns: number } {
  const small = bits.take(1) === 1;
  const side = (): number => (small ? (bits.take(5) + 1) * 8 : bits.u32(SIZE_CHOICES));
  const rows = side();
  const ratio = RATIOS[bits.take(3) - 1];
  return { rows, columns: ratio === undefined ? side() : Math.floor((rows * ratio[0]) / ratio[1]) };
}

const INTEGER_DEPTHS = [
  [8, 0],
  [10, 0],
  [12, 0],
  [1, 6],
] as const;

/** Bits per sample; orientation, preview and animation are nothing that a DICOM frame may have. */
function readPrecision(bits: Bits): number {
  const allDefault = bits.take(1) === 1;
  if (allDefault) return 8;
  const extraFields = bits.take(1) === 1;
  if (extraFields && bits.take(6) !== 0) throw mismatch('orientation, preview or animation');
  if (bits.take(1) === 1) throw mismatch('kind of sample');
  return bits.u32(INTEGER_DEPTHS);
}

/** @throws ImageRefused where this is no JPEG XL, or one of a kind that no frame can be */
export function readJxlHeader(stream: Uint8Array): JxlHeader {
  const bits = new Bits(codestreamHead(stream));
  return { ...readSize(bits), precision: readPrecision(bits) };
}

/** @throws ImageRefused `codestream-mismatch` naming the first attribute that disagrees. */
export function checkJxlHeader(header: JxlHeader, shape: FrameShape): void {
  if (header.rows !== shape.rows) throw mismatch('number of rows');
  if (header.columns !== shape.columns) throw mismatch('number of columns');
  if (header.precision > shape.bitsAllocated || header.precision > 16) throw mismatch('precision');
}
