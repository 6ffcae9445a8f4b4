// A writer of our own: hiding places need encodings that a good writer refuses to make, and the product's writer is no
// judge of itself. PS3.5 section 7 (elements), A.4 (fragments), PS3.10 section 7 (preamble, group 0002).
import { deflateRawSync } from 'node:zlib';
import { encodeMark, encodeOne, UNDEFINED } from '../fuzz/encode.ts';
import type { Form } from '../fuzz/encode.ts';

export interface Node {
  readonly tag: number;
  readonly vr: string;
  readonly value?: Buffer;
  readonly items?: readonly (readonly Node[])[];
  /** Pixel Data in fragments; the first is the Basic Offset Table. */
  readonly fragments?: readonly Buffer[];
  /** Sequences: length undefined and delimiters, or its length. */
  readonly open?: boolean;
  /** Written as UN whatever the VR, its content as implicit VR little endian (PS3.5 6.2.2). */
  readonly asUnknown?: boolean;
}

export const SYNTAX = {
  implicit: '1.2.840.10008.1.2',
  explicit: '1.2.840.10008.1.2.1',
  deflated: '1.2.840.10008.1.2.1.99',
  bigEndian: '1.2.840.10008.1.2.2',
  rle: '1.2.840.10008.1.2.5',
  jpeg: '1.2.840.10008.1.2.4.50',
  jpegLs: '1.2.840.10008.1.2.4.80',
  jpeg2000: '1.2.840.10008.1.2.4.90',
} as const;
export type Syntax = (typeof SYNTAX)[keyof typeof SYNTAX];

const ITEM = 0xfffee000;
const ITEM_END = 0xfffee00d;
const SEQUENCE_END = 0xfffee0dd;
const IMPLICIT: Form = { explicitVr: false, littleEndian: true };
export const EXPLICIT: Form = { explicitVr: true, littleEndian: true };

/** Bytes of numbers as words, turned where the file is big endian. Text is not. */
const WORD_BYTES: Readonly<Record<string, number>> = {
  US: 2,
  SS: 2,
  OW: 2,
  AT: 2,
  UL: 4,
  SL: 4,
  FL: 4,
  OF: 4,
  OL: 4,
  FD: 8,
  OD: 8,
  OV: 8,
  SV: 8,
  UV: 8,
};

function inOrder(value: Buffer, vr: string, { littleEndian }: Form): Buffer {
  const size = WORD_BYTES[vr];
  if (littleEndian || size === undefined || value.length % size !== 0) return value;
  const turned = Buffer.from(value);
  for (let at = 0; at < turned.length; at += size) turned.subarray(at, at + size).reverse();
  return turned;
}

export function encodeNodes(nodes: readonly Node[], form: Form): Buffer {
  return Buffer.concat([...nodes].sort((a, b) => a.tag - b.tag).map((node) => encodeNode(node, form)));
}

function encodeNode(node: Node, form: Form): Buffer {
  if (node.fragments !== undefined) return encodeFragments(node.tag, node.fragments, form);
  if (node.items === undefined) {
    const value = inOrder(node.value ?? Buffer.alloc(0), node.vr, form);
    return encodeOne(node.tag, node.asUnknown === true ? 'UN' : node.vr, value, form);
  }
  const inner = node.asUnknown === true ? IMPLICIT : form;
  const items = node.items.map((item) => encodeItem(item, inner, node.open === true));
  if (node.open !== true) return encodeOne(node.tag, node.asUnknown === true ? 'UN' : 'SQ', Buffer.concat(items), form);
  const head = encodeOne(node.tag, node.asUnknown === true ? 'UN' : 'SQ', Buffer.alloc(0), form, UNDEFINED);
  return Buffer.concat([head, ...items, encodeMark(SEQUENCE_END, 0, inner)]);
}

function encodeItem(nodes: readonly Node[], form: Form, open: boolean): Buffer {
  const content = encodeNodes(nodes, form);
  if (!open) return Buffer.concat([encodeMark(ITEM, content.length, form), content]);
  return Buffer.concat([encodeMark(ITEM, UNDEFINED, form), content, encodeMark(ITEM_END, 0, form)]);
}

function encodeFragments(tag: number, fragments: readonly Buffer[], form: Form): Buffer {
  const head = encodeOne(tag, 'OB', Buffer.alloc(0), form, UNDEFINED);
  const items = fragments.map((one) => Buffer.concat([encodeMark(ITEM, one.length, form), one]));
  return Buffer.concat([head, ...items, encodeMark(SEQUENCE_END, 0, form)]);
}

export interface FileParts {
  readonly nodes: readonly Node[];
  readonly syntax: Syntax;
  readonly sopClass: string;
  readonly sopInstance: string;
  readonly preamble?: Buffer;
  readonly meta?: readonly Node[];
  /** Behind the data set. */
  readonly trailing?: Buffer;
}

export const formOf = (syntax: string): Form => ({
  explicitVr: syntax !== SYNTAX.implicit,
  littleEndian: syntax !== SYNTAX.bigEndian,
});

export function encodeFile({ nodes, syntax, sopClass, sopInstance, preamble, meta = [], trailing }: FileParts): Buffer {
  const data = encodeNodes(nodes, formOf(syntax));
  const body = syntax === SYNTAX.deflated ? evenly(deflateRawSync(data)) : data;
  const group = [
    { tag: 0x00020001, vr: 'OB', value: Buffer.from([0, 1]) },
    uidNode(0x00020002, sopClass),
    uidNode(0x00020003, sopInstance),
    uidNode(0x00020010, syntax),
    uidNode(0x00020012, '1.2.826.0.1.3680043.10.1427.0.1'),
    ...meta,
  ];
  const metaBytes = encodeNodes(group, EXPLICIT);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(metaBytes.length);
  const start = Buffer.concat([
    preamble ?? Buffer.alloc(128),
    Buffer.from('DICM'),
    encodeOne(0x00020000, 'UL', length, EXPLICIT),
  ]);
  return Buffer.concat([start, metaBytes, body, trailing ?? Buffer.alloc(0)]);
}

export function evenly(value: Buffer, padding = 0): Buffer {
  return value.length % 2 === 0 ? value : Buffer.concat([value, Buffer.from([padding])]);
}

export const uidNode = (tag: number, uid: string): Node => ({
  tag,
  vr: 'UI',
  value: evenly(Buffer.from(uid, 'latin1')),
});
