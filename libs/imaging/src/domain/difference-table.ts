import { LONG, LOOKED_UP, valueOf } from './code-window.ts';
import type { HuffmanTable } from './huffman.ts';

/**
 * Code and difference of lossless JPEG, or of the first coefficients of others, in one look-up by the next LOOKED_UP bits:
 * `difference << 8 | bits`, both together. `bits` is 0 where there is no code and LONG where it takes two steps.
 */
export type DifferenceTable = Int32Array;

/** A category above 16 is left to the reading in two steps, which refuses it. */
export function differenceTable(codes: HuffmanTable): DifferenceTable {
  const table = new Int32Array(1 << LOOKED_UP);
  for (let bits = 0; bits < table.length; bits++) {
    const next = bits << (16 - LOOKED_UP);
    const entry = codes[next] ?? 0;
    const length = entry >> 8;
    const category = entry & 0xff;
    if (length === 0) continue;
    if (length + category > LOOKED_UP) table[bits] = LONG;
    else table[bits] = (valueOf(next, length, category) << 8) | (length + category);
  }
  return table;
}
