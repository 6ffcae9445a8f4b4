// Real: reader, rewriter, writer, zlib. Inputs are made by hand or by fast-check. Nothing is fake.
import { deflateRawSync } from 'node:zlib';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { bytesOf, findElement, stringsOf, textOf } from './accessors.ts';
import { IMPLEMENTATION_CLASS_UID } from './encode-file.ts';
import {
  datasetBytes,
  explicit,
  findingCodes,
  implicit,
  ITEM,
  ITEM_END,
  le32,
  mustRead,
  part10,
  SEQUENCE_END,
  UNDEFINED,
} from './hand-made.testkit.ts';
import { deciding, ENCODINGS, keepAll, leaves, randomElements, recurseAll } from './laws.testkit.ts';
import type { NewElement, RewriteAction, RewriteContext } from './domain/rewrite-types.ts';
import type { Dataset, Tag } from './domain/types.ts';
import { rewriteDataset } from './rewrite-dataset.ts';
import { writeDataset } from './write-dataset.ts';

function rewrite(dataset: Dataset, ...actions: [Tag, RewriteAction][]): Dataset {
  return mustRead(rewriteDataset(dataset, deciding(new Map(actions))));
}

const UID = explicit(0x00080018, 'UI', '1.2.3\0');
/** Explicit VR little endian, padded. */
const SYNTAX = '1.2.840.10008.1.2.1\0';
const NAME = explicit(0x00100010, 'PN', 'DOE^JANE');
const PIXELS = explicit(0x7fe00010, 'OW', Buffer.alloc(8, 7));
const replaceName: [Tag, RewriteAction] = [0x00100010, { kind: 'replace', value: { text: 'ANON' } }];

