import { bytesOf, findElement, numbersOf } from '@precedent/dicom';
import type { Dataset, Element, Item } from '@precedent/dicom';

/** A look-up table of PS3.3 C.11.1: inputs below `first` take the first entry, above the last one the last. */
export interface LookUpTable {
  readonly first: number;
  readonly bits: number;
  readonly entries: Uint8Array | Uint16Array;
}

interface LookUpTags {
  readonly descriptor: number;
  readonly data: number;
}

export const MODALITY_OR_VOI: LookUpTags = { descriptor: 0x00283002, data: 0x00283006 };

/**
 * @param signedInput whether the first value mapped is signed: its VR may be unknown (implicit) or wrong, so it is read by
 *   what the table is applied to (PS3.3 C.11.1.1.1, C.11.2.1.1).
 * @returns undefined where the table is absent or does not hold the entries that it announces.
 */
export function lookUpTableOf(
  dataset: Dataset,
  holder: Pick<Item, 'elements'>,
  tags: LookUpTags,
  signedInput: boolean,
): LookUpTable | undefined {
  const described = descriptorOf(dataset, holder, tags.descriptor, signedInput);
  const data = findElement(holder, tags.data);
  if (described === undefined || data === undefined) return undefined;
  const entries = entriesOf(dataset, data, described.count, described.bits);
  return entries === undefined ? undefined : { first: described.first, bits: described.bits, entries };
}

export interface LookUpDescriptor {
  readonly count: number;
  readonly first: number;
  readonly bits: number;
}

/** Number of entries (0 means 65,536), first value mapped, bits of an entry. */
export function descriptorOf(
  dataset: Dataset,
  holder: Pick<Item, 'elements'>,
  tag: number,
  signedInput: boolean,
): LookUpDescriptor | undefined {
  const descriptor = findElement(holder, tag);
  if (descriptor === undefined) return undefined;
  const [count = NaN, start = NaN, bits = NaN] = numbersOf(dataset, descriptor).map((value) => value & 0xffff);
  if (!(bits >= 8 && bits <= 16)) return undefined;
  const first = signedInput && start > 0x7fff ? start - 0x10000 : start;
  return { count: count === 0 ? 65536 : count, first, bits };
}

/** Entries of 8 bits come as bytes (in pairs, when they were written as big endian words) or, by many senders, as words. */
function entriesOf(
  dataset: Dataset,
  data: Element,
  length: number,
  bits: number,
): Uint8Array | Uint16Array | undefined {
  const bytes = bytesOf(dataset, data);
  if (bytes.length >= length * 2) return wordsOf(dataset, data).subarray(0, length);
  if (bits === 8 && bytes.length >= length) return bytesIn(dataset, data).subarray(0, length);
  return undefined;
}

/** The value as 16-bit words, in the byte order of the data set. */
export function wordsOf(dataset: Dataset, data: Element): Uint16Array {
  const bytes = bytesOf(dataset, data);
  const { littleEndian } = dataset.encoding;
  return Uint16Array.from({ length: bytes.length >> 1 }, (_, i) =>
    littleEndian ? bytes.readUInt16LE(2 * i) : bytes.readUInt16BE(2 * i),
  );
}

/** The value as bytes; OW of big endian holds them in swapped pairs (PS3.5 8.1.2). */
export function bytesIn(dataset: Dataset, data: Element): Uint8Array {
  const bytes = Uint8Array.from(bytesOf(dataset, data));
  const swapped = !dataset.encoding.littleEndian && data.vr !== 'OB' && bytes.length % 2 === 0;
  return swapped ? Buffer.from(bytes).swap16() : bytes;
}

/** The entry for an input, which is rounded down to a whole number. */
export function lookUp(table: LookUpTable, input: number): number {
  const index = Math.floor(input) - table.first;
  const last = table.entries.length - 1;
  return table.entries[index < 0 ? 0 : index > last ? last : index] ?? 0;
}
