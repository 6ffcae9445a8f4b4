import type { HuffmanTable } from './huffman.ts';

/**
 * Code and difference of lossless JPEG in one look-up by the next 16 bits: `difference << 8 | bits`, both together. `bits` is 0
 * where there is no code and LONG where code and difference together have more than 16 bits; those are read in two steps.
 */
export type DifferenceTable = Int32Array;

export const LONG = 255;

/** A category above 16 is left to the reading in two steps, which refuses it. */
function made(codes: HuffmanTable): DifferenceTable {
  const table = new Int32Array(65_536);
  for (let next = 0; next < 65_536; next++) {
    const entry = codes[next] ?? 0;
    const length = entry >> 8;
    const category = entry & 0xff;
    if (length === 0) continue;
    if (category === 0) table[next] = length;
    else if (length + category > 16) table[next] = LONG;
    else table[next] = (differenceOf(next, length, category) << 8) | (length + category);
  }
  return table;
}

/** The `category` bits behind a code of `length` bits as a difference, F.2.2.1 EXTEND. */
function differenceOf(next: number, length: number, category: number): number {
  const value = (next >> (16 - length - category)) & ((1 << category) - 1);
  return value < 1 << (category - 1) ? value - (1 << category) + 1 : value;
}

/** Frames of one object have the same codes as a rule: the last tables are kept. */
const kept: { readonly codes: HuffmanTable; readonly table: DifferenceTable }[] = [];
const KEPT = 4;

export function differenceTable(codes: HuffmanTable): DifferenceTable {
  const known = kept.find((one) => Buffer.compare(bytesOf(one.codes), bytesOf(codes)) === 0);
  if (known !== undefined) return known.table;
  const table = made(codes);
  kept.unshift({ codes, table });
  kept.length = Math.min(kept.length, KEPT);
  return table;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: HuffmanTable): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);
