// Real: both readers, zlib. Inputs are made by hand from PS3.5, not by the room's writer. Nothing is fake.
import { deflateRawSync } from 'node:zlib';

import { describe, expect, it } from '@jest/globals';

import { bytesOf, findElement } from './accessors.ts';
import {
  explicit,
  findingCodes,
  implicit,
  ITEM,
  ITEM_END,
  le16,
  le32,
  mustRead,
  part10,
  SEQUENCE_END,
  UNDEFINED,
} from './hand-made.testkit.ts';
import { readDataset } from './read-dataset.ts';
import type { ReadLimits, ReadOutcome } from './domain/types.ts';

const UID_BIG = explicit(0x00080018, 'UI', '1.2.3\0', undefined, true);
const NAME = explicit(0x00100010, 'PN', 'DOE^JANE');
const ID = explicit(0x00100020, 'LO', 'A1');
const UID = explicit(0x00080018, 'UI', '1.2.3\0');
const PIXELS = explicit(0x7fe00010, 'OW', Buffer.alloc(8, 7));

function rejection(bytes: Buffer, limits: Partial<ReadLimits> = {}): { reason: string; offset: number } {
  const outcome: ReadOutcome = readDataset(bytes, limits);
  if (outcome.kind === 'read') throw new Error('read, although it should not be');
  return { reason: outcome.reason, offset: outcome.offset };
}

