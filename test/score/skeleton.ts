// What every object has (PS3.3 C.7): patient, study, series, equipment, SOP common; then what its kind adds.
import type { Node } from './dataset.ts';
import { uidNode } from './dataset.ts';
import type { Kind } from './kinds.ts';
import { personName, someDate } from './people.ts';
import { pixelModule, shapeOf } from './pictures.ts';
import { hex } from './reader.ts';
import { dateForms } from './search.ts';
import type { Sheet } from './sheet.ts';
import { code, mustGo, numbers, sequence, text } from './sheet.ts';

/** UIDs and dates that tie an object to the others. */
export interface Ties {
  readonly study: string;
  readonly series: string;
  readonly instance: string;
  readonly frameOfReference: string;
  readonly studyDate: string;
  readonly number: number;
  /** Images of the same study, class and instance. */
  readonly images: readonly { readonly sopClass: string; readonly instance: string; readonly series: string }[];
}

/** Words of which any vocabulary of examinations has all. */
const KNOWN_DESCRIPTIONS = ['CT ABDOMEN', 'MR BRAIN', 'CHEST', 'LIVER', 'PELVIS', 'KNEE'];

export function commonModules(sheet: Sheet, kind: Kind, ties: Ties): Node[] {
  const { person } = sheet;
  const { term } = person.charset;
  return [
    ...(term === undefined ? [] : [text(sheet, 'SpecificCharacterSet', term)]),
    uidNode(0x00080016, kind.sopClass),
    uidNode(0x00080018, ties.instance),
    text(sheet, 'Modality', kind.modality),
    text(sheet, 'Manufacturer', 'Rontronic'),
    text(sheet, 'ManufacturerModelName', 'Optiscan 64'),
    ...patientModule(sheet),
    uidNode(0x0020000d, ties.study),
    uidNode(0x0020000e, ties.series),
    text(sheet, 'StudyDate', ties.studyDate),
    text(sheet, 'StudyTime', '101500'),
    text(sheet, 'AccessionNumber', mustGo(sheet, sheet.canaries.digits(), 'own AccessionNumber', 'digits')),
    text(sheet, 'StudyID', mustGo(sheet, sheet.canaries.digits(), 'own StudyID', 'digits')),
    text(sheet, 'ReferringPhysicianName', `${mustGo(sheet, sheet.canaries.word(), 'own ReferringPhysicianName')}^Anna`),
    numbers('SeriesNumber', ties.number),
    numbers('InstanceNumber', ties.number),
  ];
}

/** The identifiers of the patient at their own places; they may be nowhere in the output, so all planted copies are covered. */
function patientModule(sheet: Sheet): readonly Node[] {
  const { person } = sheet;
  const name = (word: string): void => {
    if (word !== '') mustGo(sheet, word, 'own PatientName', lookOf(word));
  };
  personName(person).split(/[\^=]/).forEach(name);
  mustGo(sheet, person.patientId.replace(/\D/g, ''), 'own PatientID', 'digits');
  mustGo(sheet, person.issuer, 'own IssuerOfPatientID');
  sheet.actions.push({ c: 'date_shifted', place: 'own PatientBirthDate', path: '00100030', date: person.birthDate });
  const expected = ['PatientName', 'PatientID'].map((keyword) =>
    text(sheet, keyword, '').tag.toString(16).padStart(8, '0'),
  );
  for (const path of expected) sheet.actions.push({ c: 'tag_retained', place: `own ${path}`, path, filled: true });
  for (const path of ['00100030', '00080050', '00080090'])
    sheet.actions.push({ c: 'tag_retained', place: `own ${path}`, path, filled: false });
  return [
    text(sheet, 'PatientName', personName(person)),
    text(sheet, 'PatientID', person.patientId),
    text(sheet, 'IssuerOfPatientID', person.issuer),
    text(sheet, 'PatientBirthDate', person.birthDate),
    text(sheet, 'PatientSex', person.sex),
    text(sheet, 'PatientAge', `${String(person.age).padStart(3, '0')}Y`),
    numbers('PatientSize', 1.7),
    numbers('PatientWeight', 71),
  ];
}

export function lookOf(word: string): 'word' | 'script' | 'name' {
  if (/^[A-Za-z]{8}$/.test(word) && /^([^aeiou][aeiou]){4}$/i.test(word)) return 'word';
  return /^[\x20-\x7e]+$/.test(word) ? 'name' : 'script';
}

