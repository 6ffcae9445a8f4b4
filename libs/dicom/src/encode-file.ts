import { deflateDataset } from './adapters/inflate.ts';
import { encodeElements } from './encode-element.ts';
import type { Layout } from './domain/layout.ts';
import { uint32 } from './domain/layout.ts';
import { PREAMBLE_BYTES, trimUid } from './domain/part10.ts';
import type { NewElement } from './domain/rewrite-types.ts';
import { TAG } from './domain/tags.ts';
import type { TransferSyntax } from './domain/transfer-syntaxes.ts';

/** Ours, made once from a random UUID (PS3.5 B.2); says which software wrote group 0002. */
export const IMPLEMENTATION_CLASS_UID = '2.25.34380985080641168325779323921003984797';
export const IMPLEMENTATION_VERSION_NAME = 'PRECEDENT_0_1';

const META_LAYOUT: Layout = { explicitVr: true, littleEndian: true };
const META_VERSION = Buffer.from([0, 1]);

/** Values of the new group 0002; whatever else stood there (source AE titles, private information) is not carried over. */
export interface MetaValues {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
}

/** @returns a Part 10 file (PS3.10 7.1): a preamble of zeros, a new group 0002, the data set, deflated where asked. */
export function encodeFile(chunks: readonly Buffer[], syntax: TransferSyntax, values: MetaValues): Buffer {
  const head = encodeFileHead(syntax, values);
  if (!syntax.encoding.deflated) return Buffer.concat([head, ...chunks]);
  return Buffer.concat([head, deflateDataset(Buffer.concat(chunks))]);
}

/** @returns what stands before the data set of a Part 10 file: a preamble of zeros, `DICM`, a new group 0002. */
export function encodeFileHead(syntax: TransferSyntax, values: MetaValues): Buffer {
  const meta: NewElement[] = [
    { tag: 0x00020001, value: { bytes: META_VERSION } },
    { tag: TAG.MediaStorageSopClassUid, value: { bytes: latin1(values.sopClassUid) } },
    { tag: 0x00020003, value: { bytes: latin1(values.sopInstanceUid) } },
    { tag: TAG.TransferSyntaxUid, value: { text: syntax.uid } },
    { tag: 0x00020012, value: { text: IMPLEMENTATION_CLASS_UID } },
    { tag: 0x00020013, value: { text: IMPLEMENTATION_VERSION_NAME } },
  ];
  const target = { layout: META_LAYOUT, encapsulated: false, charsets: [] };
  const group = Buffer.concat(encodeElements(meta, target));
  const length: NewElement = { tag: TAG.MetaGroupLength, value: { bytes: uint32(group.length, META_LAYOUT) } };
  // A preamble may hold another file, executable or TIFF: nothing of it is kept.
  const preamble = Buffer.alloc(PREAMBLE_BYTES);
  preamble.write('DICM', 128, 'latin1');
  return Buffer.concat([preamble, ...encodeElements([length], target), group]);
}

/** A source's UID may hold anything; group 0002 says what the data set says, and whether it is a UID is not judged here. */
function latin1(uid: string): Buffer {
  return Buffer.from(uid, 'latin1');
}

/** @returns a UID from encoded bytes. */
export function uidOf(bytes: Buffer): string {
  return trimUid(bytes.toString('latin1'));
}
