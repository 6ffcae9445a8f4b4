import { damaged } from './failure.ts';

/**
 * A Huffman table as one look-up by the next 16 bits: `length << 8 | value`; 0 is no code. 64 Ki entries cost 20 µs to
 * fill and spare the bit-by-bit walk, which is what makes the npm decoder 3 to 4 times slower.
 */
export type HuffmanTable = Uint16Array;

/** DHT contents (ISO/IEC 10918-1 B.2.4.2): 16 counts, then the values in code order. */
function tableFrom(counts: Uint8Array, values: Uint8Array): HuffmanTable {
  const table = new Uint16Array(65_536);
  let code = 0;
  let next = 0;
  for (let length = 1; length <= 16; length++) {
    for (let i = 0; i < (counts[length - 1] ?? 0); i++, code += 2 ** (16 - length)) {
      const value = values[next++] ?? 255;
      if (code >= 65_536) throw damaged('JPEG Huffman table is damaged');
      table.fill((length << 8) | value, code, code + 2 ** (16 - length));
    }
  }
  return table;
}

/** Reads the tables of one DHT segment into `tables`, by class and destination as they are coded: class AC (10 hex) is no part of lossless JPEG. */
export function readHuffmanTables(segment: Uint8Array, tables: Map<number, HuffmanTable>): void {
  for (let at = 0; at < segment.length;) {
    const destination = segment[at] ?? 0;
    const counts = segment.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const end = at + 17 + total;
    if (end > segment.length) throw damaged('JPEG Huffman table is cut off');
    tables.set(destination, tableFrom(counts, segment.subarray(at + 17, end)));
    at = end;
  }
}

/** `length << 8 | value` of the code at bit `at`. @throws where there is none. */
export function codeAt(bits: Uint8Array, at: number, codes: HuffmanTable): number {
  const code = codes[(threeBytes(bits, at) >> (8 - (at & 7))) & 0xffff] ?? 0;
  if (code === 0) throw damaged('JPEG stream holds a code that is in no table');
  return code;
}

/** The `category` bits (0 to 15) at bit `at` as a signed number, F.2.2.1 EXTEND. */
export function numberAt(bits: Uint8Array, at: number, category: number): number {
  if (category === 0) return 0;
  const value = (threeBytes(bits, at) >> (24 - (at & 7) - category)) & ((1 << category) - 1);
  return value < 1 << (category - 1) ? value - (1 << category) + 1 : value;
}

function threeBytes(bits: Uint8Array, at: number): number {
  const p = at >> 3;
  return ((bits[p] ?? 0) << 16) | ((bits[p + 1] ?? 0) << 8) | (bits[p + 2] ?? 0);
}
