// Real: both readers, hand-made bytes, the shared objects. Fake: nothing.
import { describe, expect, it } from '@jest/globals';

import { describeObject } from './describe-object.ts';
import { deflateDataset } from './adapters/inflate.ts';
import {
  explicit,
  implicit,
  ITEM,
  ITEM_END,
  le16,
  part10,
  SEQUENCE_END,
  sharedFiles,
  UNDEFINED,
} from './hand-made.testkit.ts';
import { readDataset } from './read-dataset.ts';
import type { ObjectDescription } from './domain/description-types.ts';

const CT = explicit(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.2\0');
const NAME = explicit(0x00100010, 'PN', 'Doe^Jane');
const ROWS = explicit(0x00280010, 'US', le16(2));
const PIXELS = explicit(0x7fe00010, 'OW', Buffer.alloc(8));

const described = (bytes: Buffer): ObjectDescription => describeObject(bytes, readDataset(bytes));

describe('a file that is read', () => {
  const nested = Buffer.concat([
    explicit(0x00080005, 'CS', 'ISO_IR 100'),
    explicit(0x00101002, 'SQ', '', UNDEFINED),
    implicit(ITEM, '', UNDEFINED),
    explicit(0x00080005, 'CS', '\\ISO 2022 IR 87 '),
    explicit(0x00091001, 'LO', 'Jane'),
    ITEM_END,
    SEQUENCE_END,
  ]);

  it('is told by its encoding, class, character sets and shape', () => {
    const told = described(part10(Buffer.concat([nested, ROWS, PIXELS, Buffer.from('Doe^J')])));
    expect(told).toMatchObject({
      kind: 'part10',
      preamble: 'zeros',
      meta: { elements: 2, bytes: 40 },
      transferSyntax: { uid: '1.2.840.10008.1.2.1', name: 'Explicit VR Little Endian', stated: true, lossless: true },
      sopClass: null,
      characterSets: ['ISO_IR 100', 'default repertoire', 'ISO 2022 IR 87'],
      dataset: { elements: 6, privateElements: 1, sequences: 1, items: 1, depth: 1, trailingBytes: 5 },
      picture: { rows: 2, columns: null, frames: 1, pixelData: 'native', pixelBytes: 8, photometric: 'absent' },
      secondReader: 'agrees',
      rejection: null,
    });
    expect(told.findings.map(({ code }) => code)).toEqual(['trailing-bytes']);
  });

  it('has each finding with its place, attribute and meaning', () => {
    const bytes = part10(Buffer.concat([CT, NAME, NAME, ROWS]));
    const [finding] = described(bytes).findings;
    expect(finding).toMatchObject({ code: 'duplicate-tag', tag: '(0010,0010)', keyword: 'PatientName' });
    expect(finding?.meaning).toContain('twice');
    expect(bytes.subarray(finding?.offset).toString('latin1')).toMatch(/^\x10\0\x10\0PN/);
  });

  it('without preamble and group 0002 says so, and that its syntax was told from the bytes', () => {
    const told = described(Buffer.concat([implicit(0x00080016, '1.2.840.10008.5.1.4.1.1.2\0')]));
    expect(told).toMatchObject({
      kind: 'bare',
      preamble: 'absent',
      meta: null,
      sopClass: { name: 'CT Image Storage' },
    });
    expect(told.transferSyntax).toMatchObject({ uid: '1.2.840.10008.1.2', stated: false, explicitVr: false });
  });

  it('names the table by which frames are found', () => {
    const fragment = implicit(ITEM, Buffer.from('ffd8ffd9', 'hex'));
    const encapsulated = (table: Buffer, before: Buffer): ObjectDescription =>
      described(
        part10(
          Buffer.concat([CT, before, explicit(0x7fe00010, 'OB', '', UNDEFINED), table, fragment, SEQUENCE_END]),
          '1.2.840.10008.1.2.4.50',
        ),
      );
    const [empty, basic] = [implicit(ITEM, ''), implicit(ITEM, Buffer.alloc(4))];
    const extended = explicit(0x7fe00001, 'OV', Buffer.alloc(8));
    expect(encapsulated(empty, ROWS).picture).toMatchObject({ offsetTable: 'empty', fragments: 1 });
    expect(encapsulated(basic, ROWS).picture).toMatchObject({ offsetTable: 'basic', pixelData: 'encapsulated' });
    expect(encapsulated(empty, Buffer.concat([ROWS, extended])).picture).toMatchObject({ offsetTable: 'extended' });
  });

  it('deflated has its offsets in the inflated bytes', () => {
    const told = described(part10(deflateDataset(Buffer.concat([CT, NAME, NAME])), '1.2.840.10008.1.2.1.99'));
    expect(told).toMatchObject({ offsetsIn: 'inflated', transferSyntax: { deflated: true } });
  });
});

describe('a file that is refused', () => {
  it('says why and where, and what stands before the damage', () => {
    const whole = part10(Buffer.concat([explicit(0x00080005, 'CS', 'GB18030 '), CT, NAME, ROWS, PIXELS]));
    const told = described(whole.subarray(0, whole.length - 4));
    expect(told).toMatchObject({
      rejection: { reason: 'truncated', offset: whole.length - 8 },
      sopClass: { name: 'CT Image Storage' },
      characterSets: ['GB18030'],
      dataset: null,
      secondReader: 'not-asked',
    });
  });

  it('disputed is described as the first reader saw it', () => {
    // With implicit VR the second reader takes a value that begins like an item for a sequence.
    const misleading = implicit(0x00101112, implicit(ITEM, 'ab', 100));
    const data = Buffer.concat([implicit(0x00080018, '1.2\0'), misleading, implicit(0x00280010, le16(1))]);
    expect(described(part10(data, '1.2.840.10008.1.2'))).toMatchObject({
      secondReader: 'disagrees',
      rejection: { reason: 'disputed' },
      dataset: { elements: 3 },
      picture: { rows: 1, pixelData: 'absent' },
    });
  });

  it.each([
    ['nothing', Buffer.alloc(0), { kind: 'empty', rejection: { reason: 'empty', offset: 0 } }],
    ['a letter', Buffer.from('Dear Mrs Doe'), { kind: 'not-dicom', rejection: { reason: 'not-dicom' } }],
    ['a header cut short', part10(CT).subarray(0, 160), { kind: 'part10', rejection: { reason: 'truncated' } }],
  ])('%s', (_, bytes, expected) => {
    expect(described(bytes)).toMatchObject({ ...expected, transferSyntax: null, sopClass: null, dataset: null });
  });
});

describe('no value of a patient is told', () => {
  it('in place of a term, a class or a syntax', () => {
    const told = described(
      part10(
        Buffer.concat([
          explicit(0x00080005, 'CS', 'DOE^JANE'),
          explicit(0x00080016, 'UI', '1.2.276.0.7230010.3.1.4.8323329.1234.15000000'.padEnd(46, '1')),
          explicit(0x00280004, 'CS', 'DOE^JANE'),
          ROWS,
        ]),
      ),
    );
    expect(told).toMatchObject({ characterSets: ['unrecognised'], sopClass: { uid: '', name: 'unknown' } });
    expect(JSON.stringify(told)).not.toMatch(/DOE|8323329/);
  });

  it('in place of a stated syntax that is none', () => {
    const told = described(part10(CT, '1.2.276.0.7230010.3.1.4.8323329.1234.1500000'));
    expect(told).toMatchObject({
      transferSyntax: { uid: '', name: 'unknown', stated: true, lossless: null },
      rejection: { reason: 'unsupported-transfer-syntax' },
    });
    expect(described(part10(CT, '1.2.3.4')).transferSyntax).toMatchObject({ uid: '1.2.3.4', name: 'unknown' });
  });

  it('nor of any shared object: every text is a sentence, a name or a term of ours', () => {
    for (const { name, bytes } of sharedFiles('dicom').filter((_, at) => at % 5 === 0)) {
      const told = described(bytes());
      const texts = [told.picture?.photometric ?? '', ...told.characterSets, told.sopClass?.uid ?? ''];
      for (const text of texts) expect([name, text]).toEqual([name, expect.stringMatching(/^[A-Za-z0-9_. ]*$/)]);
    }
  });
});
