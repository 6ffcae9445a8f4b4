import type { Vr } from './types.ts';

type Read = (bytes: Buffer, offset: number, littleEndian: boolean) => number;

interface NumberFormat {
  readonly size: number;
  readonly read: Read;
  readonly write: (bytes: Buffer, offset: number, littleEndian: boolean, value: number) => void;
  /** Smallest and largest integer that fits; absent for floating point. */
  readonly range?: readonly [min: number, max: number];
}

const UINT16: NumberFormat = {
  size: 2,
  read: (b, o, le) => (le ? b.readUInt16LE(o) : b.readUInt16BE(o)),
  write: (b, o, le, v) => (le ? b.writeUInt16LE(v, o) : b.writeUInt16BE(v, o)),
  range: [0, 0xffff],
};

const INT16: NumberFormat = {
  size: 2,
  read: (b, o, le) => (le ? b.readInt16LE(o) : b.readInt16BE(o)),
  write: (b, o, le, v) => (le ? b.writeInt16LE(v, o) : b.writeInt16BE(v, o)),
  range: [-0x8000, 0x7fff],
};

const UINT32: NumberFormat = {
  size: 4,
  read: (b, o, le) => (le ? b.readUInt32LE(o) : b.readUInt32BE(o)),
  write: (b, o, le, v) => (le ? b.writeUInt32LE(v, o) : b.writeUInt32BE(v, o)),
  range: [0, 0xffffffff],
};

const INT32: NumberFormat = {
  size: 4,
  read: (b, o, le) => (le ? b.readInt32LE(o) : b.readInt32BE(o)),
  write: (b, o, le, v) => (le ? b.writeInt32LE(v, o) : b.writeInt32BE(v, o)),
  range: [-0x80000000, 0x7fffffff],
};

const UINT64: NumberFormat = {
  size: 8,
  read: (b, o, le) => safe(le ? b.readBigUInt64LE(o) : b.readBigUInt64BE(o)),
  write: (b, o, le, v) => (le ? b.writeBigUInt64LE(BigInt(v), o) : b.writeBigUInt64BE(BigInt(v), o)),
  range: [0, Number.MAX_SAFE_INTEGER],
};

const INT64: NumberFormat = {
  size: 8,
  read: (b, o, le) => safe(le ? b.readBigInt64LE(o) : b.readBigInt64BE(o)),
  write: (b, o, le, v) => (le ? b.writeBigInt64LE(BigInt(v), o) : b.writeBigInt64BE(BigInt(v), o)),
  range: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};

const FLOAT32: NumberFormat = {
  size: 4,
  read: (b, o, le) => (le ? b.readFloatLE(o) : b.readFloatBE(o)),
  write: (b, o, le, v) => (le ? b.writeFloatLE(v, o) : b.writeFloatBE(v, o)),
};

const FLOAT64: NumberFormat = {
  size: 8,
  read: (b, o, le) => (le ? b.readDoubleLE(o) : b.readDoubleBE(o)),
  write: (b, o, le, v) => (le ? b.writeDoubleLE(v, o) : b.writeDoubleBE(v, o)),
};

const UINT8: NumberFormat = {
  size: 1,
  read: (b, o) => b.readUInt8(o),
  write: (b, o, _, v) => b.writeUInt8(v, o),
  range: [0, 0xff],
};

/** An attribute tag: group, then element, each in the byte order of the file (PS3.5 6.2). */
const TAG_PAIR: NumberFormat = {
  size: 4,
  read: (b, o, le) => UINT16.read(b, o, le) * 0x10000 + UINT16.read(b, o + 2, le),
  write: (b, o, le, v) => {
    UINT16.write(b, o, le, v >>> 16);
    UINT16.write(b, o + 2, le, v & 0xffff);
  },
  range: [0, 0xffffffff],
};

const FORMATS: Readonly<Partial<Record<Vr, NumberFormat>>> = {
  US: UINT16,
  SS: INT16,
  UL: UINT32,
  SL: INT32,
  UV: UINT64,
  SV: INT64,
  FL: FLOAT32,
  FD: FLOAT64,
  AT: TAG_PAIR,
  OB: UINT8,
  OW: UINT16,
  OL: UINT32,
  OV: UINT64,
  OF: FLOAT32,
  OD: FLOAT64,
};

/** A number that a double would round is worse than none. */
function safe(value: bigint): number {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : NaN;
}

/** @returns the numbers in a binary value; bytes left over at its end are ignored; [] for VRs that hold none. */
export function numbersIn(bytes: Buffer, vr: Vr, littleEndian: boolean): number[] {
  const format = FORMATS[vr];
  if (format === undefined) return [];
  const count = Math.floor(bytes.length / format.size);
  return Array.from({ length: count }, (_, i) => format.read(bytes, i * format.size, littleEndian));
}

/** @returns the encoded numbers; `no-number-vr` or `out-of-range` where they cannot be encoded without changing them. */
export function encodeNumbers(
  numbers: readonly number[],
  vr: Vr,
  littleEndian: boolean,
): Buffer | 'no-number-vr' | 'out-of-range' {
  const format = FORMATS[vr];
  if (format === undefined) return 'no-number-vr';
  if (!numbers.every((value) => fits(value, format))) return 'out-of-range';
  const bytes = Buffer.alloc(numbers.length * format.size);
  numbers.forEach((value, i) => format.write(bytes, i * format.size, littleEndian, value));
  return bytes;
}

function fits(value: number, { range }: NumberFormat): boolean {
  return range === undefined || (Number.isInteger(value) && value >= range[0] && value <= range[1]);
}
