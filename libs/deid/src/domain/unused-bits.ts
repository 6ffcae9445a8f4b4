/** How a sample lies in its cell (PS3.5 8.1.1). */
export interface SampleCell {
  /** Bits Allocated, Bits Stored, High Bit. */
  readonly allocated: number;
  readonly stored: number;
  readonly high: number;
  readonly signed: boolean;
  readonly littleEndian: boolean;
}

/**
 * Clears the bits of native samples that are no part of their value: old devices keep overlays there (retired, PS3.5 8.1.2),
 * and anything else would pass unseen. Above a signed value its sign may go on.
 * @returns a copy with the bits cleared, or undefined when there is nothing to clear or cells are no whole bytes
 */
export function clearUnusedBits(bytes: Buffer, cell: SampleCell): Buffer | undefined {
  const { allocated, stored, high } = cell;
  if (allocated !== 8 && allocated !== 16) return undefined;
  if (stored < 1 || stored >= allocated || high >= allocated || high + 1 < stored) return undefined;
  const size = allocated / 8;
  const clean = cleanValues(cell);
  let copy: Buffer | undefined;
  for (let at = 0; at + size <= bytes.length; at += size) {
    const value = readCell(bytes, at, cell);
    const wanted = clean[value] ?? 0;
    if (wanted !== value) writeCell((copy ??= Buffer.from(bytes)), at, wanted, cell);
  }
  return copy;
}

let lastMade: { readonly key: string; readonly values: Uint16Array } | undefined;

/** The images of a study have one cell: its table is made once. */
function cleanValues(cell: SampleCell): Uint16Array {
  const key = `${cell.allocated} ${cell.stored} ${cell.high} ${cell.signed}`;
  if (lastMade?.key !== key) lastMade = { key, values: makeCleanValues(cell) };
  return lastMade.values;
}

/** For every content of a cell what it should be: one look-up a sample. */
function makeCleanValues({ allocated, stored, high, signed }: SampleCell): Uint16Array {
  const below = high + 1 - stored;
  const inside = ((1 << stored) - 1) << below;
  const above = ((1 << allocated) - 1) & ~((1 << (high + 1)) - 1);
  return Uint16Array.from({ length: 1 << allocated }, (_, value) => {
    const negative = signed && (value & (1 << high)) !== 0;
    const extended = negative && (value & above) === above;
    return (value & inside) | (extended ? above : 0);
  });
}

function readCell(bytes: Buffer, at: number, { allocated, littleEndian }: SampleCell): number {
  const first = bytes[at] ?? 0;
  if (allocated === 8) return first;
  const second = bytes[at + 1] ?? 0;
  return littleEndian ? first | (second << 8) : (first << 8) | second;
}

function writeCell(bytes: Buffer, at: number, value: number, { allocated, littleEndian }: SampleCell): void {
  if (allocated === 8) bytes[at] = value;
  else if (littleEndian) bytes.writeUInt16LE(value, at);
  else bytes.writeUInt16BE(value, at);
}
