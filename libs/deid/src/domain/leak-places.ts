import { constants, gunzipSync, inflateSync } from 'node:zlib';
import type { Dataset, Element, Vr } from '@precedent/dicom';
import { isStamp } from './stamp-tags.ts';
import { streamComments } from './stream-comments.ts';

export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** A finished object as it is searched: texts of known bounds, and stretches in which only long needles mean something. */
export interface Haystack {
  readonly bytes: Buffer;
  /** Values of every element at every depth, group 0002, the preamble, and what lies outside any element. */
  readonly values: readonly Stretch[];
  /** Headers, delimiters, long binary values, the picture: everything else. */
  readonly rest: readonly Stretch[];
  /** What only appears when something is unpacked: base64, deflated parts, UTF-16, comments in compressed frames. */
  readonly unpacked: readonly Buffer[];
}

const BINARY: ReadonlySet<Vr> = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN', 'FL', 'FD', 'US', 'SS', 'UL', 'SL']);
/** A binary value longer than this is a table or a picture, in which short words occur by chance. */
const MAX_TEXT_IN_BINARY = 1024;
/** A preamble has 128 bytes and a mark of four. */
const PREAMBLE = 132;

/** @param output the finished object, read again */
export function haystackOf(output: Dataset): Haystack {
  const leaves = leavesOf(output.elements.filter(({ tag }) => !isStamp(tag)));
  const picture = output.elements.find(({ tag }) => tag >>> 16 === 0x7fe0 && (tag & 0xffff) >= 8);
  const texts = leaves.filter((leaf) => leaf !== picture && !isTable(leaf)).map(stretchOf);
  const tables = leaves.filter((leaf) => leaf !== picture && isTable(leaf)).map(stretchOf);
  const comments = picture === undefined ? [] : streamComments(output, picture);
  const outside = outsideOf(output);
  return {
    bytes: output.bytes,
    values: [...texts, ...output.meta.map(stretchOf), ...outside],
    rest: [{ start: 0, end: output.bytes.length }],
    unpacked: [...comments, ...[...texts, ...outside, ...tables].flatMap((place) => unpack(output.bytes, place))],
  };
}

/** Bytes that belong to no element: software leaves names there, and no rule for elements reaches them. */
function outsideOf({ bytes, elements, end }: Dataset): readonly Stretch[] {
  const last = elements.at(-1)?.end ?? end;
  return [
    { start: 0, end: Math.min(PREAMBLE, bytes.length) },
    { start: Math.max(last, 0), end: bytes.length },
  ].filter((stretch) => stretch.end > stretch.start);
}

function leavesOf(elements: readonly Element[]): Element[] {
  return elements.flatMap((element) =>
    element.items === undefined ? [element] : element.items.flatMap((item) => leavesOf(item.elements)),
  );
}

function isTable({ vr, valueStart, valueEnd }: Element): boolean {
  return BINARY.has(vr) && valueEnd - valueStart > MAX_TEXT_IN_BINARY;
}

function stretchOf({ valueStart, valueEnd }: Element): Stretch {
  return { start: valueStart, end: valueEnd };
}

/** Names in base64 have 8 letters and more, of both cases: what is all capitals or digits is a term or a number. */
const BASE64 = /[A-Za-z0-9+/_-]{8,}={0,2}/g;
const MAX_UNPACKED = 1 << 20;
const MIN_UNPACKED = 8;

function unpack(bytes: Buffer, stretch: Stretch): Buffer[] {
  if (stretch.end - stretch.start < MIN_UNPACKED) return [];
  const signs = signsIn(bytes, stretch);
  if (signs === 0) return [];
  const value = bytes.subarray(stretch.start, stretch.end);
  return [
    ...((signs & WIDE) === 0 ? [] : wideText(value)),
    ...((signs & PACKED) === 0 ? [] : inflatedParts(value)),
    ...((signs & CODED) === 0 ? [] : base64Parts(value)),
  ];
}

const WIDE = 1;
const PACKED = 2;
const CODED = 4;