describe('reading what the standard allows', () => {
  it('gives ranges, not copies', () => {
    const file = part10(Buffer.concat([UID, NAME, PIXELS]));
    const dataset = mustRead(file);
    const pixels = bytesOf(dataset, findElement(dataset, 0x7fe00010)!);
    expect(dataset.bytes).toBe(file);
    expect(pixels.buffer).toBe(file.buffer);
    expect(dataset.findings).toEqual([]);
  });

  it.each(['OV', 'SV', 'UV'])('%s, which the second reader cannot read, is read and still checked by it', (vr) => {
    const dataset = mustRead(part10(Buffer.concat([UID, explicit(0x7fe00001, vr, Buffer.alloc(16, 1)), PIXELS])));
    expect(dataset.elements.map((element) => element.vr)).toEqual(['UI', vr, 'OW']);
    expect(dataset.elements[1]!.valueEnd - dataset.elements[1]!.valueStart).toBe(16);
  });

  it('OV inside a sequence as well', () => {
    const item = implicit(ITEM, explicit(0x7fe00001, 'OV', Buffer.alloc(8)));
    expect(mustRead(part10(explicit(0x00089121, 'SQ', item))).elements[0]!.items).toHaveLength(1);
  });

  it('UN of undefined length holds implicit VR items (PS3.5 6.2.2)', () => {
    const inner = Buffer.concat([implicit(0x00100010, 'DOE^JANE'), implicit(0x00101010, '042Y')]);
    const value = Buffer.concat([implicit(ITEM, inner, UNDEFINED), ITEM_END, SEQUENCE_END]);
    const dataset = mustRead(part10(Buffer.concat([UID, explicit(0x00091001, 'UN', value, UNDEFINED), PIXELS])));
    const sequence = dataset.elements[1]!;
    expect(sequence.vr).toBe('UN');
    expect(sequence.items![0]!.elements.map(({ tag, vr }) => [tag, vr])).toEqual([
      [0x00100010, 'PN'],
      [0x00101010, 'AS'],
    ]);
    expect(bytesOf(dataset, sequence.items![0]!.elements[0]!).toString()).toBe('DOE^JANE');
  });

  it('sequences and items of defined and undefined length, nested', () => {
    const leaf = explicit(0x00080100, 'SH', 'T-D1');
    const inner = explicit(
      0x00082218,
      'SQ',
      Buffer.concat([implicit(ITEM, leaf, UNDEFINED), ITEM_END, SEQUENCE_END]),
      UNDEFINED,
    );
    const outer = explicit(0x00400275, 'SQ', Buffer.concat([implicit(ITEM, inner), implicit(ITEM, '')]));
    const dataset = mustRead(part10(outer));
    expect(dataset.elements[0]!.items!.map((item) => item.undefinedLength)).toEqual([false, false]);
    expect(dataset.elements[0]!.items![0]!.elements[0]!.items![0]!.undefinedLength).toBe(true);
  });

  it('fragments of encapsulated Pixel Data, the Basic Offset Table first', () => {
    const value = Buffer.concat([implicit(ITEM, ''), implicit(ITEM, 'abcd'), implicit(ITEM, 'ef'), SEQUENCE_END]);
    const file = part10(explicit(0x7fe00010, 'OB', value, UNDEFINED), '1.2.840.10008.1.2.4.90');
    const dataset = mustRead(file);
    const texts = dataset.elements[0]!.fragments!.map(({ start, end }) => file.toString('latin1', start, end));
    expect(texts).toEqual(['', 'abcd', 'ef']);
  });

  it('big endian', () => {
    const rows = explicit(0x00280010, 'US', Buffer.from([2, 0]), undefined, true);
    const dataset = mustRead(part10(rows, '1.2.840.10008.1.2.2'));
    expect(dataset.elements[0]).toMatchObject({ tag: 0x00280010, vr: 'US' });
  });

  it('deflated: ranges point into the inflated bytes', () => {
    const dataset = mustRead(part10(deflateRawSync(Buffer.concat([UID, NAME])), '1.2.840.10008.1.2.1.99'));
    expect(bytesOf(dataset, dataset.elements[1]!).toString()).toBe('DOE^JANE');
    expect(dataset.encoding.deflated).toBe(true);
  });

  it('an implicit VR "US or SS" follows Pixel Representation, also where it stands before it', () => {
    const elements = [
      implicit(0x00189810, Buffer.from([0xff, 0xff])),
      implicit(0x00280103, Buffer.from([1, 0])),
      implicit(0x00280106, Buffer.from([0xfe, 0xff])),
    ];
    const dataset = mustRead(part10(Buffer.concat(elements), '1.2.840.10008.1.2'));
    expect(dataset.elements.map((element) => element.vr)).toEqual(['SS', 'US', 'SS']);
  });

  const item = implicit(ITEM, Buffer.concat([implicit(0x00100010, 'DOE^JANE'), implicit(0x00101010, '042Y')]));
  const open = Buffer.concat([implicit(ITEM, implicit(0x00100010, 'DOE^JANE'), UNDEFINED), ITEM_END]);
  const deep = implicit(ITEM, implicit(0x00091002, Buffer.concat([item, open])));

  it.each([
    ['implicit VR, private', '1.2.840.10008.1.2', implicit(0x00080018, '1.2\0'), implicit(0x00091001, deep)],
    ['implicit VR, unknown', '1.2.840.10008.1.2', implicit(0x00080018, '1.2\0'), implicit(0x00101112, deep)],
    ['explicit VR, private', '1.2.840.10008.1.2.1', UID, explicit(0x00091001, 'UN', deep)],
    ['explicit VR, known', '1.2.840.10008.1.2.1', UID, explicit(0x00400275, 'UN', deep)],
    ['big endian', '1.2.840.10008.1.2.2', UID_BIG, explicit(0x00091001, 'UN', deep, undefined, true)],
  ])('UN of defined length that is items all through is a sequence (CP-246): %s', (_, syntax, first, sequence) => {
    const dataset = mustRead(part10(Buffer.concat([first, sequence]), syntax));
    const outer = dataset.elements[1]!;
    expect(outer).toMatchObject({ vr: 'UN', undefinedLength: false });
    const inner = outer.items![0]!.elements[0]!;
    expect(inner.items!.map(({ undefinedLength }) => undefinedLength)).toEqual([false, true]);
    const names = inner.items!.map(({ elements }) => bytesOf(dataset, elements[0]!).toString());
    expect(names).toEqual(['DOE^JANE', 'DOE^JANE']);
    expect(dataset.findings).toEqual([]);
  });

  it.each([
    ['bytes after the items', Buffer.concat([item, Buffer.from('more')])],
    ['an item that is longer', implicit(ITEM, 'ab', 100)],
    ['explicit VR inside', implicit(ITEM, NAME)],
    ['an element cut short', implicit(ITEM, Buffer.concat([implicit(0x00100010, 'DOE^JANE', 9)]))],
    ['zeros in the item', implicit(ITEM, Buffer.alloc(8))],
    ['less than an item', Buffer.from([0xfe, 0xff, 0x00, 0xe0])],
  ])('UN whose content is no sequence stays opaque, without a finding: %s', (_, value) => {
    const dataset = mustRead(part10(Buffer.concat([UID, explicit(0x00091001, 'UN', value), PIXELS])));
    expect(dataset.elements[1]).toMatchObject({ vr: 'UN' });
    expect(dataset.elements[1]!.items).toBeUndefined();
    expect(dataset.findings).toEqual([]);
  });

  it('opaque inside a sequence: what is around it is read all the same', () => {
    const broken = implicit(0x00091002, Buffer.concat([item, Buffer.from('more')]));
    const dataset = mustRead(part10(explicit(0x00091001, 'UN', implicit(ITEM, broken))));
    expect(dataset.elements[0]!.items![0]!.elements[0]!.items).toBeUndefined();
  });

  it('UN of an attribute that is text in the standard is text, whatever it begins with', () => {
    const dataset = mustRead(part10(explicit(0x00104000, 'UN', item)));
    expect(dataset.elements[0]!.items).toBeUndefined();
  });
});

