// Real: reader, writer, both directions of the JSON model. Inputs are made by hand or by fast-check. Nothing is fake.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { DicomJson } from './domain/json-types.ts';
import type { NewElement } from './domain/rewrite-types.ts';
import { fromDicomJson } from './from-json.ts';
import { datasetBytes, explicit, implicit, ITEM, le32, mustRead, part10, UNDEFINED } from './hand-made.testkit.ts';
import { ENCODINGS, randomElements } from './laws.testkit.ts';
import { dicomJsonText, toDicomJson } from './to-json.ts';
import { writeDataset } from './write-dataset.ts';

const EXPLICIT = '1.2.840.10008.1.2.1';
const BIG = '1.2.840.10008.1.2.2';
const inline = { maxInlineBytes: Infinity };

function jsonOf(...elements: Buffer[]): DicomJson {
  return toDicomJson(mustRead(part10(Buffer.concat(elements))), inline);
}

function mustParse(json: unknown): readonly NewElement[] {
  const outcome = fromDicomJson(json);
  if (outcome.kind === 'parsed') return outcome.elements;
  throw new Error(`${outcome.reason} at ${outcome.path}`);
}

function written(json: unknown, transferSyntax = EXPLICIT): DicomJson {
  return toDicomJson(mustRead(writeDataset(mustParse(json), { transferSyntax })), inline);
}

