import type { Dataset, Element, Item } from '@precedent/dicom';
import { lengthBytes, readLength } from './edits.ts';
import { encodeTag, UNDEFINED } from './encode.ts';

/** What is wrong with a reading of bytes, in a sentence. */
export type Complaint = string | undefined;

interface Here {
  readonly bytes: Buffer;
  readonly explicitVr: boolean;
  readonly littleEndian: boolean;
}

/**
 * Whether a data set accounts for its bytes: from the first to the last each lies in one token (preamble, header, value, item
 * header, delimiter, trailing bytes), and each header says what the ranges say. Reads the headers on its own.
 */
export function complaintOf(dataset: Dataset): Complaint {
  const { bytes, meta, elements, start, end, encoding, findings } = dataset;
  const metaStart = bytes.toString('latin1', 128, 132) === 'DICM' && meta[0]?.start !== 0 ? Math.min(132, start) : 0;
  const trailing = findings.some(({ code }) => code === 'trailing-bytes');
  if (end > bytes.length) return 'the data set ends behind its bytes';
  if (end < bytes.length && !trailing) return `bytes from ${end} on are in no token and in no finding`;
  return (
    levelComplaint(meta, metaStart, start, { bytes, explicitVr: true, littleEndian: true }) ??
    levelComplaint(elements, start, end, { bytes, ...encoding })
  );
}

function levelComplaint(elements: readonly Element[], start: number, end: number, here: Here): Complaint {
  let at = start;
  for (const element of elements) {
    if (element.start !== at) return `a gap or overlap at ${at}: the next element is at ${element.start}`;
    const complaint = elementComplaint(element, here);
    if (complaint !== undefined) return complaint;
    at = element.end;
  }
  return at === end ? undefined : `elements end at ${at}, their place ends at ${end}`;
}

function elementComplaint(element: Element, here: Here): Complaint {
  const { tag, start, valueStart, valueEnd, end, undefinedLength, items, fragments } = element;
  const delimiter = undefinedLength ? 8 : 0;
  if (!here.bytes.subarray(start, start + 4).equals(encodeTag(tag, here.littleEndian)))
    return `another tag stands at ${start}`;
  if (valueStart > valueEnd || end - valueEnd !== delimiter) return `ranges out of order at ${start}`;
  const size = here.explicitVr && valueStart - start === 8 ? 2 : 4;
  const stated = readLength(here.bytes, { at: valueStart - size, size, littleEndian: here.littleEndian });
  if (stated !== (undefinedLength ? UNDEFINED : valueEnd - valueStart)) return `another length stands at ${start}`;
  const inner = element.vr === 'UN' ? { ...here, explicitVr: false, littleEndian: true } : here;
  if (undefinedLength && !isMark(here.bytes, valueEnd, 0xfffee0dd, inner)) return `no delimiter at ${valueEnd}`;
  if (items !== undefined) return itemsComplaint(items, valueStart, valueEnd, inner);
  return fragments === undefined ? undefined : fragmentsComplaint(element, inner);
}

function isMark(bytes: Buffer, at: number, tag: number, { littleEndian }: Here, length = 0): boolean {
  const mark = Buffer.concat([encodeTag(tag, littleEndian), lengthBytes(length, 4, littleEndian)]);
  return bytes.subarray(at, at + 8).equals(mark);
}

function itemsComplaint(items: readonly Item[], start: number, end: number, here: Here): Complaint {
  let at = start;
  for (const item of items) {
    const closed = item.undefinedLength ? item.end - 8 : item.end;
    const length = item.undefinedLength ? UNDEFINED : closed - item.start - 8;
    if (item.start !== at) return `a gap or overlap before the item at ${item.start}`;
    if (!isMark(here.bytes, item.start, 0xfffee000, here, length)) return `no such item header at ${item.start}`;
    if (item.undefinedLength && !isMark(here.bytes, closed, 0xfffee00d, here)) return `no item delimiter at ${closed}`;
    const complaint = levelComplaint(item.elements, item.start + 8, closed, here);
    if (complaint !== undefined) return complaint;
    at = item.end;
  }
  return at === end ? undefined : `items end at ${at}, their sequence at ${end}`;
}

function fragmentsComplaint({ fragments = [], valueStart, valueEnd }: Element, here: Here): Complaint {
  let at = valueStart;
  for (const { start, end } of fragments) {
    if (start !== at + 8 || !isMark(here.bytes, at, 0xfffee000, here, end - start)) return `no such fragment at ${at}`;
    at = end;
  }
  return at === valueEnd ? undefined : `fragments end at ${at}, their element at ${valueEnd}`;
}

/** Tags that stand twice on one level must be named: another reader would see one of them only. */
export function unnamedDuplicate({ elements, findings }: Dataset): Complaint {
  const named = new Set(findings.filter(({ code }) => code === 'duplicate-tag').map(({ tag }) => tag));
  const walk = (level: readonly Element[]): Complaint => {
    const seen = new Set<number>();
    for (const { tag, items = [] } of level) {
      if (seen.has(tag) && !named.has(tag)) return `${tag.toString(16)} stands twice and is not named`;
      seen.add(tag);
      for (const item of items) {
        const complaint = walk(item.elements);
        if (complaint !== undefined) return complaint;
      }
    }
    return undefined;
  };
  return walk(elements);
}
