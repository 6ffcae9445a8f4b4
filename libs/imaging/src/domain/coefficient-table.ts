import { LONG, LOOKED_UP, valueOf } from './code-window.ts';
import type { HuffmanTable } from './huffman.ts';

/**
 * AC coefficients of sequential JPEG (ISO/IEC 10918-1 F.2.2.2) in one look-up by the next LOOKED_UP bits:
 * `value << 16 | steps << 8 | bits`. `steps` leads from the coefficient before to this one, STEPS_TO_END behind the block.
 * `bits` is 0 where there is no code and LONG where it takes two steps.
 */
export type CoefficientTable = Int32Array;

/** More than a block has coefficients: End of Block. */
export const STEPS_TO_END = 64;

/** Steps that run-and-size byte RS stands for: EOB (00), ZRL (F0, sixteen zeros) or a run and its coefficient. */
export function stepsOf(code: number): number {
  return (code & 15) === 0 && code !== 0xf0 ? STEPS_TO_END : (code >> 4) + 1;
}

export function coefficientTable(codes: HuffmanTable): CoefficientTable {
  const table = new Int32Array(1 << LOOKED_UP);
  for (let bits = 0; bits < table.length; bits++) {
    const next = bits << (16 - LOOKED_UP);
    const entry = codes[next] ?? 0;
    const length = entry >> 8;
    const size = entry & 15;
    if (length === 0) continue;
    if (length + size > LOOKED_UP) table[bits] = LONG;
    else table[bits] = (valueOf(next, length, size) << 16) | (stepsOf(entry & 0xff) << 8) | (length + size);
  }
  return table;
}