describe('a data set as DICOM JSON', () => {
  it.each([
    ['text is trimmed, empty values are null', 0x00080008, 'CS', 'ORIGINAL\\\\AXIAL ', ['ORIGINAL', null, 'AXIAL']],
    ['a backslash in one text is a character', 0x0040a160, 'UT', 'a\\b', ['a\\b']],
    ['AT', 0x00280009, 'AT', Buffer.from([0x18, 0, 0x63, 0x10]), ['00181063']],
    ['US', 0x00280010, 'US', Buffer.from([0, 2]), [512]],
    ['FL that is not finite', 0x00189459, 'FL', Buffer.from([0, 0, 0xc0, 0x7f, 0, 0, 0x80, 0xff]), ['NaN', '-inf']],
    ['SV within a double', 0x00720082, 'SV', Buffer.alloc(8, 0xff), [-1]],
    ['SV beyond one', 0x00720082, 'SV', Buffer.from('ffffffffffffff7f', 'hex'), ['9223372036854775807']],
    ['UV beyond one', 0x00720083, 'UV', Buffer.alloc(8, 0xff), ['18446744073709551615']],
    ['IS', 0x00200013, 'IS', ' 007\\-3', [7, -3]],
    ['IS that is none', 0x00200013, 'IS', '1.5\\x ', ['1.5', 'x']],
    ['DS', 0x00280030, 'DS', '0.50\\\\1e3 ', [0.5, null, 1000]],
    ['DS with more digits than a double', 0x00280030, 'DS', '9999999999999999', ['9999999999999999']],
    ['DS that is none', 0x00280030, 'DS', '1,5 ', ['1,5']],
  ])('%s', (_, tag, vr, value, expected) => {
    const [attribute] = Object.values(jsonOf(explicit(tag, vr, value)));
    expect(attribute).toEqual({ vr, Value: expected });
  });

  it('names by component groups', () => {
    const names = 'Yamada^Tarou=山田^太郎=やまだ^たろう\\=頭\\\\A';
    const json = jsonOf(
      explicit(0x00080005, 'CS', 'ISO_IR 192'),
      explicit(0x00100010, 'PN', Buffer.from(names.padEnd(names.length + (Buffer.byteLength(names) % 2)))),
    );
    expect(json['00100010']!.Value).toEqual([
      { Alphabetic: 'Yamada^Tarou', Ideographic: '山田^太郎', Phonetic: 'やまだ^たろう' },
      { Ideographic: '頭' },
      null,
      { Alphabetic: 'A' },
    ]);
  });

  it('empty values and empty sequences have a VR only, empty items are empty objects', () => {
    const empty = explicit(0x00400275, 'SQ', '');
    const item = explicit(0x00081115, 'SQ', implicit(ITEM, ''));
    expect(jsonOf(item, explicit(0x00100010, 'PN', ''), explicit(0x00100020, 'LO', '  '), empty)).toEqual({
      '00081115': { vr: 'SQ', Value: [{}] },
      '00100010': { vr: 'PN' },
      '00100020': { vr: 'LO' },
      '00400275': { vr: 'SQ' },
    });
  });

  it('text is decoded by the set in force, which becomes ISO_IR 192 there and in items', () => {
    const item = Buffer.concat([
      explicit(0x00080005, 'CS', 'ISO_IR 144'),
      explicit(0x00400007, 'LO', Buffer.from('bbee', 'hex')),
    ]);
    const json = jsonOf(
      explicit(0x00080005, 'CS', 'ISO_IR 100'),
      explicit(0x00100010, 'PN', Buffer.from('M\xfcll', 'latin1')),
      explicit(0x00400275, 'SQ', implicit(ITEM, item)),
    );
    const utf8 = { vr: 'CS', Value: ['ISO_IR 192'] };
    expect(json['00080005']).toEqual(utf8);
    expect(json['00100010']!.Value).toEqual([{ Alphabetic: 'Müll' }]);
    expect(json['00400275']!.Value).toEqual([{ '00080005': utf8, '00400007': { vr: 'LO', Value: ['Лю'] } }]);
  });

  it('the set is added where text beyond ASCII was found without one, and only there', () => {
    expect(jsonOf(explicit(0x00100010, 'PN', Buffer.from('Mü1')))['00080005']).toBeDefined();
    expect(jsonOf(explicit(0x00100010, 'PN', 'Mull'))['00080005']).toBeUndefined();
  });

  it('UN is what its attribute is, and a sequence where it holds items', () => {
    const name = implicit(0x00100010, 'DOE^JANE');
    const json = jsonOf(
      explicit(0x00091001, 'UN', implicit(ITEM, name)),
      explicit(0x00091002, 'UN', 'abcd'),
      explicit(0x00100020, 'UN', 'A1'),
      explicit(0x00400275, 'UN', implicit(ITEM, explicit(0x00100010, 'PN', 'DOE^JANE'))),
    );
    expect(json['00091001']).toEqual({
      vr: 'SQ',
      Value: [{ '00100010': { vr: 'PN', Value: [{ Alphabetic: 'DOE^JANE' }] } }],
    });
    expect(json['00091002']).toEqual({ vr: 'UN', InlineBinary: 'YWJjZA==' });
    expect(json['00100020']).toEqual({ vr: 'LO', Value: ['A1'] });
    expect(json['00400275']!.vr).toBe('UN');
  });

  it('group lengths are left out; names ascend in the text, also those JavaScript puts first', () => {
    const text = dicomJsonText(
      jsonOf(
        explicit(0x00100000, 'UL', le32(4)),
        explicit(0x00100020, 'LO', 'A1'),
        explicit(0x20500020, 'CS', 'IDENTITY'),
        explicit(
          0x50001234,
          'SQ',
          implicit(ITEM, Buffer.concat([explicit(0x00100020, 'LO', 'A1'), explicit(0x20500020, 'CS', 'X ')])),
        ),
      ),
    );
    expect(text).toBe(
      '{"00100020":{"vr":"LO","Value":["A1"]},"20500020":{"vr":"CS","Value":["IDENTITY"]},' +
        '"50001234":{"vr":"SQ","Value":[{"00100020":{"vr":"LO","Value":["A1"]},"20500020":{"vr":"CS","Value":["X"]}}]}}',
    );
    expect(Object.keys(JSON.parse(text) as object)[0]).toBe('20500020');
  });

  it('binary values are little endian, also from a big endian file; what lies in UN is so already', () => {
    const big = (tag: number, vr: string, value: Buffer): Buffer => explicit(tag, vr, value, undefined, true);
    const inner = implicit(ITEM, implicit(0x00280010, Buffer.from([0, 2])));
    const file = part10(
      Buffer.concat([
        big(0x00091001, 'UN', inner),
        big(0x00280010, 'US', Buffer.from([2, 0])),
        big(0x00720083, 'UV', Buffer.from('0000000000000005', 'hex')),
        big(0x7fe00010, 'OW', Buffer.from('01020304', 'hex')),
      ]),
      BIG,
    );
    const json = toDicomJson(mustRead(file));
    expect(json['00091001']!.Value).toEqual([{ '00280010': { vr: 'US', Value: [512] } }]);
    expect(json['00280010']!.Value).toEqual([512]);
    expect(json['00720083']!.Value).toEqual([5]);
    expect(json['7FE00010']!.InlineBinary).toBe(Buffer.from('02010403', 'hex').toString('base64'));
  });

  it('large values and fragments go by reference, with their place', () => {
    const item = explicit(0x00420011, 'OB', Buffer.alloc(2000));
    const fragments = Buffer.concat([implicit(ITEM, ''), implicit(ITEM, 'abcd'), implicit(0xfffee0dd, '')]);
    const file = part10(
      Buffer.concat([
        explicit(0x00400275, 'SQ', implicit(ITEM, item)),
        explicit(0x7fe00010, 'OB', fragments, UNDEFINED),
      ]),
      '1.2.840.10008.1.2.4.90',
    );
    const json = toDicomJson(mustRead(file), {
      bulkDataUri: ({ tag }, path) => [...path.map((step) => `${step.tag}/${step.item}`), tag].join('/'),
    });
    expect(json['00400275']!.Value).toEqual([{ '00420011': { vr: 'OB', BulkDataURI: `4194933/0/4325393` } }]);
    expect(json['7FE00010']).toEqual({ vr: 'OB', BulkDataURI: `2145386512` });
    expect(() => toDicomJson(mustRead(file))).toThrow(expect.objectContaining({ code: 'DICOM_JSON_NEEDS_BULK_URI' }));
  });

  it('a repeated tag is a fault, since one of the two would be lost', () => {
    const name = explicit(0x00100010, 'PN', 'A ');
    expect(() => jsonOf(name, name)).toThrow(expect.objectContaining({ code: 'DICOM_JSON_DUPLICATE_TAG' }));
  });
});