/** Attributes that retrieval and bias evaluation read; each must come out as it went in. */
const NEEDED: Readonly<Record<string, string>> = {
  BodyPartExamined: 'CHEST',
  Laterality: 'L',
  PatientPosition: 'HFS',
  ScanningSequence: 'SE',
  PatientOrientation: 'L\\P',
  PresentationIntentType: 'FOR PRESENTATION',
};
const NEEDED_NUMBERS: Readonly<Record<string, readonly number[]>> = {
  SliceThickness: [5],
  KVP: [120],
  RepetitionTime: [450],
  EchoTime: [12],
  PixelSpacing: [0.7, 0.7],
  ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
  ImagePositionPatient: [-100, -100, 40],
  WindowCenter: [40],
  WindowWidth: [400],
  RescaleIntercept: [-1024],
  RescaleSlope: [1],
};

export function imageModules(sheet: Sheet, kind: Kind, ties: Ties): Node[] {
  const nodes = [
    text(sheet, 'ImageType', 'ORIGINAL\\PRIMARY\\AXIAL'),
    text(sheet, 'ContentDate', ties.studyDate),
    text(sheet, 'ContentTime', '101700'),
    uidNode(0x00200052, ties.frameOfReference),
    ...pixelModule(sheet, kind),
    ...Object.entries(NEEDED).map(([keyword, value]) => text(sheet, keyword, value)),
    ...Object.entries(NEEDED_NUMBERS).map(([keyword, values]) => numbers(keyword, ...values)),
    ...keptText(sheet),
    sequence('AnatomicRegionSequence', code(sheet, '51185008', 'SCT', 'Chest')),
    ...referencesTo(sheet, ties),
  ];
  return kind.name.startsWith('enhanced') ? [...nodes, ...functionalGroups(sheet, kind, ties)] : nodes;
}

const KEPT_TEXT: Readonly<Record<string, string>> = {
  SequenceName: '*tse2d1',
  ConvolutionKernel: 'H31s',
  FilterType: 'WEDGE',
};
const keptText = (sheet: Sheet): readonly Node[] =>
  Object.entries(KEPT_TEXT).map(([keyword, value]) => text(sheet, keyword, value));

/** PS3.3 C.7.6.1, C.7.6.16: references between the images of a study, which must still lead somewhere. */
function referencesTo(sheet: Sheet, { images, instance }: Ties): readonly Node[] {
  const other = images.find((one) => one.instance !== instance);
  if (other === undefined) return [];
  return ['ReferencedImageSequence', 'SourceImageSequence'].map((keyword) => {
    const path = `${text(sheet, keyword, '').tag.toString(16).padStart(8, '0')}[0].00081155`;
    sheet.actions.push({ c: 'reference_resolves', place: `image ${keyword}`, path, uid: other.instance });
    return sequence(keyword, reference(other));
  });
}

export const reference = ({
  sopClass,
  instance,
}: {
  readonly sopClass: string;
  readonly instance: string;
}): readonly Node[] => [uidNode(0x00081150, sopClass), uidNode(0x00081155, instance)];

/** PS3.3 C.7.6.16.2: the groups of every frame, with times and a comment among them. */
function functionalGroups(sheet: Sheet, kind: Kind, ties: Ties): readonly Node[] {
  const shared = [sequence('PixelMeasuresSequence', [numbers('SliceThickness', 5), numbers('PixelSpacing', 0.7, 0.7)])];
  const frames = Array.from({ length: kind.frames }, (_, index) => {
    const path = `52009230[${index}].00209111[0].00189074`;
    sheet.actions.push({ c: 'date_shifted', place: 'frame FrameAcquisitionDateTime', path, date: ties.studyDate });
    if (sheet.dates === 'shifted')
      sheet.actions.push({ c: 'interval_kept', place: 'frame FrameAcquisitionDateTime', path, date: ties.studyDate });
    return [
      sequence('FrameContentSequence', [
        text(sheet, 'FrameAcquisitionDateTime', `${ties.studyDate}101500.000000`),
        text(sheet, 'FrameComments', mustGo(sheet, sheet.canaries.word(), 'frame FrameComments')),
        numbers('DimensionIndexValues', index + 1),
      ]),
      sequence('PlanePositionSequence', [numbers('ImagePositionPatient', 0, 0, index * 5)]),
    ];
  });
  return [sequence('SharedFunctionalGroupsSequence', shared), sequence('PerFrameFunctionalGroupsSequence', ...frames)];
}

