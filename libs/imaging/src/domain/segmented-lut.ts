/** Kinds of segment, PS3.3 C.7.9.2. */
const DISCRETE = 0;
const LINEAR = 1;
const INDIRECT = 2;

/** Words of a segmented table: bytes where its entries have 8 bits, 16-bit words otherwise. */
export type SegmentWords = Uint8Array | Uint16Array;

/**
 * Expands the segments of a Segmented Palette Color Lookup Table (PS3.3 C.7.9.2) into exactly `count` entries.
 * @returns undefined where the segments are damaged or give another number of entries; never more work than `count`.
 */
export function expandSegments(words: SegmentWords, count: number): number[] | undefined {
  const entries: number[] = [];
  const end = expand(words, 0, Infinity, entries, count, false);
  return end !== undefined && entries.length === count ? entries : undefined;
}

/** @returns the position behind the last segment; undefined when it is not one. */
function expand(
  words: SegmentWords,
  from: number,
  segments: number,
  entries: number[],
  count: number,
  copied: boolean,
): number | undefined {
  let at = from;
  // A padding byte may follow the last segment: the count says when the table is full.
  for (let done = 0; done < segments && entries.length < count; done++) {
    const next = segment(words, at, entries, count, copied);
    if (next === undefined) return undefined;
    at = next;
  }
  return at;
}

function segment(
  words: SegmentWords,
  at: number,
  entries: number[],
  count: number,
  copied: boolean,
): number | undefined {
  const length = words[at + 1] ?? 0;
  // A table can have no more entries than are asked for, and a segment of none would be copied for ever.
  if (length === 0 || entries.length + length > count) return undefined;
  if (words[at] === DISCRETE) return discrete(words, at + 2, length, entries);
  if (words[at] === LINEAR) return linear(words[at + 2], at + 3, length, entries);
  // Segments that are copied are not indirect themselves (C.7.9.2.3): so there is no way round in circles.
  if (words[at] === INDIRECT && !copied) return indirect(words, at, length, entries, count);
  return undefined;
}

function discrete(words: SegmentWords, from: number, length: number, entries: number[]): number | undefined {
  const end = from + length;
  if (end > words.length) return undefined;
  for (let i = from; i < end; i++) entries.push(words[i] ?? 0);
  return end;
}

/** From the entry before, which is not repeated, to `last`, in equal steps, rounded. */
function linear(last: number | undefined, end: number, length: number, entries: number[]): number | undefined {
  const first = entries.at(-1);
  if (first === undefined || last === undefined) return undefined;
  for (let i = 1; i <= length; i++) entries.push(Math.round(first + ((last - first) * i) / length));
  return end;
}

/** Repeats `length` segments that begin at a byte offset, least significant word first. */
function indirect(
  words: SegmentWords,
  at: number,
  length: number,
  entries: number[],
  count: number,
): number | undefined {
  const size = words.BYTES_PER_ELEMENT;
  const fields = 4 / size;
  if (at + 2 + fields > words.length) return undefined;
  let offset = 0;
  for (let i = fields - 1; i >= 0; i--) offset = offset * 256 ** size + (words[at + 2 + i] ?? 0);
  if (offset % size !== 0 || offset / size >= at) return undefined;
  const copied = expand(words, offset / size, length, entries, count, true);
  return copied === undefined ? undefined : at + 2 + fields;
}