describe('the identity policy', () => {
  it.each(ENCODINGS)('returns the same data set bytes, kept whole or item by item, in %s', (transferSyntax) => {
    fc.assert(
      fc.property(randomElements, (elements) => {
        const dataset = mustRead(writeDataset(elements, { transferSyntax }));
        for (const decide of [keepAll, recurseAll]) {
          const again = mustRead(rewriteDataset(dataset, decide));
          expect(datasetBytes(again).equals(datasetBytes(dataset))).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('zeroes the preamble, makes group 0002 anew and drops what trails', () => {
    const polyglot = Buffer.from('MZ executable of DOE^JANE'.padEnd(128, '\0'));
    const file = Buffer.concat([
      part10(Buffer.concat([UID, NAME, PIXELS]), undefined, polyglot),
      Buffer.from('DOE^JANE'),
    ]);
    const out = rewriteDataset(mustRead(file), keepAll);
    const dataset = mustRead(out);
    expect(out.subarray(0, 128).equals(Buffer.alloc(128))).toBe(true);
    expect(dataset.findings).toEqual([]);
    expect(dataset.end).toBe(out.length);
    const meta = (tag: Tag): string => textOf(dataset, findElement({ elements: dataset.meta }, tag)!);
    expect(meta(0x00020003)).toBe('1.2.3');
    expect(meta(0x00020012)).toBe(IMPLEMENTATION_CLASS_UID);
    expect(dataset.meta.map(({ tag }) => tag & 0xffff)).toEqual([0x00, 0x01, 0x02, 0x03, 0x10, 0x12, 0x13]);
  });

  it('drops Data Set Trailing Padding, whatever hides in it', () => {
    const file = part10(Buffer.concat([UID, PIXELS, explicit(0xfffcfffc, 'OB', 'DOE^JANE')]));
    expect(rewriteDataset(mustRead(file), keepAll).includes('DOE')).toBe(false);
  });
});

describe('every byte of a dropped or replaced value is gone', () => {
  it.each(ENCODINGS)('in %s', (transferSyntax) => {
    fc.assert(
      fc.property(randomElements, (elements) => {
        const nested: NewElement[] = [
          { tag: 0x00100010, value: { text: 'SECRETNAME' } },
          { tag: 0x00080050, value: { text: 'SECRETNUMBER' } },
        ];
        const planted = [
          ...elements.filter(({ tag }) => tag !== 0x00081115 && tag !== 0x00100010),
          ...nested.slice(0, 1),
        ];
        const file = writeDataset([...planted, { tag: 0x00081115, value: { items: [nested, nested] } }], {
          transferSyntax,
        });
        const out = rewrite(mustRead(file), replaceName, [0x00080050, { kind: 'drop' }]);
        expect(out.bytes.includes('SECRET')).toBe(false);
        expect(out.findings).toEqual([]);
        expect(stringsOf(out, 0x00100010)).toEqual(['ANON']);
      }),
      { numRuns: 50 },
    );
  });

  it('decisions on leaves leave every other leaf equal, and twice is once', () => {
    fc.assert(
      fc.property(randomElements, fc.constantFrom(...ENCODINGS), (elements, transferSyntax) => {
        const before = mustRead(writeDataset(elements, { transferSyntax }));
        const once = rewrite(before, replaceName);
        const twice = rewrite(once, replaceName);
        expect(leaves(once)).toEqual(leaves(before).map((leaf) => (leaf.startsWith('1048592:') ? ANON_LEAF : leaf)));
        expect(datasetBytes(twice).equals(datasetBytes(once))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

const ANON_LEAF = `1048592:${Buffer.from('ANON').toString('hex')}`;

describe('touched and untouched', () => {
  const touchedItem = implicit(ITEM, NAME);
  const untouchedItem = implicit(ITEM, explicit(0x00080100, 'SH', 'T-D1'));
  const file = part10(
    Buffer.concat([UID, explicit(0x00400275, 'SQ', Buffer.concat([touchedItem, untouchedItem])), PIXELS]),
  );

  it('a touched item comes out with undefined length, its sibling byte for byte', () => {
    const dataset = rewrite(mustRead(file), replaceName);
    const sequence = dataset.elements[1]!;
    expect(sequence.undefinedLength).toBe(true);
    expect(sequence.items!.map(({ undefinedLength }) => undefinedLength)).toEqual([true, false]);
    const sibling = sequence.items![1]!;
    expect(dataset.bytes.subarray(sibling.start, sibling.end).equals(untouchedItem)).toBe(true);
  });

  it('UN of undefined length stays implicit VR inside', () => {
    const value = Buffer.concat([implicit(ITEM, implicit(0x00100010, 'DOE^JANE'), UNDEFINED), ITEM_END, SEQUENCE_END]);
    const dataset = rewrite(
      mustRead(part10(Buffer.concat([UID, explicit(0x00091001, 'UN', value, UNDEFINED)]))),
      replaceName,
    );
    const inner = dataset.elements[1]!.items![0]!.elements[0]!;
    expect(bytesOf(dataset, inner).toString()).toBe('ANON');
    expect(dataset.elements[1]!.vr).toBe('UN');
  });

  it.each([
    ['little', '1.2.840.10008.1.2.1', false],
    ['big', '1.2.840.10008.1.2.2', true],
  ])('UN of defined length keeps one when its items are touched, in a %s endian file', (_, syntax, big) => {
    const value = Buffer.concat([implicit(ITEM, implicit(0x00100010, 'DOE^JANE')), implicit(ITEM, '')]);
    const file = part10(explicit(0x00091001, 'UN', value, undefined, big), syntax);
    expect(datasetBytes(rewrite(mustRead(file))).equals(datasetBytes(mustRead(file)))).toBe(true);
    const dataset = rewrite(mustRead(file), replaceName);
    const sequence = dataset.elements[0]!;
    expect(sequence).toMatchObject({ vr: 'UN', undefinedLength: false });
    expect(sequence.items).toHaveLength(2);
    expect(bytesOf(dataset, sequence.items![0]!.elements[0]!).toString()).toBe('ANON');
    expect(dataset.end).toBe(dataset.bytes.length);
  });

  it('a group length goes with the first change in its group, and stays without one', () => {
    const group = explicit(0x00100000, 'UL', le32(16));
    const dataset = mustRead(part10(Buffer.concat([UID, group, NAME])));
    expect(findElement(rewrite(dataset), 0x00100000)).toBeDefined();
    expect(findElement(rewrite(dataset, replaceName), 0x00100000)).toBeUndefined();
  });

  it('both of two equal tags are decided', () => {
    const dataset = mustRead(part10(Buffer.concat([UID, NAME, explicit(0x00100010, 'PN', 'HIDDEN')])));
    expect(findingCodes(dataset)).toEqual(['duplicate-tag']);
    expect(rewriteDataset(dataset, deciding(new Map([replaceName]))).includes('HIDDEN')).toBe(false);
  });

  it('deflated comes out deflated', () => {
    const dataset = rewrite(
      mustRead(part10(deflateRawSync(Buffer.concat([UID, NAME])), '1.2.840.10008.1.2.1.99')),
      replaceName,
    );
    expect(dataset.encoding.deflated).toBe(true);
    expect(stringsOf(dataset, 0x00100010)).toEqual(['ANON']);
  });

  it('empty leaves the element with a zero length', () => {
    const dataset = rewrite(mustRead(file), [0x00400275, { kind: 'empty' }], [0x7fe00010, { kind: 'empty' }]);
    expect(dataset.elements.slice(1).map(({ vr, valueStart, valueEnd }) => [vr, valueEnd - valueStart])).toEqual([
      ['SQ', 0],
      ['OW', 0],
    ]);
  });

  it('group 0002 takes its UIDs from what is written', () => {
    const dataset = rewrite(mustRead(file), [0x00080018, { kind: 'replace', value: { text: '2.25.99' } }]);
    expect(textOf(dataset, findElement({ elements: dataset.meta }, 0x00020003)!)).toBe('2.25.99');
  });

  it('a DICOMDIR keeps the instance UID that only group 0002 has, until something is changed', () => {
    const class_ = explicit(0x00020002, 'UI', '1.2.840.10008.1.3.10');
    const rest = Buffer.concat([class_, explicit(0x00020003, 'UI', '1.2.99\0\0'), explicit(0x00020010, 'UI', SYNTAX)]);
    const meta = [explicit(0x00020000, 'UL', le32(rest.length)), rest];
    const directory = explicit(0x00041130, 'CS', 'DISK');
    const dataset = mustRead(Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), ...meta, directory]));
    const instance = (again: Dataset): readonly string[] =>
      stringsOf({ ...again, elements: again.meta }, 0x00020003).filter((uid) => uid !== '');
    expect(instance(rewrite(dataset))).toEqual(['1.2.99']);
    expect(instance(rewrite(dataset, [0x00041130, { kind: 'empty' }]))).toEqual([]);
  });

  it('elements are added in order and replace those of the same tag', () => {
    const add: NewElement[] = [
      { tag: 0x00120062, value: { text: 'YES' } },
      { tag: 0x00100010, value: { text: 'ANON' } },
    ];
    const dataset = mustRead(rewriteDataset(mustRead(part10(Buffer.concat([UID, NAME, PIXELS]))), keepAll, { add }));
    expect(dataset.elements.map(({ tag }) => tag)).toEqual([0x00080018, 0x00100010, 0x00120062, 0x7fe00010]);
    expect(stringsOf(dataset, 0x00100010)).toEqual(['ANON']);
  });

  it('new frames under a new syntax', () => {
    const action: RewriteAction = { kind: 'replace', value: { fragments: [Buffer.alloc(0), Buffer.from('jpegls')] } };
    const transferSyntax = '1.2.840.10008.1.2.4.80';
    const out = rewriteDataset(mustRead(file), deciding(new Map([[0x7fe00010, action]])), { transferSyntax });
    expect(mustRead(out)).toMatchObject({ transferSyntax, encoding: { encapsulated: true } });
  });
});

describe('context', () => {
  it('names parents, private creator and character set of every place', () => {
    const inner = Buffer.concat([explicit(0x00080005, 'CS', 'ISO_IR 192'), NAME]);
    const dataset = mustRead(
      part10(
        Buffer.concat([
          explicit(0x00080005, 'CS', 'ISO_IR 100'),
          explicit(0x00090010, 'LO', 'ACME '),
          explicit(0x00091001, 'LO', 'x '),
          explicit(0x00400275, 'SQ', Buffer.concat([implicit(ITEM, ''), implicit(ITEM, inner)])),
        ]),
      ),
    );
    const seen = new Map<Tag, RewriteContext>();
    rewriteDataset(dataset, (element, context) => {
      seen.set(element.tag, context);
      return recurseAll(element, context);
    });
    expect(seen.get(0x00091001)).toEqual({ parents: [], privateCreator: 'ACME', charsets: ['ISO_IR 100'] });
    expect(seen.get(0x00100010)).toEqual({ parents: [{ tag: 0x00400275, item: 1 }], charsets: ['ISO_IR 192'] });
  });
});

describe('text and character sets', () => {
  const withCharset = (value: string): Dataset =>
    mustRead(part10(Buffer.concat([explicit(0x00080005, 'CS', value), NAME])));

  it('text is written in the set in force', () => {
    const dataset = rewrite(withCharset('ISO_IR 100'), [0x00100010, { kind: 'replace', value: { text: 'MÜLL' } }]);
    expect(bytesOf(dataset, findElement(dataset, 0x00100010)!).toString('latin1')).toBe('MÜLL');
  });

  it('text that does not fit is a fault, unless the set itself is replaced', () => {
    const umlaut: [Tag, RewriteAction] = [0x00100010, { kind: 'replace', value: { text: '頭' } }];
    expect(() => rewrite(withCharset('ISO_IR 100'), umlaut)).toThrow(
      expect.objectContaining({ code: 'DICOM_TEXT_NOT_ENCODABLE' }),
    );
    const utf8: [Tag, RewriteAction] = [0x00080005, { kind: 'replace', value: { text: 'ISO_IR 192' } }];
    expect(stringsOf(rewrite(withCharset('ISO_IR 100'), utf8, umlaut), 0x00100010)).toEqual(['頭']);
  });

  it('a replaced set also rules the items below it', () => {
    const item = implicit(ITEM, NAME);
    const dataset = mustRead(
      part10(Buffer.concat([explicit(0x00080005, 'CS', 'ISO_IR 100'), explicit(0x00400275, 'SQ', item)])),
    );
    const out = rewrite(
      dataset,
      [0x00080005, { kind: 'replace', value: { text: 'ISO_IR 192' } }],
      [0x00100010, { kind: 'replace', value: { text: '頭' } }],
    );
    expect(textOf(out, findElement(out, 0x00400275)!.items![0]!.elements[0]!)).toBe('頭');
  });
});

describe('faults instead of silence', () => {
  const implicitFile = part10(implicit(0x00080018, '1.2\0'), '1.2.840.10008.1.2');
  const geFile = part10(implicit(0x00080018, '1.2\0'), '1.2.840.113619.5.2');

  it('a value that is no sequence cannot be descended into: it might hold one the reader cannot see', () => {
    expect(() => rewrite(mustRead(part10(NAME)), [0x00100010, { kind: 'recurse' }])).toThrow(
      expect.objectContaining({ code: 'DICOM_NOT_A_SEQUENCE' }),
    );
  });

  it.each([
    ['implicit VR for an explicit VR object', part10(NAME), '1.2.840.10008.1.2'],
    ['another byte order', implicitFile, '1.2.840.10008.1.2.2'],
    ['the private syntax of GE, whose pixels are big endian', geFile, '1.2.840.10008.1.2.1'],
  ])('%s is refused', (_, file, transferSyntax) => {
    expect(() => rewriteDataset(mustRead(file), keepAll, { transferSyntax })).toThrow(
      expect.objectContaining({ code: 'DICOM_SYNTAX_NOT_CONVERTIBLE' }),
    );
  });

  it('Pixel Data that is no fragments is not kept under a syntax that needs them', () => {
    const transferSyntax = '1.2.840.10008.1.2.4.80';
    expect(() => rewriteDataset(mustRead(part10(PIXELS)), keepAll, { transferSyntax })).toThrow(
      expect.objectContaining({ code: 'DICOM_PIXEL_DATA_ENCAPSULATION' }),
    );
  });

  it('no message holds the value', () => {
    const secret = 'SÉCRET';
    expect(() => rewrite(mustRead(part10(NAME)), [0x00100010, { kind: 'replace', value: { text: secret } }])).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining(secret) }),
    );
  });
});