/** One look at each byte says which of the unpackers may find something: nearly no value needs any. */
function signsIn(bytes: Buffer, { start, end }: Stretch): number {
  let signs = 0;
  let run = 0;
  let capitals = false;
  let small = false;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === 0 && at >= start + 3 && bytes[at - 2] === 0 && isPrintable(bytes[at - 1] ?? 0)) signs |= WIDE;
    if ((byte === 0x78 || byte === 0x1f) && unpackerAt(bytes, at) !== undefined) signs |= PACKED;
    const kind = BASE64_KIND[byte] ?? 0;
    if (kind === 0) {
      run = 0;
      capitals = small = false;
      continue;
    }
    if (kind === CAPITAL) capitals = true;
    if (kind === SMALL) small = true;
    // A line's end may stand within.
    if (kind !== LINE_END && ++run >= MIN_UNPACKED && capitals && small) signs |= CODED;
  }
  return signs;
}

const CAPITAL = 1;
const SMALL = 2;
const LINE_END = 3;
const OTHER = 4;
const BASE64_KIND = Uint8Array.from({ length: 256 }, (_, byte) => {
  const letter = String.fromCharCode(byte);
  if (/[A-Z]/.test(letter)) return CAPITAL;
  if (/[a-z]/.test(letter)) return SMALL;
  if (/[\r\n]/.test(letter)) return LINE_END;
  return /[0-9+/_-]/.test(letter) ? OTHER : 0;
});

/** ASCII in UTF-16 of either order: letters with a zero between, three and more in a row. */
function wideText(value: Buffer): Buffer[] {
  const found: Buffer[] = [];
  let run: number[] = [];
  for (let at = 0; at < value.length; at++) {
    const first = value[at] ?? 0;
    if (isPrintable(first) && value[at + 1] === 0) {
      run.push(first);
      at++;
      continue;
    }
    // In the order with the zero first, the last letter has none behind it; in the other it is no part of the text.
    if (run.length >= 3) found.push(Buffer.from(run), Buffer.from([...run, first]));
    run = [];
  }
  if (run.length >= 3) found.push(Buffer.from(run));
  return found;
}

function isPrintable(byte: number): boolean {
  return byte >= 0x20 && byte <= 0x7e;
}

/** Each of the four ways to begin: in the middle of a longer base64 text the groups of four do not begin with the value. */
function base64Parts(value: Buffer): Buffer[] {
  if (value.length > MAX_UNPACKED) return [];
  const runs = value.toString('latin1').replace(/\r?\n/g, '').match(BASE64) ?? [];
  return runs
    .filter((run) => /[a-z]/.test(run) && /[A-Z]/.test(run))
    .flatMap((run) => [0, 1, 2, 3].map((skip) => Buffer.from(run.slice(skip), 'base64')));
}

/** Zlib (RFC 1950) and gzip (RFC 1952), wherever their mark stands, up to 1 MiB of what they hold. */
function inflatedParts(value: Buffer): Buffer[] {
  const found: Buffer[] = [];
  let tries = 0;
  for (let at = 0; at + 2 < value.length && tries < MAX_TRIES; at++) {
    const unpacker = unpackerAt(value, at);
    if (unpacker === undefined) continue;
    tries++;
    const part = partOf(value.subarray(at), unpacker);
    if (part !== undefined) found.push(part);
  }
  return found;
}

/** A mark of two bytes occurs by chance: trying costs some microseconds each time. */
const MAX_TRIES = 16;

type Unpacker = typeof inflateSync;

function unpackerAt(value: Buffer, at: number): Unpacker | undefined {
  const [first, second = 0] = [value[at], value[at + 1]];
  if (first === 0x78 && ((0x78 << 8) | second) % 31 === 0 && (second & 0x20) === 0) return inflateSync;
  return first === 0x1f && second === 0x8b && value[at + 2] === 8 ? gunzipSync : undefined;
}

function partOf(packed: Buffer, unpacker: Unpacker): Buffer | undefined {
  try {
    return unpacker(packed, { maxOutputLength: MAX_UNPACKED, finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return undefined;
  }
}
