import { lengthBytes } from './edits.ts';

/** How an element is to be encoded. */
export interface Form {
  readonly explicitVr: boolean;
  readonly littleEndian: boolean;
}

export const UNDEFINED = 0xffffffff;
export const LONG_VRS = ['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV'];
export const SHORT_VRS = [
  'AE',
  'AS',
  'AT',
  'CS',
  'DA',
  'DS',
  'DT',
  'FL',
  'FD',
  'IS',
  'LO',
  'LT',
  'PN',
  'SH',
  'SL',
  'SS',
  'ST',
  'TM',
  'UI',
  'UL',
  'US',
];

export function encodeTag(tag: number, littleEndian: boolean): Buffer {
  return Buffer.concat([lengthBytes(tag >>> 16, 2, littleEndian), lengthBytes(tag & 0xffff, 2, littleEndian)]);
}

/** Header of an item or delimiter: they have no VR in any encoding. */
export function encodeMark(tag: number, length: number, { littleEndian }: Form): Buffer {
  return Buffer.concat([encodeTag(tag, littleEndian), lengthBytes(length, 4, littleEndian)]);
}

/** One element of `value`; `length` may lie about it. Written here on its own, so that the product's encoder is no judge of itself. */
export function encodeOne(tag: number, vr: string, value: Buffer, form: Form, length = value.length): Buffer {
  const { explicitVr, littleEndian } = form;
  const head = encodeTag(tag, littleEndian);
  if (!explicitVr) return Buffer.concat([head, lengthBytes(length, 4, littleEndian), value]);
  const letters = Buffer.from(vr, 'latin1');
  if (!LONG_VRS.includes(vr)) return Buffer.concat([head, letters, lengthBytes(length, 2, littleEndian), value]);
  return Buffer.concat([head, letters, Buffer.alloc(2), lengthBytes(length, 4, littleEndian), value]);
}

const ITEM = 0xfffee000;
const ITEM_END = 0xfffee00d;
const SEQUENCE_END = 0xfffee0dd;

/** Sequences in each other, `depth` of them, every length undefined or every length defined. */
export function nested(depth: number, form: Form, undefinedLengths: boolean): Buffer {
  let inner: Buffer = Buffer.alloc(0);
  for (let i = 0; i < depth; i++) {
    const item = undefinedLengths
      ? [encodeMark(ITEM, UNDEFINED, form), inner, encodeMark(ITEM_END, 0, form)]
      : [encodeMark(ITEM, inner.length, form), inner];
    const value = Buffer.concat(undefinedLengths ? [...item, encodeMark(SEQUENCE_END, 0, form)] : item);
    inner = encodeOne(0x00081115, 'SQ', value, form, undefinedLengths ? UNDEFINED : value.length);
  }
  return inner;
}
