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
  const descriptor = findElement(holder, tags.descriptor);
  const data = findElement(holder, tags.data);
  if (descriptor === undefined || data === undefined) return undefined;
  const [count = NaN, start = NaN, bits = NaN] = numbersOf(dataset, descriptor).map((value) => value & 0xffff);
  if (!(bits >= 8 && bits <= 16)) return undefined;
  const length = count === 0 ? 65536 : count;
  const entries = entriesOf(dataset, data, length, bits);
  if (entries === undefined) return undefined;
  return { first: signedInput && start > 0x7fff ? start - 0x10000 : start, bits, entries };
}

/** Entries of 8 bits come as bytes or, by many senders, as words. */
function entriesOf(
  dataset: Dataset,
  data: Element,
  length: number,
  bits: number,
): Uint8Array | Uint16Array | undefined {
  const bytes = bytesOf(dataset, data);
  if (bytes.length >= length * 2) return wordsOf(bytes, length, dataset.encoding.littleEndian);
  if (bits === 8 && bytes.length >= length) return Uint8Array.from(bytes.subarray(0, length));
  return undefined;
}

function wordsOf(bytes: Buffer, length: number, littleEndian: boolean): Uint16Array {
  return Uint16Array.from({ length }, (_, i) => (littleEndian ? bytes.readUInt16LE(2 * i) : bytes.readUInt16BE(2 * i)));
}

/** The entry for an input, which is rounded down to a whole number. */
export function lookUp(table: LookUpTable, input: number): number {
  const index = Math.floor(input) - table.first;
  const last = table.entries.length - 1;
  return table.entries[index < 0 ? 0 : index > last ? last : index] ?? 0;
}
