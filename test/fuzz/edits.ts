import type { LengthField } from './base-object.ts';

/** Bytes [start, end) of a base are replaced; `around` names the lengths that are made to fit again. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly bytes: Buffer;
  readonly around?: readonly LengthField[];
}

/** One mutation: what is done, in words for a report, and to which bytes. */
export interface Mutation {
  readonly note: string;
  readonly edits: readonly Edit[];
}

export function readLength(bytes: Buffer, { at, size, littleEndian }: LengthField): number {
  if (size === 2) return littleEndian ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
  return littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
}

/** A number in the bytes of its field, cut to what it holds. */
export function lengthBytes(value: number, size: 2 | 4, littleEndian: boolean): Buffer {
  const bytes = Buffer.alloc(size);
  const cut = size === 2 ? value & 0xffff : value >>> 0;
  if (littleEndian) bytes.writeUIntLE(cut, 0, size);
  else bytes.writeUIntBE(cut, 0, size);
  return bytes;
}

export function setLength(field: LengthField, value: number): Edit {
  return {
    start: field.at,
    end: field.at + field.size,
    bytes: lengthBytes(value, field.size, field.littleEndian),
  };
}

/**
 * Applies edits that all refer to the base's positions. Where two overlap the earlier one counts.
 * @returns the new bytes, and where position `mark` of the base has gone
 */
export function applyEdits(base: Buffer, edits: readonly Edit[], mark: number): { bytes: Buffer; mark: number } {
  const ordered = withoutOverlaps([...edits, ...fitted(base, edits)]);
  const parts: Buffer[] = [];
  let from = 0;
  let moved = 0;
  for (const { start, end, bytes } of ordered) {
    parts.push(base.subarray(from, start), bytes);
    from = end;
    // What is put in exactly there comes behind it.
    if (end < mark || (end === mark && start < end)) moved += bytes.length - (end - start);
  }
  parts.push(base.subarray(from));
  const bytes = Buffer.concat(parts);
  return { bytes, mark: Math.max(0, Math.min(bytes.length, mark + moved)) };
}

function withoutOverlaps(edits: readonly Edit[]): readonly Edit[] {
  const kept: Edit[] = [];
  const ordered = edits.map((edit, i) => ({ edit, i })).sort((a, b) => a.edit.start - b.edit.start || a.i - b.i);
  for (const { edit } of ordered) if (edit.start >= (kept.at(-1)?.end ?? 0)) kept.push(edit);
  return kept;
}

/** The lengths around what grew or shrank. */
function fitted(base: Buffer, edits: readonly Edit[]): Edit[] {
  const growth = new Map<number, { field: LengthField; by: number }>();
  for (const { start, end, bytes, around } of edits) {
    for (const field of around ?? []) {
      const by = (growth.get(field.at)?.by ?? 0) + bytes.length - (end - start);
      growth.set(field.at, { field, by });
    }
  }
  return [...growth.values()]
    .filter(({ by }) => by !== 0)
    .map(({ field, by }) => setLength(field, readLength(base, field) + by));
}
