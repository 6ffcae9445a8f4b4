// Real: readers, dicom-character-set, the runtime's decoders. Bytes are made by hand; the names are those of PS3.5 annexes H, I, J.
import { describe, expect, it } from '@jest/globals';

import { charsetsAt, findElement, numbersOf, stringsOf, textOf } from './accessors.ts';
import { explicit, implicit, ITEM, le16, mustRead, part10 } from './hand-made.testkit.ts';
import type { Dataset } from './domain/types.ts';

const PN = 0x00100010;

function nameIn(charset: string, bytes: string, vr = 'PN', tag = PN): Dataset {
  const set = explicit(0x00080005, 'CS', charset.padEnd(charset.length + (charset.length % 2)));
  return mustRead(part10(Buffer.concat([set, explicit(tag, vr, bytes)])));
}

describe('text by Specific Character Set', () => {
  it.each([
    ['ISO_IR 100', 'Buc^J\xe9r\xf4me', 'Buc^Jérôme'],
    ['ISO_IR 126', '\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2', 'Διονυσιος'],
    ['ISO_IR 144', '\xbb\xee\xda', 'Люк'],
    ['ISO_IR 138', '\xf9\xf8\xe5\xef', 'שרון'],
    ['ISO_IR 192', '\xe7\x8e\x8b^\xe5\xb0\x8f\xe6\x9d\xb1', '王^小東'],
    ['GB18030', 'Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab', 'Wang^XiaoDong=王^小东'],
    ['\\ISO 2022 IR 87', 'Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B', 'Yamada^Tarou=山田^太郎'],
    ['\\ISO 2022 IR 149', 'Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7', 'Hong^Gildong=洪^吉洞'],
    ['ISO_IR 13', '\xd4\xcf\xc0\xde^\xc0\xdb\xb3', 'ﾔﾏﾀﾞ^ﾀﾛｳ'],
    ['iso-ir 100', 'M\xfcller', 'Müller'],
    ['ISO 2022 IR 100', 'M\xfcller', 'Müller'],
    // ESC ( B names ASCII, which (0008,0005) does not list: pydicom's chrSQEncoding.dcm.
    ['ISO 2022 IR 13\\ISO 2022 IR 87', '\xd4\xcf\xc0\xde=\x1b$B;3ED\x1b(B^A', 'ﾔﾏﾀﾞ=山田^A'],
    ['ISO_IR 203', '\xa4', '€'],
  ])('%s', (charset, bytes, text) => {
    const dataset = nameIn(charset, bytes.length % 2 === 0 ? bytes : `${bytes} `);
    expect(textOf(dataset, findElement(dataset, PN)!)).toBe(text);
  });

  it('a backslash byte inside a character does not split a value', () => {
    // 81 5C is one character of GB18030.
    const dataset = nameIn('GB18030', '\x81\x5cA\\B ', 'LO', 0x00080080);
    expect(stringsOf(dataset, 0x00080080)).toHaveLength(2);
  });

  it('the set may change inside an item, and is inherited where it does not', () => {
    const own = implicit(
      ITEM,
      Buffer.concat([explicit(0x00080005, 'CS', 'ISO_IR 192'), explicit(PN, 'PN', Buffer.from('Ü'))]),
    );
    const inherited = implicit(ITEM, explicit(PN, 'PN', 'M\xfcll'));
    const sequence = explicit(0x00400275, 'SQ', Buffer.concat([own, inherited]));
    const dataset = mustRead(part10(Buffer.concat([explicit(0x00080005, 'CS', 'ISO_IR 100'), sequence])));
    const texts = dataset.elements[1]!.items!.map((item) => textOf(dataset, findElement(item, PN)!));
    expect(texts).toEqual(['Ü', 'Müll']);
    expect(charsetsAt(dataset, [{ tag: 0x00400275, item: 0 }])).toEqual(['ISO_IR 192']);
    expect(charsetsAt(dataset, [{ tag: 0x00400275, item: 1 }])).toEqual(['ISO_IR 100']);
  });

  it.each(['', 'NO SUCH SET', '\\ISO 2022 IR 87'])('bytes that the set %j cannot read stay visible', (charset) => {
    const dataset = nameIn(charset, 'M\xfcller\x1b%');
    expect(textOf(dataset, findElement(dataset, PN)!)).toContain('ller');
    expect(() => stringsOf(dataset, PN)).not.toThrow();
  });

  it('without a set, UTF-8 where it is valid and Latin-1 where it is not', () => {
    const texts = [Buffer.from('Zoé'), Buffer.from('Zo\xe9!', 'latin1')].map((bytes) => {
      const dataset = mustRead(part10(explicit(PN, 'PN', bytes)));
      return textOf(dataset, findElement(dataset, PN)!);
    });
    expect(texts).toEqual(['Zoé', 'Zoé!']);
  });
});

describe('strings', () => {
  const strings = (vr: string, value: string): readonly string[] => {
    const dataset = mustRead(part10(explicit(0x00091001, vr, value)));
    return stringsOf(dataset, 0x00091001);
  };

  it('are split and trimmed, NUL and space alike', () => {
    expect(strings('CS', 'ORIGINAL\\PRIMARY\\ AXIAL ')).toEqual(['ORIGINAL', 'PRIMARY', 'AXIAL']);
    expect(strings('UI', '1.2\0')).toEqual(['1.2']);
    expect(strings('LO', '')).toEqual([]);
    expect(strings('LO', '\\A')).toEqual(['', 'A']);
  });

  it.each(['ST', 'LT', 'UT'])('%s is one value whatever it holds', (vr) => {
    expect(strings(vr, '  a\\b ')).toEqual(['  a\\b']);
  });

  it('of an absent tag are none', () => {
    expect(stringsOf(mustRead(part10(explicit(PN, 'PN', 'AB'))), 0x00100020)).toEqual([]);
  });
});

describe('numbers', () => {
  const numbers = (vr: string, value: Buffer | string, tag = 0x00091001): readonly number[] =>
    numbersOf(mustRead(part10(explicit(tag, vr, value))), tag);

  it('of decimal strings; what is no decimal is NaN, never 0', () => {
    expect(numbers('DS', '1.5\\-2E-3\\ 7 ')).toEqual([1.5, -0.002, 7]);
    expect(numbers('IS', '3\\\\x ')).toEqual([3, NaN, NaN]);
    expect(numbers('DS', '0x10')).toEqual([NaN]);
    expect(numbers('DS', '1,5 ')).toEqual([NaN]);
    expect(numbers('IS', '')).toEqual([]);
  });

  it('of binary values', () => {
    expect(numbers('SS', le16(0xfffe))).toEqual([-2]);
    expect(numbers('AT', Buffer.from([0x10, 0, 0x20, 0]))).toEqual([0x00100020]);
    expect(numbers('OW', Buffer.from([1, 2, 3, 4]))).toEqual([0x0201, 0x0403]);
  });

  it('a 64-bit integer that a double would round is NaN', () => {
    const exact = Buffer.alloc(8);
    exact.writeBigInt64LE(-5n);
    expect(numbers('SV', Buffer.concat([exact, Buffer.alloc(8, 0x7f)]))).toEqual([-5, NaN]);
  });

  it('of UN with a standard tag by the dictionary (PS3.5 6.2.2)', () => {
    expect(numbers('UN', le16(512), 0x00280010)).toEqual([512]);
  });

  it('big endian', () => {
    const dataset = mustRead(
      part10(explicit(0x00280010, 'US', Buffer.from([2, 0]), undefined, true), '1.2.840.10008.1.2.2'),
    );
    expect(numbersOf(dataset, 0x00280010)).toEqual([512]);
  });
});
