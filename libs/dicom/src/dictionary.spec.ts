// Real: the dictionary made from PS3.6 edition 2024e, and its source where ../shared is present.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from '@jest/globals';

import { dictionaryEntry, implicitVr, tagOf } from './domain/dictionary.ts';
import { creatorTagOf, formatTag, isPrivateCreator, isPrivateTag } from './domain/tags.ts';
import { TRANSFER_SYNTAXES } from './domain/transfer-syntaxes.ts';

const SOURCE = join(
  dirname(fileURLToPath(import.meta.url)),
  ...['..', '..', '..', '..', 'shared', 'reference', 'ps3.6-dictionary-2024e.jsonl'],
);

interface SourceRow {
  readonly tag: string;
  readonly keyword: string;
  readonly valueRepresentation: string;
  readonly valueMultiplicity: string;
  readonly retired: string;
}

describe('the dictionary', () => {
  it('says of every row what its source says', () => {
    if (!existsSync(SOURCE)) {
      process.stderr.write(
        '\n*** not here: ../shared/reference; the dictionary is not compared with its source ***\n\n',
      );
      return;
    }
    const rows = readFileSync(SOURCE, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as SourceRow);
    expect(rows).toHaveLength(5129);
    expect(rows.filter((row) => !agrees(row))).toEqual([]);
  });

  it('knows repeating groups, and does not take Pixel Data elements for one', () => {
    expect(dictionaryEntry(0x60023000)?.keyword).toBe('OverlayData');
    expect(dictionaryEntry(0x50fe0010)?.keyword).toBe('NumberOfPoints');
    expect(dictionaryEntry(0x60013000)).toBeUndefined();
    expect(dictionaryEntry(0x7fe00011)).toBeUndefined();
    expect(tagOf('OverlayData')).toBe(0x60003000);
  });

  it('an unknown keyword is a fault that names it', () => {
    expect(() => tagOf('PatientsName')).toThrow(expect.objectContaining({ code: 'DICOM_UNKNOWN_KEYWORD' }));
    expect(() => tagOf('PatientsName')).toThrow(/^PatientsName: /);
  });

  it('gives VRs for implicit VR: ambiguous, private, unknown, group length', () => {
    expect(implicitVr(0x7fe00010, false)).toBe('OW');
    expect([false, true].map((signed) => implicitVr(0x00280106, signed))).toEqual(['US', 'SS']);
    expect([0x00090010, 0x00091010, 0x00080000, 0x00108888].map((tag) => implicitVr(tag, false))).toEqual([
      'LO',
      'UN',
      'UL',
      'UN',
    ]);
  });
});

function agrees(row: SourceRow): boolean {
  const entry = dictionaryEntry(parseInt(row.tag.replace(/[(),]/g, '').replaceAll('X', '2'), 16));
  return (
    entry?.keyword === row.keyword &&
    entry.vm === row.valueMultiplicity &&
    entry.retired === (row.retired === 'Y') &&
    (entry.vrs.join(' or ') === row.valueRepresentation || !/^[A-Z]{2}/.test(row.valueRepresentation))
  );
}

describe('tags', () => {
  it('private blocks', () => {
    expect([0x00090010, 0x00091001, 0x00100010].map(isPrivateTag)).toEqual([true, true, false]);
    expect([0x00090010, 0x000900ff, 0x00091001, 0x00080010].map(isPrivateCreator)).toEqual([true, true, false, false]);
    expect(formatTag(creatorTagOf(0x7fe1_1001))).toBe('(7FE1,0010)');
  });

  it('are written as the standard writes them', () => {
    expect(formatTag(0x0020000d)).toBe('(0020,000D)');
    expect(formatTag(0xfffee000)).toBe('(FFFE,E000)');
  });
});

describe('transfer syntaxes', () => {
  it('only native ones are not encapsulated, only one is big endian', () => {
    const syntaxes = [...TRANSFER_SYNTAXES.values()];
    const uids = (wanted: (s: (typeof syntaxes)[number]) => boolean): string[] =>
      syntaxes.filter(wanted).map(({ uid }) => uid);
    expect(uids(({ encoding }) => !encoding.littleEndian)).toEqual(['1.2.840.10008.1.2.2']);
    expect(uids(({ encoding }) => !encoding.explicitVr)).toEqual(['1.2.840.10008.1.2', '1.2.840.113619.5.2']);
    expect(uids(({ encoding, codec }) => !encoding.encapsulated && codec === 'none')).toHaveLength(4);
  });
});
