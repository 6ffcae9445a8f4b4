// Real: writer, both readers, zlib, and DCMTK's dcmdump where it is installed. Random data by fast-check, seed printed on failure.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { bytesOf, findElement, numbersOf, stringsOf, textOf } from './accessors.ts';
import { mustRead } from './hand-made.testkit.ts';
import { ENCODINGS, randomElements } from './laws.testkit.ts';
import type { NewElement, NewValue } from './domain/rewrite-types.ts';
import type { Dataset, Element, Item } from './domain/types.ts';
import { writeDataset } from './write-dataset.ts';

const EXPLICIT = '1.2.840.10008.1.2.1';
const UID: NewElement = { tag: 0x00080018, value: { text: '1.2.3' } };

function write(elements: readonly NewElement[], transferSyntax = EXPLICIT): Dataset {
  return mustRead(writeDataset([UID, ...elements], { transferSyntax }));
}

/** What was written, as it is read: compared value by value. */
function expectSame(dataset: Dataset, holder: Pick<Item, 'elements'>, written: readonly NewElement[]): void {
  expect(holder.elements.map(({ tag }) => tag)).toEqual(written.map(({ tag }) => tag));
  written.forEach((element, i) => expectValue(dataset, holder.elements[i]!, element.value));
}

function expectValue(dataset: Dataset, element: Element, value: NewValue): void {
  if ('numbers' in value) expect(numbersOf(dataset, element)).toEqual(value.numbers);
  if ('text' in value) expect(textOf(dataset, element)).toBe([value.text].flat().join('\\'));
  if ('bytes' in value) expect(bytesOf(dataset, element).equals(value.bytes)).toBe(true);
  if (!('items' in value)) return;
  expect(element.items).toHaveLength(value.items.length);
  value.items.forEach((item, i) => expectSame(dataset, element.items![i]!, item));
}

describe('write, then read', () => {
  it.each(ENCODINGS)('gives every value back, in %s', (transferSyntax) => {
    fc.assert(
      fc.property(randomElements, (elements) => {
        const dataset = mustRead(writeDataset(elements, { transferSyntax }));
        expect(dataset.transferSyntax).toBe(transferSyntax);
        expect(dataset.findings).toEqual([]);
        expectSame(dataset, dataset, elements);
      }),
      { numRuns: 80 },
    );
  });

  it('encapsulated Pixel Data: offset table, then the fragments, padded', () => {
    const fragments = [Buffer.alloc(0), Buffer.from('abc'), Buffer.from('de')];
    const dataset = write([{ tag: 0x7fe00010, value: { fragments } }], '1.2.840.10008.1.2.4.90');
    const read = findElement(dataset, 0x7fe00010)!.fragments!;
    expect(read.map(({ start, end }) => dataset.bytes.toString('latin1', start, end))).toEqual(['', 'abc\0', 'de']);
  });
});

