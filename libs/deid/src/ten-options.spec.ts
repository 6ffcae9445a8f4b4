import { describe, expect, it } from '@jest/globals';
import { dictionaryEntry, formatTag, stringsOf, tagOf } from '@precedent/dicom';
import type { Dataset, NewElement, Vr } from '@precedent/dicom';
import { leavesOf, mustRead } from './corpus.testkit.ts';
import type { Deidentifier } from './deidentifier.ts';
import type { ProfileRules } from './domain/profile.ts';
import { METHOD_CODES } from './domain/stamp.ts';
import { rowOf, tableTags } from './domain/table.ts';
import type { TableOption } from './domain/table.ts';
import { el, mustPass, sampleObject, testDeidentifier } from './object.testkit.ts';

/** The Basic profile and nothing else. */
const BASIC: Partial<ProfileRules> = {
  graphics: 'removed',
  structuredContent: 'removed',
  descriptors: 'removed',
  dates: 'removed',
  times: 'removed',
  birthDate: 'emptied',
  keepPatientCharacteristics: [],
  deviceIdentity: 'removed',
  institutionIdentity: 'removed',
  uids: 'mapped',
  safePrivate: 'removed',
};

const DESCRIPTION = 'axial chest';
const VALUES: Partial<Record<Vr, string>> = {
  AE: 'AETITLE1',
  AS: '047Y',
  CS: 'YES',
  DA: '20190102',
  DS: '1.75',
  DT: '20190102093000',
  IS: '12',
  LO: DESCRIPTION,
  LT: DESCRIPTION,
  PN: 'Nobody^Known',
  SH: DESCRIPTION,
  ST: DESCRIPTION,
  TM: '093000',
  UC: DESCRIPTION,
  UI: '1.2.826.0.1.999.1',
  UR: 'http://example.org',
  UT: DESCRIPTION,
};

/** Tags that the object needs as they are, or that this engine writes itself. */
const NOT_PLANTED = new Set([0x00100010, 0x00100020, 0x0020000d, 0x0020000e, 0x00080018]);
const isPlantable = (tag: number): boolean =>
  tag >>> 16 >= 8 &&
  !NOT_PLANTED.has(tag) &&
  tag !== tagOf('EncapsulatedDocument') &&
  dictionaryEntry(tag) !== undefined;

function planted(tag: number): NewElement | undefined {
  const vr = dictionaryEntry(tag)!.vr;
  if (vr === 'SQ') return el(tag, [[el('ReferencedFrameNumber', '1')]]);
  if (vr === 'US') return el(tag, [3]);
  // A description that says what the institution is called would identify: words for what is described, others for the rest.
  const isDescribed = ['descriptors', 'patientCharacteristics'].some((option) =>
    rowOf(tag)!.options.has(option as TableOption),
  );
  const value = VALUES[vr] === DESCRIPTION && !isDescribed ? 'Zq thing' : VALUES[vr];
  return value === undefined ? undefined : el(tag, value);
}

const PLANTED = tableTags()
  .filter(isPlantable)
  .flatMap((tag) => planted(tag) ?? []);

async function withOptions(rules: Partial<ProfileRules>): Promise<Deidentifier> {
  return testDeidentifier({ rules: { ...BASIC, ...rules } });
}

async function outputOf(deidentifier: Deidentifier, elements: readonly NewElement[] = PLANTED): Promise<Dataset> {
  return mustRead(mustPass(await deidentifier.deidentifyObject(sampleObject(elements))).bytes);
}

function isSame({ tag, value }: NewElement, output: Dataset): boolean {
  const element = output.elements.find((one) => one.tag === tag);
  if (element === undefined) return false;
  if (element.items !== undefined) return element.items.length > 0;
  if ('numbers' in value) return element.valueEnd > element.valueStart;
  return 'text' in value && stringsOf(output, element).join('\\') === value.text;
}

function codesOf(output: Dataset): string[] {
  const method = output.elements.find(({ tag }) => tag === 0x00120064);
  return leavesOf(output, method === undefined ? [] : [method])
    .filter(({ path }) => path.endsWith('(0008,0100)'))
    .map(({ text }) => text);
}

const names = (tags: readonly number[]): string[] =>
  tags.map((tag) => `${formatTag(tag)} ${dictionaryEntry(tag)?.keyword}`);

