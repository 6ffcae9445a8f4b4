import { damaged } from './failure.ts';

/** Reads the tables of one DQT segment (ISO/IEC 10918-1 B.2.4.1) into `tables` by destination: 64 steps in the order of the code stream. */
export function readQuantisationTables(segment: Uint8Array, tables: Map<number, Uint16Array>): void {
  for (let at = 0; at < segment.length;) {
    const head = segment[at] ?? 0;
    const bytes = head >> 4 === 0 ? 1 : 2;
    const end = at + 1 + 64 * bytes;
    if (end > segment.length) throw damaged('JPEG quantisation table is cut off');
    tables.set(head & 15, stepsFrom(segment.subarray(at + 1, end), bytes));
    at = end;
  }
}

function stepsFrom(table: Uint8Array, bytes: 1 | 2): Uint16Array {
  if (bytes === 1) return Uint16Array.from(table);
  return Uint16Array.from({ length: 64 }, (_, i) => ((table[2 * i] ?? 0) << 8) | (table[2 * i + 1] ?? 0));
}
