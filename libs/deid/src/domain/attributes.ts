import { numbersOf, stringsOf } from '@precedent/dicom';
import type { Dataset } from '@precedent/dicom';
import { OLDEST_STATED_AGE, yearsOfAge } from './ages.ts';
import type { DeidentifiedAttributes } from './types.ts';

const TAGS = {
  sopClass: 0x00080016,
  studyDate: 0x00080020,
  modality: 0x00080060,
  manufacturer: 0x00080070,
  model: 0x00081090,
  sex: 0x00100040,
  age: 0x00101010,
  bodyPart: 0x00180015,
  viewPosition: 0x00185101,
  seriesNumber: 0x00200011,
  instanceNumber: 0x00200013,
  position: 0x00200032,
  orientation: 0x00200037,
  laterality: 0x00200060,
  imageLaterality: 0x00200062,
  frames: 0x00280008,
  rows: 0x00280010,
  columns: 0x00280011,
  lossy: 0x00282110,
} as const;

/** @param output the finished object, read again: what is not in it cannot get out this way either */
export function attributesOf(output: Dataset): DeidentifiedAttributes {
  const text = (tag: number): string => stringsOf(output, tag)[0] ?? '';
  return {
    sopClassUid: text(TAGS.sopClass),
    transferSyntax: output.transferSyntax,
    modality: text(TAGS.modality),
    bodyPart: text(TAGS.bodyPart),
    sex: text(TAGS.sex),
    ageYears: cappedYears(text(TAGS.age)),
    manufacturer: text(TAGS.manufacturer),
    manufacturerModel: text(TAGS.model),
    rows: numberAt(output, TAGS.rows) ?? 0,
    columns: numberAt(output, TAGS.columns) ?? 0,
    frames: numberAt(output, TAGS.frames) ?? 1,
    instanceNumber: numberAt(output, TAGS.instanceNumber),
    seriesNumber: numberAt(output, TAGS.seriesNumber),
    position: vectorAt(output, TAGS.position, 3),
    orientation: vectorAt(output, TAGS.orientation, 6),
    viewPosition: text(TAGS.viewPosition),
    laterality: text(TAGS.imageLaterality) || text(TAGS.laterality),
    lossy: text(TAGS.lossy) === '01',
    studyDate: text(TAGS.studyDate),
  };
}

function cappedYears(age: string): number | null {
  const years = yearsOfAge(age);
  return years === null ? null : Math.min(years, OLDEST_STATED_AGE + 1);
}

function numberAt(output: Dataset, tag: number): number | null {
  const number = numbersOf(output, tag)[0];
  return number === undefined || !Number.isFinite(number) ? null : number;
}

function vectorAt(output: Dataset, tag: number, length: number): readonly number[] | null {
  const numbers = numbersOf(output, tag);
  return numbers.length === length && numbers.every(Number.isFinite) ? numbers : null;
}
