import { entropyIntervals } from './entropy-intervals.ts';
import { damaged } from './failure.ts';
import { readHuffmanTables } from './huffman.ts';
import { headerSegments } from './jpeg-stream.ts';
import type { HuffmanTable } from './huffman.ts';
import type { JpegHeader } from './jpeg-stream.ts';

const DHT = 0xc4;
const AC_CLASS = 0x10;

/**
 * Reads the codes of a sequential grey JPEG (ISO/IEC 10918-1 F.2) without making pixels of them, and throws when they end
 * before the last block. For the 12-bit decoder, which paints grey over what is missing and reports success.
 */
export function checkAllBlocks(stream: Uint8Array, header: JpegHeader): void {
  const segments = headerSegments(stream);
  const tables = new Map<number, HuffmanTable>();
  for (const { marker, start, end } of segments) {
    if (marker === DHT) readHuffmanTables(stream.subarray(start, end), tables);
  }
  const scan = segments.at(-1);
  const choice = stream[(scan?.start ?? 0) + 2] ?? 0;
  const dc = tables.get(choice >> 4);
  const ac = tables.get(AC_CLASS | (choice & 15));
  if (scan === undefined || dc === undefined || ac === undefined) throw damaged('JPEG scan header is damaged');
  const blocks = Math.ceil(header.rows / 8) * Math.ceil(header.columns / 8);
  const counted = entropyIntervals(stream, scan.end).reduce((sum, bits) => sum + countBlocks(bits, dc, ac, blocks), 0);
  if (counted < blocks) throw damaged('JPEG stream ends before the picture does');
}

function countBlocks(bits: Uint8Array, dc: HuffmanTable, ac: HuffmanTable, most: number): number {
  let at = 0;
  for (let count = 0; count < most; count++) {
    at = endOfBlock(bits, at, dc, ac);
    if (at > bits.length * 8) return count;
  }
  return most;
}

/** Position behind one block: a DC difference, then AC coefficients up to the 63rd or End of Block. */
function endOfBlock(bits: Uint8Array, from: number, dc: HuffmanTable, ac: HuffmanTable): number {
  const first = codeAt(bits, from, dc);
  let at = from + (first >> 8) + (first & 0xff);
  for (let k = 1; k < 64; k++) {
    const code = codeAt(bits, at, ac);
    const size = code & 15;
    at += (code >> 8) + size;
    if (size === 0 && (code & 0xf0) !== 0xf0) break;
    k += (code & 0xf0) >> 4;
  }
  return at;
}

function codeAt(bits: Uint8Array, at: number, table: HuffmanTable): number {
  const p = at >> 3;
  const next = ((bits[p] ?? 0) << 16) | ((bits[p + 1] ?? 0) << 8) | (bits[p + 2] ?? 0);
  const code = table[(next >> (8 - (at & 7))) & 0xffff] ?? 0;
  if (code === 0) throw damaged('JPEG stream holds a code that is in no table');
  return code;
}