describe('bare data sets', () => {
  it.each([
    ['explicit little endian', Buffer.concat([UID, NAME]), '1.2.840.10008.1.2.1'],
    ['implicit little endian', implicit(0x00080018, '1.2.3\0'), '1.2.840.10008.1.2'],
    ['explicit big endian', explicit(0x00080018, 'UI', '1.2.3\0', undefined, true), '1.2.840.10008.1.2.2'],
  ])('%s is inferred and named as findings', (_, bytes, syntax) => {
    const dataset = mustRead(bytes);
    expect(dataset.transferSyntax).toBe(syntax);
    expect(findingCodes(dataset)).toEqual(['no-preamble', 'no-meta']);
  });

  it('group 0002 without preamble', () => {
    const dataset = mustRead(part10(UID).subarray(132));
    expect(dataset.meta).toHaveLength(2);
    expect(findingCodes(dataset)).toEqual(['no-preamble']);
  });

  it('a preamble without group 0002', () => {
    expect(findingCodes(mustRead(Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), UID])))).toEqual(['no-meta']);
  });
});

describe('findings', () => {
  it('a duplicate tag, which would hide the first value from a reader that keeps one per tag', () => {
    const dataset = mustRead(part10(Buffer.concat([UID, NAME, ID, explicit(0x00100010, 'PN', 'HIDDEN'), ID])));
    expect(dataset.findings.map(({ code, tag }) => [code, tag])).toEqual([
      ['duplicate-tag', 0x00100010],
      ['duplicate-tag', 0x00100020],
    ]);
    expect(dataset.elements).toHaveLength(5);
  });

  it('a duplicate tag inside an item', () => {
    const item = implicit(ITEM, Buffer.concat([NAME, NAME]));
    expect(findingCodes(mustRead(part10(explicit(0x00400275, 'SQ', item))))).toEqual(['duplicate-tag']);
  });

  it('a descending tag', () => {
    expect(findingCodes(mustRead(part10(Buffer.concat([NAME, UID]))))).toEqual(['descending-tag']);
  });

  it('an odd length, a group length, an unknown VR, a wrong meta length', () => {
    const odd = explicit(0x00100010, 'PN', 'ODD');
    const group = explicit(0x00100000, 'UL', le32(4));
    const file = part10(Buffer.concat([group, odd, explicit(0x00100020, 'ZZ', 'A1')]));
    file.writeUInt32LE(8, 140);
    expect(findingCodes(mustRead(file))).toEqual(['length-mismatch', 'group-length', 'odd-length', 'unknown-vr']);
  });

  it.each([
    ['trailing padding', explicit(0xfffcfffc, 'OB', Buffer.alloc(64))],
    ['text after Pixel Data', Buffer.from('PATIENT NAME: DOE^JANE, BORN 1970')],
    ['fewer bytes than a header', Buffer.from('xyz')],
    ['zeros', Buffer.alloc(500)],
    ['a stray delimiter', SEQUENCE_END],
    ['something like an element that does not fit', explicit(0x00100010, 'PN', 'X', 9000)],
  ])('%s after Pixel Data lies outside the data set', (_, garbage) => {
    const clean = part10(Buffer.concat([UID, PIXELS]));
    const dataset = mustRead(Buffer.concat([clean, garbage]));
    expect(dataset.findings).toEqual([{ code: 'trailing-bytes', offset: clean.length }]);
    expect(dataset.end).toBe(clean.length);
    expect(dataset.elements).toHaveLength(2);
  });

  it('bytes after a deflated data set', () => {
    const file = part10(deflateRawSync(UID), '1.2.840.10008.1.2.1.99');
    expect(findingCodes(mustRead(Buffer.concat([file, Buffer.from('DOE^JANE')])))).toEqual(['trailing-bytes']);
  });
});