describe('options of PS3.15 Annex E one by one (real: table, engine, rewriter; fake: an object with all rows of the table)', () => {
  it('plants nearly every row', () => {
    expect(PLANTED.length).toBeGreaterThan(580);
  });

  const cases: readonly [TableOption, Partial<ProfileRules>, string, (vr: Vr) => boolean][] = [
    ['dates', { dates: 'kept', times: 'kept' }, '113106', (vr) => ['DA', 'DT', 'TM'].includes(vr)],
    ['uids', { uids: 'kept' }, '113110', () => true],
    ['institutionIdentity', { institutionIdentity: 'kept' }, '113112', () => true],
    ['deviceIdentity', { deviceIdentity: 'kept' }, '113109', (vr) => vr !== 'AE'],
    ['descriptors', { descriptors: 'clean' }, '113105', (vr) => ['LO', 'SH', 'LT', 'ST', 'UT', 'SQ'].includes(vr)],
    ['structuredContent', { structuredContent: 'clean' }, '113104', () => true],
    ['graphics', { graphics: 'clean' }, '113103', () => true],
    [
      'patientCharacteristics',
      {
        keepPatientCharacteristics: [
          ...['Allergies', 'EthnicGroup', 'PatientAge', 'PatientSex', 'PatientSexNeutered', 'PatientSize'],
          ...['PatientWeight', 'PatientState', 'PregnancyStatus', 'PreMedication', 'SelectorASValue', 'SmokingStatus'],
          'SpecialNeeds',
        ] as ProfileRules['keepPatientCharacteristics'],
      },
      '113108',
      () => true,
    ],
  ];

  it.each(cases)(
    '%s keeps exactly the rows that are marked, and claims its code',
    async (option, rules, code, applies) => {
      const basic = await outputOf(await withOptions({}));
      const output = await outputOf(await withOptions(rules));
      const marked = ({ tag }: NewElement): boolean =>
        rowOf(tag)!.options.has(option) && applies(dictionaryEntry(tag)!.vr);
      const kept = PLANTED.filter((element) => isSame(element, output) && !isSame(element, basic));
      const expected = PLANTED.filter((element) => marked(element) && !isSame(element, basic));
      // The sample's sex and the like are CS values of no sex.
      const isSex = ({ tag }: NewElement): boolean => tag === tagOf('PatientSex');
      expect(names(kept.filter((one) => !isSex(one)).map(({ tag }) => tag))).toEqual(
        names(expected.filter((one) => !isSex(one)).map(({ tag }) => tag)),
      );
      expect(codesOf(basic)).toEqual(['113100']);
      expect(codesOf(output)).toEqual(['113100', code]);
    },
  );

  it('modified dates move every marked date by the same days, and (0028,0303) says how', async () => {
    const said: (string | undefined)[] = [];
    for (const [dates, times] of [
      ['removed', 'removed'],
      ['shifted', 'kept'],
      ['kept', 'kept'],
    ] as const) {
      const output = await outputOf(await withOptions({ dates, times }));
      said.push(stringsOf(output, 0x00280303)[0]);
      const moved = PLANTED.filter(
        ({ tag }) => ['DA', 'DT'].includes(dictionaryEntry(tag)!.vr) && rowOf(tag)!.options.has('dates'),
      );
      const values = new Set(moved.flatMap(({ tag }) => stringsOf(output, tag).map((value) => value.slice(0, 8))));
      if (dates === 'shifted') expect([...values]).toHaveLength(1);
      if (dates === 'kept') expect([...values]).toEqual(['20190102']);
      if (dates !== 'removed') expect(stringsOf(output, tagOf('AcquisitionDateTime'))[0]).toMatch(/093000$/);
    }
    expect(said).toEqual(['REMOVED', 'MODIFIED', 'UNMODIFIED']);
  });

  it('all together claim all codes that were acted on, in order', async () => {
    const all = cases.reduce<Partial<ProfileRules>>((rules, [, more]) => ({ ...rules, ...more }), {});
    const output = await outputOf(await withOptions(all));
    expect(codesOf(output)).toEqual([
      ...['113100', '113103', '113104', '113105', '113106', '113108', '113109', '113110', '113112'],
    ]);
  });
});

describe('CID 7050 (real: the constants; fake: nothing)', () => {
  it('has the codes of PS3.16, of which 113109 to 113112 are easily swapped', () => {
    expect(Object.values(METHOD_CODES)).toEqual([
      ['113100', 'Basic Application Confidentiality Profile'],
      ['113101', 'Clean Pixel Data Option'],
      ['113102', 'Clean Recognizable Visual Features Option'],
      ['113103', 'Clean Graphics Option'],
      ['113104', 'Clean Structured Content Option'],
      ['113105', 'Clean Descriptors Option'],
      ['113106', 'Retain Longitudinal Temporal Information Full Dates Option'],
      ['113107', 'Retain Longitudinal Temporal Information Modified Dates Option'],
      ['113108', 'Retain Patient Characteristics Option'],
      ['113109', 'Retain Device Identity Option'],
      ['113110', 'Retain UIDs Option'],
      ['113111', 'Retain Safe Private Option'],
      ['113112', 'Retain Institution Identity Option'],
    ]);
  });
});