describe('what is written', () => {
  it('is sorted, padded by VR, with the group length that the meta header has', () => {
    const dataset = write([
      { tag: 0x7fe00010, vr: 'OB', value: { bytes: Buffer.from([1]) } },
      { tag: 0x00100010, value: { text: 'ODD' } },
    ]);
    expect(dataset.elements.map(({ tag }) => tag)).toEqual([0x00080018, 0x00100010, 0x7fe00010]);
    expect(dataset.elements.map((element) => bytesOf(dataset, element).toString('latin1'))).toEqual([
      '1.2.3\0',
      'ODD ',
      '\x01\0',
    ]);
    expect(dataset.findings).toEqual([]);
  });

  it('names its character set where text needs one, and only there', () => {
    expect(stringsOf(write([{ tag: 0x00100010, value: { text: 'Müller' } }]), 0x00080005)).toEqual(['ISO_IR 192']);
    expect(findElement(write([{ tag: 0x00100010, value: { text: 'Muller' } }]), 0x00080005)).toBeUndefined();
    const nested = write([{ tag: 0x00400275, value: { items: [[{ tag: 0x00400007, value: { text: '頭' } }]] } }]);
    expect(stringsOf(nested, 0x00080005)).toEqual(['ISO_IR 192']);
  });

  it.each([
    ['ISO_IR 100', 'Müller', 'M\xfcller'],
    ['ISO_IR 101', 'Łódź', '\xa3\xf3d\xbc'],
    ['ISO_IR 144', 'Иван', '\xb8\xd2\xd0\xdd'],
  ])('in %s, the bytes of that set', (charset, name, latin1) => {
    const elements: NewElement[] = [UID, { tag: 0x00100010, value: { text: name } }];
    const dataset = mustRead(writeDataset(elements, { transferSyntax: EXPLICIT, charsets: [charset] }));
    const element = findElement(dataset, 0x00100010)!;
    expect(bytesOf(dataset, element).toString('latin1').trim()).toBe(latin1);
    expect(textOf(dataset, element)).toBe(name);
  });

  it('a text that its character set cannot hold is a fault, never a question mark', () => {
    const elements: NewElement[] = [UID, { tag: 0x00100010, value: { text: '頭' } }];
    expect(() => writeDataset(elements, { transferSyntax: EXPLICIT, charsets: ['ISO_IR 100'] })).toThrow(
      expect.objectContaining({ code: 'DICOM_TEXT_NOT_ENCODABLE' }),
    );
    expect(() => write([{ tag: 0x00080060, value: { text: 'é' } }])).toThrow(
      expect.objectContaining({ code: 'DICOM_TEXT_NOT_ENCODABLE' }),
    );
  });

  it.each([[['', 'ISO 2022 IR 87']], [['ISO 2022 IR 13', 'ISO 2022 IR 87']], [['', 'ISO 2022 IR 149']], [['GB18030']]])(
    'multi-byte sets are read, not written: in %j ASCII is possible, anything else is a fault',
    (charsets) => {
      const named = (text: string): NewElement[] => [UID, { tag: 0x00100010, value: { text } }];
      const dataset = mustRead(writeDataset(named('ANON^1'), { transferSyntax: EXPLICIT, charsets }));
      expect(textOf(dataset, findElement(dataset, 0x00100010)!)).toBe('ANON^1');
      expect(() => writeDataset(named('山田'), { transferSyntax: EXPLICIT, charsets })).toThrow(
        expect.objectContaining({ code: 'DICOM_TEXT_NOT_ENCODABLE' }),
      );
    },
  );

  it.each([
    [{ tag: 0x00280010, value: { numbers: [65536] } }, 'DICOM_NUMBER_OUT_OF_RANGE'],
    [{ tag: 0x00280010, value: { numbers: [1.5] } }, 'DICOM_NUMBER_OUT_OF_RANGE'],
    [{ tag: 0x00280030, value: { numbers: [NaN] } }, 'DICOM_NUMBER_OUT_OF_RANGE'],
    [{ tag: 0x00280010, value: { text: '512' } }, 'DICOM_VALUE_VR_MISMATCH'],
    [{ tag: 0x7fe00010, value: { fragments: [Buffer.alloc(0)] } }, 'DICOM_PIXEL_DATA_ENCAPSULATION'],
  ])('a value that would change is a fault: %#', (element, code) => {
    expect(() => write([element])).toThrow(expect.objectContaining({ code }));
  });

  it('DS keeps to 16 characters and to the nearest number these can say', () => {
    const dataset = write([{ tag: 0x00280030, value: { numbers: [1 / 3, -1e-10 / 3, 123456.789012345678] } }]);
    const strings = stringsOf(dataset, 0x00280030);
    expect(strings.every((text) => text.length <= 16)).toBe(true);
    expect(numbersOf(dataset, 0x00280030)[0]).toBeCloseTo(1 / 3, 12);
  });

  it('a value too long for a 16-bit length is written as UN (PS3.5 6.2.2) and read back by the dictionary', () => {
    const numbers = Array.from({ length: 20_000 }, (_, i) => i);
    const dataset = write([{ tag: 0x00280030, value: { numbers } }]);
    expect(findElement(dataset, 0x00280030)!.vr).toBe('UN');
    expect(numbersOf(dataset, 0x00280030)).toEqual(numbers);
  });

  it('"US or SS" follows Pixel Representation', () => {
    const dataset = write([
      { tag: 0x00280103, value: { numbers: [1] } },
      { tag: 0x00280106, value: { numbers: [5] } },
    ]);
    expect(findElement(dataset, 0x00280106)!.vr).toBe('SS');
  });
});

describe('a second implementation', () => {
  it('dcmdump reads random files of all four encodings without a warning', () => {
    const folder = mkdtempSync(join(tmpdir(), 'precedent-dicom-'));
    try {
      const samples = fc.sample(randomElements, { numRuns: 10, seed: 4711 });
      const paths = samples.flatMap((elements, i) =>
        ENCODINGS.map((transferSyntax) => {
          const path = join(folder, `${i}-${transferSyntax}.dcm`);
          writeFileSync(path, writeDataset(elements, { transferSyntax }));
          return path;
        }),
      );
      const dump = dcmdump(paths);
      if (dump !== undefined) expect(dump).not.toMatch(/^[WE]: /m);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** @returns what it printed, errors and warnings too; undefined where it is not installed. */
function dcmdump(paths: readonly string[]): string | undefined {
  const { error, stdout, stderr } = spawnSync('dcmdump', paths, { encoding: 'utf8' });
  if (error === undefined) return stdout + stderr;
  process.stderr.write('\n*** not here: dcmdump (DCMTK); no second implementation has read what is written ***\n\n');
  return undefined;
}