describe('there and back', () => {
  it.each(ENCODINGS)('says the same, and is written as the same bytes the second time, from %s', (transferSyntax) => {
    fc.assert(
      fc.property(randomElements, (elements) => {
        const json = toDicomJson(mustRead(writeDataset(elements, { transferSyntax })), inline);
        const parsed = JSON.parse(dicomJsonText(json)) as unknown;
        expect(written(parsed)).toEqual(json);
        const again = writeDataset(mustParse(parsed), { transferSyntax: EXPLICIT });
        const third = writeDataset(mustParse(written(parsed)), { transferSyntax: EXPLICIT });
        expect(datasetBytes(mustRead(third)).equals(datasetBytes(mustRead(again)))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('64-bit integers keep every digit, DS its 16 characters, in both byte orders', () => {
    const json = {
      '00280030': { vr: 'DS', Value: ['9999999999999999', null, 0.1] },
      '00720082': { vr: 'SV', Value: ['-9223372036854775808'] },
      '00720083': { vr: 'UV', Value: ['18446744073709551615', 3] },
      '7FE00001': { vr: 'OV', InlineBinary: Buffer.from('0102030405060708', 'hex').toString('base64') },
    };
    expect(written(json)).toEqual(json);
    const outcome = fromDicomJson(json, { littleEndian: false });
    if (outcome.kind === 'refused') throw new Error(outcome.reason);
    expect(toDicomJson(mustRead(writeDataset(outcome.elements, { transferSyntax: BIG })))).toEqual(json);
  });

  it('references are resolved by the caller, fragments as such', () => {
    const json = {
      '00080018': { vr: 'UI', Value: ['1.2.3'] },
      '7FE00010': { vr: 'OB', BulkDataURI: 'frames/1' },
    };
    const bulkData = (uri: string): Buffer[] => [Buffer.alloc(0), Buffer.from(uri)];
    const outcome = fromDicomJson(json, { bulkData });
    if (outcome.kind === 'refused') throw new Error(outcome.reason);
    const dataset = mustRead(writeDataset(outcome.elements, { transferSyntax: '1.2.840.10008.1.2.4.90' }));
    expect(dataset.elements.at(-1)!.fragments).toHaveLength(2);
  });

  it('what a sender left in (0008,0005) is UTF-8, group 0002 and group lengths are left out', () => {
    const json = written({
      '00020010': { vr: 'UI', Value: ['1.2'] },
      '00080000': { vr: 'UL', Value: [4] },
      '00080005': { vr: 'CS', Value: ['ISO 2022 IR 87'] },
      '00100010': { vr: 'PN', Value: [{ Ideographic: '山田' }] },
    });
    expect(json).toEqual({
      '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
      '00100010': { vr: 'PN', Value: [{ Ideographic: '山田' }] },
    });
  });
});

describe('what is no DICOM JSON is refused, with its place and without its value', () => {
  const at = (vr: string, value: unknown, tag = '00100020'): unknown => ({ [tag]: { vr, Value: value } });

  it.each([
    ['not-an-object', '', []],
    ['not-an-object', '', null],
    ['not-an-object', '(0010,0020)', { '00100020': 'SECRET' }],
    ['not-an-object', '(0040,0275)[1]', at('SQ', [{}, null], '00400275')],
    ['bad-tag', '', { SECRET: { vr: 'LO' } }],
    ['bad-tag', '', { '0010002a': { vr: 'LO' } }],
    ['bad-tag', '', { FFFEE000: { vr: 'LO' } }],
    ['bad-tag', '', { '00000002': { vr: 'UI' } }],
    ['bad-tag', '(0040,0275)[0]', at('SQ', [{ x: {} }], '00400275')],
    ['bad-vr', '(0010,0020)', { '00100020': { Value: ['SECRET'] } }],
    ['bad-vr', '(0010,0020)', at('ZZ', ['SECRET'])],
    ['bad-vr', '(0010,0020)', at('constructor', ['SECRET'])],
    ['several-values', '(0042,0011)', { '00420011': { vr: 'OB', InlineBinary: '', BulkDataURI: 'SECRET' } }],
    ['bad-value', '(0010,0020)', at('LO', 'SECRET')],
    ['bad-value', '(0010,0020)', at('LO', [5])],
    ['bad-value', '(0010,0020)', at('LO', ['SECRET\\SECRET'])],
    ['bad-value', '(0010,0020)', at('LO', ['\ud800'])],
    ['bad-value', '(0010,0020)', at('CS', ['SÉCRET'])],
    ['bad-value', '(0010,0020)', at('UT', ['SECRET', 'SECRET'])],
    ['bad-value', '(0010,0010)', at('PN', ['SECRET'], '00100010')],
    ['bad-value', '(0010,0010)', at('PN', [{ Alphabetic: 7 }], '00100010')],
    ['bad-value', '(0010,0010)', at('PN', [{ Alphabetic: 'A=SECRET' }], '00100010')],
    ['bad-value', '(0028,0010)', at('US', [70000], '00280010')],
    ['bad-value', '(0028,0010)', at('US', [null], '00280010')],
    ['bad-value', '(0028,0010)', at('US', ['5'], '00280010')],
    ['bad-value', '(0018,9459)', at('FL', [1e300], '00189459')],
    ['bad-value', '(0020,0013)', at('IS', [1.5], '00200013')],
    ['bad-value', '(0028,0009)', at('AT', [5], '00280009')],
    ['bad-value', '(0072,0083)', at('UV', [-1], '00720083')],
    ['bad-value', '(0072,0082)', at('SV', ['9223372036854775808'], '00720082')],
    ['bad-value', '(0072,0082)', at('SV', [2 ** 60], '00720082')],
    ['bad-value', '(0042,0011)', at('OB', [1], '00420011')],
    ['bad-base64', '(0042,0011)', { '00420011': { vr: 'OB', InlineBinary: 'SECRET!' } }],
    ['bad-base64', '(0010,0020)', { '00100020': { vr: 'LO', InlineBinary: 'YWJj' } }],
    ['bulk-data-unresolved', '(0042,0011)', { '00420011': { vr: 'OB', BulkDataURI: 'SECRET' } }],
  ])('%s at %j: %j', (reason, path, json) => {
    const outcome = fromDicomJson(json);
    expect(outcome).toMatchObject({ kind: 'refused', reason, path });
    expect(JSON.stringify(outcome)).not.toMatch(/S[EÉ]CRET/);
  });

  it('limit-exceeded', () => {
    const nest = (depth: number): unknown => (depth === 0 ? {} : at('SQ', [nest(depth - 1)], '00400275'));
    expect(fromDicomJson(nest(32)).kind).toBe('parsed');
    expect(fromDicomJson(nest(33))).toMatchObject({ kind: 'refused', reason: 'limit-exceeded' });
  });

  it('anything at all is parsed or refused, and what is parsed can be written', () => {
    const vrs = fc.constantFrom('LO', 'PN', 'US', 'DS', 'SQ', 'AT', 'OB', 'FD', 'SV', 'UI', 'ZZ');
    const attribute = fc.record(
      { vr: vrs, Value: fc.jsonValue(), InlineBinary: fc.string() },
      { requiredKeys: ['vr'] },
    );
    const tags = fc.constantFrom('00080018', '00100010', '00280010', '00400275', '00091001', '20500020');
    fc.assert(
      fc.property(fc.dictionary(tags, fc.oneof(attribute, fc.jsonValue())), (json) => {
        const outcome = fromDicomJson(json);
        if (outcome.kind === 'parsed') mustRead(writeDataset(withUid(outcome.elements), { transferSyntax: EXPLICIT }));
      }),
      { numRuns: 500 },
    );
  });
});

/** A file needs one element at least. */
function withUid(elements: readonly NewElement[]): NewElement[] {
  return [{ tag: 0x00080016, value: { text: '1.2' } }, ...elements];
}
