import type { NewElement } from '@precedent/dicom';
import type { ProfileRules } from './profile.ts';
import type { TableOption } from './table.ts';

/** CID 7050 De-identification Method (PS3.16). 113109 to 113112 are easily swapped: a test holds them against the standard. */
export const METHOD_CODES = {
  basic: ['113100', 'Basic Application Confidentiality Profile'],
  cleanPixelData: ['113101', 'Clean Pixel Data Option'],
  cleanVisualFeatures: ['113102', 'Clean Recognizable Visual Features Option'],
  graphics: ['113103', 'Clean Graphics Option'],
  structuredContent: ['113104', 'Clean Structured Content Option'],
  descriptors: ['113105', 'Clean Descriptors Option'],
  fullDates: ['113106', 'Retain Longitudinal Temporal Information Full Dates Option'],
  modifiedDates: ['113107', 'Retain Longitudinal Temporal Information Modified Dates Option'],
  patientCharacteristics: ['113108', 'Retain Patient Characteristics Option'],
  deviceIdentity: ['113109', 'Retain Device Identity Option'],
  uids: ['113110', 'Retain UIDs Option'],
  safePrivate: ['113111', 'Retain Safe Private Option'],
  institutionIdentity: ['113112', 'Retain Institution Identity Option'],
} as const;

type Method = keyof typeof METHOD_CODES;
type MethodCode = readonly [value: string, meaning: string];

/** What was really done to one object. */
export interface Done {
  readonly options: ReadonlySet<TableOption>;
  /** `cleaned`: every frame was looked at, and what was found is masked; `none`: the object has no picture. */
  readonly pixels: 'cleaned' | 'uncleaned' | 'none';
  /** A CT or MR object whose whole series was looked at for a face; what there was is removed. */
  readonly facesCleaned: boolean;
}

/** What the stamp says is what was done to this object: an option that found nothing to keep or clean is not claimed. */
export function methodCodes(done: Done, { dates }: Pick<ProfileRules, 'dates'>): readonly MethodCode[] {
  const claimed = new Set<Method>(['basic']);
  if (done.pixels === 'cleaned') claimed.add('cleanPixelData');
  if (done.facesCleaned) claimed.add('cleanVisualFeatures');
  for (const option of done.options)
    claimed.add(option === 'dates' ? (dates === 'kept' ? 'fullDates' : 'modifiedDates') : option);
  return (Object.keys(METHOD_CODES) as Method[]).filter((method) => claimed.has(method)).map((m) => METHOD_CODES[m]);
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
  return [
    text(0x00120062, 'YES'),
    text(0x00120063, `Precedent profile ${profile.name} ${profile.version}${PIXELS[done.pixels]}`),
    { tag: 0x00120064, value: { items: methodCodes(done, profile).map(codeItem) } },
    ...burnedInElement(done, object),
    text(0x00280303, temporal(done, profile)),
  ];
}

const PIXELS: Readonly<Record<Done['pixels'], string>> = {
  cleaned: '; pixels cleaned',
  uncleaned: '; pixels not cleaned',
  none: '',
};

function burnedInElement({ pixels }: Done, object: { iodName: string; burnedIn: string }): readonly NewElement[] {
  if (pixels === 'none') return [];
  if (pixels === 'cleaned') return [text(0x00280301, 'NO')];
  return object.burnedIn === 'YES' || BURNED_IN_REQUIRED.test(object.iodName) ? [text(0x00280301, 'YES')] : [];
}

/** (0028,0303) Longitudinal Temporal Information Modified. */
function temporal({ options }: Done, { dates }: ProfileRules): string {
  if (!options.has('dates')) return 'REMOVED';
  return dates === 'kept' ? 'UNMODIFIED' : 'MODIFIED';
}

function codeItem([value, meaning]: MethodCode): readonly NewElement[] {
  return [text(0x00080100, value), text(0x00080102, 'DCM'), text(0x00080104, meaning)];
}

function text(tag: number, value: string): NewElement {
  return { tag, value: { text: value } };
}
