import type { NewElement } from '@precedent/dicom';
import type { ProfileRules } from './profile.ts';

/** CID 7050 De-identification Method (PS3.16). 113109 to 113112 are easily swapped; none of them is claimed here. */
export const METHOD_CODES = {
  basic: ['113100', 'Basic Application Confidentiality Profile'],
  cleanPixelData: ['113101', 'Clean Pixel Data Option'],
  modifiedDates: ['113107', 'Retain Longitudinal Temporal Information Modified Dates Option'],
  patientCharacteristics: ['113108', 'Retain Patient Characteristics Option'],
} as const;

type MethodCode = readonly [value: string, meaning: string];

/** What was really done to one object. */
export interface Done {
  readonly datesShifted: boolean;
  readonly characteristicsKept: boolean;
  /** Every frame was looked at, and what was found is masked. */
  readonly pixelsCleaned: boolean;
}

/** What the stamp says is what was done to this object: an option that found nothing to keep is not claimed. */
export function methodCodes(done: Done): readonly MethodCode[] {
  const codes: MethodCode[] = [METHOD_CODES.basic];
  if (done.pixelsCleaned) codes.push(METHOD_CODES.cleanPixelData);
  if (done.datesShifted) codes.push(METHOD_CODES.modifiedDates);
  if (done.characteristicsKept) codes.push(METHOD_CODES.patientCharacteristics);
  return codes;
}

/** IODs whose image module requires Burned In Annotation (PS3.3 C.8.6.3, C.8.11.3, C.8.11.7, C.8.11.9). */
const BURNED_IN_REQUIRED = /^(digital-.*x-ray-image|multi-frame-.*secondary-capture-image)$/;

/**
 * Elements that say what was done (PS3.15 E.1.1). Burned In Annotation is claimed to be NO only where every frame was
 * cleaned (PS3.15 E.3.1); else it is absent, or YES where the IOD wants a value or the source said so.
 */
export function stampElements(
  done: Done,
  profile: ProfileRules,
  object: { iodName: string; burnedIn: string },
): readonly NewElement[] {
  const pixels = done.pixelsCleaned ? 'pixels cleaned' : 'pixels not cleaned';
  return [
    text(0x00120062, 'YES'),
    text(0x00120063, `Precedent profile ${profile.name} ${profile.version}; ${pixels}`),
    { tag: 0x00120064, value: { items: methodCodes(done).map(codeItem) } },
    ...burnedInElement(done, object),
    text(0x00280303, done.datesShifted ? 'MODIFIED' : 'REMOVED'),
  ];
}

function burnedInElement(done: Done, object: { iodName: string; burnedIn: string }): readonly NewElement[] {
  if (done.pixelsCleaned) return [text(0x00280301, 'NO')];
  return object.burnedIn === 'YES' || BURNED_IN_REQUIRED.test(object.iodName) ? [text(0x00280301, 'YES')] : [];
}

function codeItem([value, meaning]: MethodCode): readonly NewElement[] {
  return [text(0x00080100, value), text(0x00080102, 'DCM'), text(0x00080104, meaning)];
}

function text(tag: number, value: string): NewElement {
  return { tag, value: { text: value } };
}
