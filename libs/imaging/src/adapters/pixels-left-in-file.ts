import { readDataset } from '@precedent/dicom';
import { MARK_BYTES, offsetTable, opensStream, pixelElement } from '../domain/pixel-place.ts';
import type { ByteRange, Dataset } from '@precedent/dicom';
import type { Fragment, PixelPlace } from '../domain/pixel-place.ts';

export interface RandomAccess {
  readonly size: number;
  /** Exactly these bytes, or a throw. */
  read(range: ByteRange): Buffer;
}

/** Heads that are searched for the pixels: enhanced objects of 1,000 frames have headers of some MiB. */
const HEAD_BYTES = [1024 ** 2, 16 * 1024 ** 2, 128 * 1024 ** 2];
/** What follows the pixels (signatures, padding) is read whole; real objects have next to nothing there. */
const MAX_TAIL_BYTES = 16 * 1024 ** 2;
/** Pixel tags that a header may hold before its own: icons, and values that look like one. */
const MAX_CANDIDATES = 64;
const MAX_FRAGMENTS = 1_000_000;

const UNDEFINED_LENGTH = 0xffffffff;
const ITEM = 0xe000fffe;
const SEQUENCE_END = 0xe0ddfffe;
const ITEM_HEADER_BYTES = 8;

/**
 * Reads all of an object but its pixels. The place of the pixels is guessed by their tag; then the data set is read without
 * their value, by both readers of `dicom`, and must have its pixel element exactly there, at the top level. So a wrong guess
 * (an icon, a value that looks like a tag) is never believed.
 * @returns undefined where that fails: the object must then be read whole (big endian, deflated, damaged, no pixels).
 */
export function openWithoutPixels(file: RandomAccess): { dataset: Dataset; place: PixelPlace } | undefined {
  for (const bytes of HEAD_BYTES) {
    const head = file.read({ start: 0, end: Math.min(bytes, file.size) });
    const found = searchHead(file, head);
    if (found !== undefined || head.length === file.size) return found;
  }
  return undefined;
}

function searchHead(file: RandomAccess, head: Buffer): { dataset: Dataset; place: PixelPlace } | undefined {
  for (const at of candidates(head)) {
    const pixels = pixelsAt(file, head, at);
    if (pixels === undefined || file.size - pixels.end > MAX_TAIL_BYTES) continue;
    const tail = file.read({ start: pixels.end, end: file.size });
    const outcome = readDataset(Buffer.concat([head.subarray(0, at), pixels.header, tail]));
    if (outcome.kind !== 'read') continue;
    const { dataset } = outcome;
    const { explicitVr, littleEndian, deflated } = dataset.encoding;
    const asGuessed = explicitVr === pixels.explicitVr && littleEndian && !deflated;
    if (asGuessed && pixelElement(dataset)?.start === at) return { dataset, place: pixels.place };
  }
  return undefined;
}

/** Offsets of (7FE0,0010), (7FE0,0008) and (7FE0,0009), little endian, followed by what fits their header. */
function candidates(head: Buffer): readonly number[] {
  const found: number[] = [];
  const group = Buffer.from([0xe0, 0x7f]);
  for (let at = head.indexOf(group); at >= 0 && found.length < MAX_CANDIDATES; at = head.indexOf(group, at + 1)) {
    const isPixels = head[at + 3] === 0 && [0x10, 0x08, 0x09].includes(head[at + 2] ?? 0);
    if (isPixels && at + 12 <= head.length) found.push(at);
  }
  return found;
}

interface Pixels {
  readonly explicitVr: boolean;
  /** The element as the data set is read with: no value, or only the offset table. */
  readonly header: Buffer;
  /** Where in the file the element ends. */
  readonly end: number;
  readonly place: PixelPlace;
}

const PIXEL_VRS: ReadonlySet<string> = new Set(['OB', 'OW', 'OF', 'OD', 'UN']);

function pixelsAt(file: RandomAccess, head: Buffer, at: number): Pixels | undefined {
  const explicitVr = PIXEL_VRS.has(head.toString('latin1', at + 4, at + 6)) && head.readUInt16LE(at + 6) === 0;
  const lengthAt = explicitVr ? at + 8 : at + 4;
  const start = lengthAt + 4;
  const length = head.readUInt32LE(lengthAt);
  if (length === UNDEFINED_LENGTH)
    return explicitVr ? encapsulatedAt(file, head.subarray(at, start), start) : undefined;
  const end = start + length;
  if (end > file.size) return undefined;
  const header = Buffer.concat([head.subarray(at, lengthAt), Buffer.alloc(4)]);
  return { explicitVr, header, end, place: { value: { start, end }, offsets: [] } };
}

function encapsulatedAt(file: RandomAccess, element: Buffer, start: number): Pixels | undefined {
  const items = walkItems(windowed(file), start);
  const table = items?.items[0];
  if (items === undefined || table === undefined || table.end - table.start > MAX_TAIL_BYTES) return undefined;
  const offsets = file.read(table);
  const delimiter = file.read({ start: items.end - ITEM_HEADER_BYTES, end: items.end });
  const header = Buffer.concat([element, file.read({ start, end: table.end }), delimiter]);
  const value = { start, end: items.end - ITEM_HEADER_BYTES };
  const place = { value, fragments: items.items.slice(1), offsets: offsetTable(offsets) };
  return { explicitVr: true, header, end: items.end, place };
}

/** Item headers from `start` to the sequence delimiter (PS3.5 A.4); undefined where anything else comes between. */
function walkItems(file: RandomAccess, start: number): { items: Fragment[]; end: number } | undefined {
  const items: Fragment[] = [];
  for (let at = start; at + ITEM_HEADER_BYTES <= file.size && items.length <= MAX_FRAGMENTS;) {
    const bytes = file.read({ start: at, end: Math.min(file.size, at + ITEM_HEADER_BYTES + MARK_BYTES) });
    const tag = bytes.readUInt32LE(0);
    const length = bytes.readUInt32LE(4);
    const value = at + ITEM_HEADER_BYTES;
    if (tag === SEQUENCE_END && length === 0) return { items, end: value };
    if (tag !== ITEM || value + length > file.size) return undefined;
    const mark = bytes.subarray(ITEM_HEADER_BYTES, ITEM_HEADER_BYTES + Math.min(length, MARK_BYTES));
    items.push({ start: value, end: value + length, opensStream: opensStream(mark) });
    at = value + length;
  }
  return undefined;
}

/** Bytes of a window that is read at once: short fragments do not cost a read each. */
const WINDOW_BYTES = 16 * 1024;

function windowed(file: RandomAccess): RandomAccess {
  let start = 0;
  let window: Buffer = Buffer.alloc(0);
  const read = (range: ByteRange): Buffer => {
    if (range.start < start || range.end > start + window.length) {
      start = range.start;
      window = file.read({ start, end: Math.min(file.size, Math.max(range.end, start + WINDOW_BYTES)) });
    }
    return window.subarray(range.start - start, range.end - start);
  };
  return { size: file.size, read };
}
