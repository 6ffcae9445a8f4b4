import { describe, expect, it } from '@jest/globals';
import { dictionaryEntry, tagOf } from '@precedent/dicom';
import { TABLE_E1_1 } from './data/table-e1-1.ts';
import { iodOf, resolveCode, rowOf, tableTags } from './table.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';
const MAMMOGRAPHY = '1.2.840.10008.5.1.4.1.1.1.2';

describe('PS3.15 Table E.1-1, 2024e (real: the table and the Types; fake: nothing)', () => {
  it('has all 621 rows, four of which are wildcards and so rules', () => {
    expect(new Set(tableTags()).size).toBe(617);
    const counts: Record<string, number> = {};
    for (const tag of tableTags()) counts[rowOf(tag)!.code] = (counts[rowOf(tag)!.code] ?? 0) + 1;
    expect(counts).toEqual({ X: 380, D: 92, U: 54, Z: 42, 'X/D': 22, 'X/Z': 11, 'X/Z/D': 8, 'Z/D': 6, 'X/Z/U*': 2 });
  });

  it('moves 165 rows with modified dates, those of three kinds only', () => {
    const moved = tableTags().filter((tag) => rowOf(tag)!.options.get('dates') === 'C');
    expect(moved).toHaveLength(165);
    expect(rowOf(tagOf('PatientBirthDate'))!.options.has('dates')).toBe(false);
    expect(new Set(moved.map((tag) => dictionaryEntry(tag)?.vr))).toEqual(
      new Set(
        ['DA', 'DT', 'TM', 'SH', 'SQ', 'ST', 'OB', 'LO'].filter((vr) =>
          moved.some((tag) => dictionaryEntry(tag)?.vr === vr),
        ),
      ),
    );
  });

  it('resolves a compound code by the Type of the attribute in the IOD, not by its first letter', () => {
    const ct = iodOf(CT)!;
    expect(ct.name).toBe('ct-image');
    expect(ct.typeAt(tagOf('StationName'), undefined)).toBe('3');
    expect(ct.typeAt(tagOf('ContentDate'), undefined)).toBe('2');
    expect(ct.typeAt(tagOf('InstitutionName'), tagOf('OperatorIdentificationSequence'))).toBe('1');
    expect(ct.typeAt(tagOf('DetectorID'), undefined)).toBeUndefined();
    expect(iodOf(MAMMOGRAPHY)!.typeAt(tagOf('DetectorID'), undefined)).toBe('3');
  });

  it.each([
    ['X/Z/D', '3', 'X'],
    ['X/Z/D', '2', 'Z'],
    ['X/Z/D', '1', 'D'],
    ['X/Z/D', undefined, 'X'],
    ['X/D', '3', 'X'],
    ['X/D', '1', 'D'],
    ['X/Z', '3', 'X'],
    ['X/Z', '2', 'Z'],
    ['Z/D', '1', 'D'],
    ['Z/D', '2', 'Z'],
    ['Z/D', undefined, 'Z'],
    ['X/Z/U*', '3', 'U*'],
    ['X/Z/U*', '1', 'U*'],
    ['U', undefined, 'U'],
  ] as const)('%s of Type %s is %s', (code, type, action) => {
    expect(resolveCode(code, type)).toBe(action);
  });

  it('covers every code that occurs in the table', () => {
    const codes = new Set(TABLE_E1_1.map((line) => line.split('|')[0]!));
    for (const code of codes)
      for (const type of ['1', '2', '3', undefined] as const)
        expect(['X', 'Z', 'D', 'U', 'U*']).toContain(resolveCode(code, type));
  });

  it('treats retired image classes like their successors and knows no others', () => {
    expect(iodOf('1.2.840.10008.5.1.4.1.1.6')?.name).toBe('ultrasound-image');
    expect(iodOf('1.2.840.113619.4.2')).toBeUndefined();
  });
});