/** What must have stayed, of every object: bytes as they were, but for what the profile itself changes. */
export function expectNeeded(sheet: Sheet, kind: Kind, ties: Ties): void {
  const stays = (
    keyword: string,
    value: string,
    path = text(sheet, keyword, '').tag.toString(16).padStart(8, '0'),
  ): void => void sheet.actions.push({ c: 'text_retained', place: `needed ${keyword}`, path, text: value });
  stays('Modality', kind.modality);
  stays('SOPClassUID', kind.sopClass);
  stays('Manufacturer', 'Rontronic');
  stays('ManufacturerModelName', 'Optiscan 64');
  if (sheet.dates === 'shifted') {
    stays('PatientSex', sheet.person.sex);
    if (sheet.person.age < 90) stays('PatientAge', `${String(sheet.person.age).padStart(3, '0')}Y`);
    stays('PatientSize', '1.7');
    stays('PatientWeight', '71');
    sheet.actions.push({ c: 'interval_kept', place: 'own StudyDate', path: '00080020', date: ties.studyDate });
  }
  sheet.actions.push({ c: 'date_shifted', place: 'own StudyDate', path: '00080020', date: ties.studyDate });
  if (kind.picture === 'none') return;
  for (const [keyword, value] of Object.entries({ ...NEEDED, ...KEPT_TEXT })) stays(keyword, value);
  for (const [keyword, values] of Object.entries(NEEDED_NUMBERS)) {
    const vr = numbers(keyword, ...values).vr;
    if (vr === 'DS' || vr === 'IS') stays(keyword, values.join('\\'));
  }
  stays('CodeValue', '51185008', '00082218[0].00080100');
  stays('CodeMeaning', 'Chest', '00082218[0].00080104');
  sheet.actions.push({ c: 'tag_retained', place: 'needed Rows', path: '00280010', filled: true });
}

/** UIDs of the object's own place in the world. */
export function expectUids(sheet: Sheet, kind: Kind, ties: Ties): void {
  const own: readonly (readonly [string, string])[] = [
    ['00080018', ties.instance],
    ['0020000d', ties.study],
    ['0020000e', ties.series],
    ...(kind.picture === 'none' || kind.name === 'SEG' ? [] : [['00200052', ties.frameOfReference] as const]),
  ];
  for (const [path, uid] of own)
    sheet.actions.push(
      { c: 'uid_changed', place: `own UID ${path}`, uid },
      { c: 'uid_consistent', place: `own UID ${path}`, path, uid, required: true },
    );
}

/** Descriptions with words that stay and something that goes (Clean Descriptors, PS3.15 E.3.5). */
export function descriptions(sheet: Sheet): readonly Node[] {
  return ['StudyDescription', 'SeriesDescription', 'ProtocolName'].map((keyword) => {
    const kept = sheet.random.pick(KNOWN_DESCRIPTIONS);
    const node = text(sheet, keyword, `${kept} ${identifying(sheet, `descriptor ${keyword}`)}`);
    if (sheet.dates === 'shifted')
      sheet.actions.push({ c: 'text_retained', place: `descriptor ${keyword}`, path: hex(node.tag), text: `~${kept}` });
    return node;
  });
}

/** Strangers, the patient in other spellings, numbers and days in the forms of people. What is of the patient is sought anyhow. */
function identifying(sheet: Sheet, place: string): string {
  const { random, canaries, person } = sheet;
  const [family = '', given = ''] = (personName(person).split('=')[0] ?? '').split('^');
  const day = (): string => {
    const date = someDate(random, 1990, 2018);
    sheet.actions.push({ c: 'date_shifted', place: `${place} as text`, path: '', date });
    return random.pick(dateForms(date));
  };
  const makers: readonly (() => string)[] = [
    () => mustGo(sheet, canaries.word(), place),
    () => mustGo(sheet, canaries.word(), place).toLowerCase(),
    () => `Dr ${mustGo(sheet, canaries.word(), place).toUpperCase()}`,
    () => `${given} ${family}`,
    () => `${family.toUpperCase()}, ${given.toLowerCase()}`,
    () => `${family}_${given}`,
    () => `#${mustGo(sheet, canaries.digits(), place, 'digits')}`,
    () => `ID ${person.patientId.replaceAll(/\D/g, '')}`,
    day,
  ];
  return random.pick(makers)();
}

export { shapeOf };