describe('rejections', () => {
  it('empty: no bytes, or no data set', () => {
    expect(rejection(Buffer.alloc(0))).toEqual({ reason: 'empty', offset: 0 });
    expect(rejection(part10(Buffer.alloc(0))).reason).toBe('empty');
  });

  it.each(['%PDF-1.7 and so on, long enough', '{"json": true, "and": "more"}', '\x89PNG\r\n\x1a\n0000000000000000'])(
    'not-dicom: %j',
    (text) => {
      expect(rejection(Buffer.from(text, 'latin1'))).toEqual({ reason: 'not-dicom', offset: 0 });
    },
  );

  it('truncated at every byte inside an element, with the offset of where it failed', () => {
    const file = part10(Buffer.concat([UID, NAME, PIXELS]));
    const boundaries = new Set(mustRead(file).elements.flatMap(({ start, end }) => [start, end]));
    for (let length = mustRead(file).start + 1; length < file.length; length++) {
      if (boundaries.has(length)) continue;
      expect(rejection(file.subarray(0, length)).reason).toBe('truncated');
    }
  });

  it('truncated: zeros in the place of what was not received', () => {
    expect(rejection(part10(Buffer.concat([UID, Buffer.alloc(4000)]))).reason).toBe('malformed');
  });

  it('truncated: no delimiter at the end of fragments or of a sequence', () => {
    const value = Buffer.concat([implicit(ITEM, ''), implicit(ITEM, 'abcd')]);
    const file = part10(explicit(0x7fe00010, 'OB', value, UNDEFINED), '1.2.840.10008.1.2.4.90');
    expect(rejection(file)).toEqual({ reason: 'truncated', offset: file.length });
    expect(rejection(part10(explicit(0x00400275, 'SQ', implicit(ITEM, NAME), UNDEFINED))).reason).toBe('truncated');
  });

  it.each([
    ['an element that leaves its item', explicit(0x00400275, 'SQ', Buffer.concat([implicit(ITEM, NAME, 10), ID]))],
    ['an item that leaves its sequence', explicit(0x00400275, 'SQ', implicit(ITEM, NAME), 20)],
    ['something else than an item in a sequence', explicit(0x00400275, 'SQ', NAME)],
    ['a delimiter with a length', explicit(0x00400275, 'SQ', implicit(0xfffee0dd, 'abcd'), UNDEFINED)],
    ['an item at the top', implicit(ITEM, '')],
    ['undefined length of a text', explicit(0x0040a160, 'UT', SEQUENCE_END, UNDEFINED)],
    ['no VR', implicit(0x00100010, 'DOE^JANE')],
  ])('malformed: %s', (_, bytes) => {
    expect(rejection(part10(Buffer.concat([UID, bytes, PIXELS]))).reason).toBe('malformed');
  });

  it('malformed: two transfer syntaxes, of which readers keep one or the other', () => {
    const file = part10(UID);
    const other = explicit(0x00020010, 'UI', '1.2.840.10008.1.2\0');
    const at = file.length - UID.length;
    expect(rejection(Buffer.concat([file.subarray(0, at), other, UID])).reason).toBe('malformed');
  });

  it('unsupported-transfer-syntax', () => {
    expect(rejection(part10(UID, '1.2.3.4')).reason).toBe('unsupported-transfer-syntax');
  });

  it('disputed: what the second reader sees otherwise', () => {
    // With implicit VR it takes any unknown standard tag whose value begins like an item for a sequence.
    const misleading = implicit(0x00101112, implicit(ITEM, 'ab', 100));
    const file = part10(
      Buffer.concat([implicit(0x00080018, '1.2\0'), misleading, implicit(0x00280010, le16(1))]),
      '1.2.840.10008.1.2',
    );
    expect(rejection(file).reason).toBe('disputed');
  });
});

describe('limits', () => {
  it('a deflate bomb is refused before it is inflated', () => {
    const bomb = part10(deflateRawSync(explicit(0x7fe00010, 'OB', Buffer.alloc(8_000_000))), '1.2.840.10008.1.2.1.99');
    expect(bomb.length).toBeLessThan(10_000);
    expect(rejection(bomb, { maxInflatedBytes: 1_000_000 }).reason).toBe('limit-exceeded');
    expect(readDataset(bomb).kind).toBe('read');
  });

  it('nesting', () => {
    const nest = (depth: number): Buffer =>
      explicit(0x00400275, 'SQ', depth === 0 ? Buffer.alloc(0) : implicit(ITEM, nest(depth - 1)));
    expect(readDataset(part10(nest(31))).kind).toBe('read');
    expect(rejection(part10(nest(32))).reason).toBe('limit-exceeded');
  });

  it('nesting inside UN: too deep is refused, not taken for opaque', () => {
    const nest = (depth: number): Buffer =>
      implicit(0x00091001, depth === 0 ? Buffer.alloc(0) : implicit(ITEM, nest(depth - 1)));
    const file = (depth: number): Buffer =>
      part10(Buffer.concat([implicit(0x00080018, '1.2\0'), nest(depth)]), '1.2.840.10008.1.2');
    expect(readDataset(file(32)).kind).toBe('read');
    expect(rejection(file(33)).reason).toBe('limit-exceeded');
  });

  it('items and elements', () => {
    const items = explicit(0x00400275, 'SQ', Buffer.concat(Array.from({ length: 50 }, () => implicit(ITEM, ''))));
    expect(rejection(part10(items), { maxItems: 49 }).reason).toBe('limit-exceeded');
    expect(rejection(part10(Buffer.concat([UID, NAME, ID])), { maxElements: 2 }).reason).toBe('limit-exceeded');
  });
});
