// A reader of our own, for what the product wrote: it must not be the product's reader that says the output is clean.
import { inflateRawSync } from 'node:zlib';
import { LONG_VRS } from '../fuzz/encode.ts';
import type { Form } from '../fuzz/encode.ts';
import { EXPLICIT, formOf, SYNTAX } from './dataset.ts';
import { vrOf } from './facts.ts';

export interface Found {
  /** `00081140[0].00081155`. */
  readonly path: string;
  readonly tag: number;
  readonly vr: string;
  /** The value, or undefined for a sequence. */
  readonly value: Buffer | undefined;
  /** Items of a sequence, or fragments. */
  readonly count: number;
  /** Fragments of Pixel Data behind the Basic Offset Table. */
  readonly fragments?: readonly Buffer[];
}

export interface ReadFile {
  readonly syntax: string;
  /** Elements in order, those of group 0002 first, sequences before what is in them. */
  readonly elements: readonly Found[];
  readonly byPath: ReadonlyMap<string, Found>;
  /** All bytes that a reader can come to: the file, and the data set once more where it was deflated. */
  readonly carriers: readonly Buffer[];
}

const DELIMITERS = new Set([0xfffee00d, 0xfffee0dd]);
const ITEM = 0xfffee000;
const UNDEFINED = 0xffffffff;
const HEAD = 132;

interface Cursor {
  readonly bytes: Buffer;
  readonly form: Form;
  readonly out: Found[];
  at: number;
}

interface Header {
  readonly tag: number;
  readonly vr: string;
  readonly length: number;
}

/**
 * @param asFarAsPossible for sources, behind whose data set bytes may be planted that are no element
 * @throws Error where the bytes are no DICOM file of the syntaxes that are generated here
 */
export function readFile(file: Buffer, asFarAsPossible = false): ReadFile {
  if (file.toString('latin1', 128, HEAD) !== 'DICM') throw new Error('no Part 10 file');
  const out: Found[] = [];
  const meta: Cursor = { bytes: file, form: EXPLICIT, out, at: HEAD };
  while (meta.at + 8 <= file.length && file.readUInt16LE(meta.at) === 2) readElement(meta, '');
  const syntax = textOf(out.find(({ tag }) => tag === 0x00020010)?.value);
  const rest = file.subarray(meta.at);
  const body = syntax === SYNTAX.deflated ? inflateRawSync(rest) : rest;
  const cursor: Cursor = { bytes: body, form: formOf(syntax), out, at: 0 };
  readAll(cursor, asFarAsPossible);
  const carriers = syntax === SYNTAX.deflated ? [file, body] : [file];
  return { syntax, elements: out, byPath: new Map(out.map((one) => [one.path, one])), carriers };
}

function readAll(cursor: Cursor, asFarAsPossible: boolean): void {
  try {
    while (cursor.at + 8 <= cursor.bytes.length) readElement(cursor, '');
  } catch (error) {
    if (!asFarAsPossible) throw error;
  }
}

export const textOf = (value: Buffer | undefined): string =>
  (value ?? Buffer.alloc(0)).toString('latin1').replace(/[\0 ]+$/, '');

function readHeader(cursor: Cursor): Header {
  const { bytes, form } = cursor;
  const u16 = (at: number): number => (form.littleEndian ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const u32 = (at: number): number => (form.littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const tag = u16(cursor.at) * 0x10000 + u16(cursor.at + 2);
  if (tag >>> 16 === 0xfffe || !form.explicitVr) {
    const length = u32(cursor.at + 4);
    cursor.at += 8;
    return { tag, vr: tag >>> 16 === 0xfffe ? '' : vrOf(tag), length };
  }
  const vr = bytes.toString('latin1', cursor.at + 4, cursor.at + 6);
  const long = LONG_VRS.includes(vr);
  const length = long ? u32(cursor.at + 8) : u16(cursor.at + 6);
  cursor.at += long ? 12 : 8;
  return { tag, vr, length };
}

export const hex = (tag: number): string => tag.toString(16).padStart(8, '0');

function readElement(cursor: Cursor, prefix: string): void {
  const { tag, vr, length } = readHeader(cursor);
  const path = prefix + hex(tag);
  const end = cursor.at + length;
  if (length !== UNDEFINED && end > cursor.bytes.length) throw new Error(`${path} is longer than the file`);
  if (vr === 'SQ' || (length === UNDEFINED && tag !== 0x7fe00010)) {
    const form = vr === 'UN' ? { explicitVr: false, littleEndian: true } : cursor.form;
    cursor.out.push({ path, tag, vr: 'SQ', value: undefined, count: 0 });
    const at = cursor.out.length - 1;
    const inner: Cursor = { ...cursor, form };
    const count = readItems(inner, length === UNDEFINED ? cursor.bytes.length : end, path);
    cursor.at = inner.at;
    cursor.out[at] = { path, tag, vr: 'SQ', value: undefined, count };
    return;
  }
  if (length === UNDEFINED) {
    readFragments(cursor, path, tag);
    return;
  }
  if (vr !== 'UN' || !readHiddenItems(cursor, path, tag, end))
    cursor.out.push({ path, tag, vr, value: cursor.bytes.subarray(cursor.at, end), count: 0 });
  cursor.at = end;
}

/** UN of defined length that is a sequence: items from first byte to last, in implicit VR (PS3.5 6.2.2). */
function readHiddenItems(cursor: Cursor, path: string, tag: number, end: number): boolean {
  if (end - cursor.at < 8 || cursor.bytes.readUInt32LE(cursor.at) !== 0xe000fffe) return false;
  const out: Found[] = [];
  const bytes = cursor.bytes.subarray(0, end);
  try {
    const count = readItems({ ...cursor, bytes, out, form: { explicitVr: false, littleEndian: true } }, end, path);
    cursor.out.push({ path, tag, vr: 'SQ', value: undefined, count }, ...out);
    return true;
  } catch {
    return false;
  }
}

function readItems(cursor: Cursor, end: number, path: string): number {
  let count = 0;
  while (cursor.at < end) {
    const { tag, length } = readHeader(cursor);
    if (DELIMITERS.has(tag)) break;
    if (tag !== ITEM) throw new Error(`${path} holds something that is no item`);
    const itemEnd = length === UNDEFINED ? cursor.bytes.length : cursor.at + length;
    while (cursor.at < itemEnd) {
      if (length === UNDEFINED && isDelimiter(cursor)) {
        cursor.at += 8;
        break;
      }
      readElement(cursor, `${path}[${count}].`);
    }
    count += 1;
  }
  return count;
}

function isDelimiter({ bytes, at, form }: Cursor): boolean {
  const group = form.littleEndian ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
  const element = form.littleEndian ? bytes.readUInt16LE(at + 2) : bytes.readUInt16BE(at + 2);
  return DELIMITERS.has(group * 0x10000 + element);
}

function readFragments(cursor: Cursor, path: string, tag: number): void {
  const fragments: Buffer[] = [];
  for (;;) {
    const { tag: mark, length } = readHeader(cursor);
    if (mark !== ITEM) break;
    fragments.push(cursor.bytes.subarray(cursor.at, cursor.at + length));
    cursor.at += length;
  }
  cursor.out.push({
    path,
    tag,
    vr: 'OB',
    value: Buffer.concat(fragments.slice(1)),
    count: fragments.length,
    fragments: fragments.slice(1),
  });
}
