import { EXPLICIT_LITTLE_ENDIAN, tagOf, writeDataset } from '@precedent/dicom';
import type { NewElement, NewValue, Vr } from '@precedent/dicom';
import { loadDeidProfile } from './adapters/profile-file.ts';
import { Deidentifier } from './deidentifier.ts';
import type { ProfileRules } from './domain/profile.ts';
import type { DeidentifiedObject, ObjectOutcome } from './deidentify-object.ts';

export const TEST_KEYS = { keyId: 'test', secret: Buffer.alloc(32, 7) };

export async function testDeidentifier(
  options: { profile?: string; uncleaned?: boolean; rules?: Partial<ProfileRules> } = {},
): Promise<Deidentifier> {
  const { rules, sha256 } = await loadDeidProfile(options.profile ?? 'retrieval');
  const profile = { rules: { ...rules, ...options.rules }, sha256 };
  return new Deidentifier({ keys: TEST_KEYS, profile, allowUncleanedPixels: options.uncleaned ?? true });
}

/** An element by keyword or tag; strings are text, numbers numbers, arrays of arrays items. */
export function el(
  which: string | number,
  value: string | Buffer | readonly number[] | readonly (readonly NewElement[])[],
  vr?: Vr,
): NewElement {
  const tag = typeof which === 'number' ? which : tagOf(which);
  return vr === undefined ? { tag, value: newValue(value) } : { tag, vr, value: newValue(value) };
}

function newValue(value: Parameters<typeof el>[1]): NewValue {
  if (typeof value === 'string') return { text: value };
  if (Buffer.isBuffer(value)) return { bytes: value };
  if (value.every((one) => typeof one === 'number')) return { numbers: value };
  return { items: value };
}

export const SOURCE = {
  study: '1.2.826.0.1.3680043.9.77.1',
  series: '1.2.826.0.1.3680043.9.77.1.1',
  image: '1.2.826.0.1.3680043.9.77.1.1.1',
} as const;

const BASE: readonly NewElement[] = [
  el('SpecificCharacterSet', 'ISO_IR 192'),
  el('ImageType', 'ORIGINAL\\PRIMARY\\AXIAL'),
  el('SOPClassUID', '1.2.840.10008.5.1.4.1.1.2'),
  el('SOPInstanceUID', SOURCE.image),
  el('StudyDate', '20190725'),
  el('StudyTime', '180804'),
  el('AccessionNumber', 'ACC0024736'),
  el('Modality', 'CT'),
  el('Manufacturer', 'SIEMENS'),
  el('ReferringPhysicianName', 'Underhill^Joseph'),
  el('PatientName', 'Rössler^Ulrike'),
  el('PatientID', '283-58-5757'),
  el('PatientBirthDate', '19731130'),
  el('PatientSex', 'F'),
  el('BodyPartExamined', 'CHEST'),
  el('StudyInstanceUID', SOURCE.study),
  el('SeriesInstanceUID', SOURCE.series),
  el('SeriesNumber', '2'),
  el('InstanceNumber', '7'),
  el('SamplesPerPixel', [1]),
  el('PhotometricInterpretation', 'MONOCHROME2'),
  el('Rows', [4]),
  el('Columns', [4]),
  el('BitsAllocated', [16]),
  el('BitsStored', [12]),
  el('HighBit', [11]),
  el('PixelRepresentation', [0]),
  el('PixelData', Buffer.alloc(32, 5)),
];

/** A small CT image of Ulrike Rössler, with these elements added or put in place of its own. */
export function sampleObject(
  changes: readonly NewElement[] = [],
  options: { without?: readonly string[]; syntax?: string } = {},
): Buffer {
  const changed = new Set([...changes.map(({ tag }) => tag), ...(options.without ?? []).map(tagOf)]);
  const elements = [...BASE.filter(({ tag }) => !changed.has(tag)), ...changes];
  return writeDataset(elements, { transferSyntax: options.syntax ?? EXPLICIT_LITTLE_ENDIAN });
}

export function mustPass(outcome: ObjectOutcome): DeidentifiedObject {
  if (outcome.kind === 'quarantined') throw new Error(`quarantined: ${outcome.reason}`);
  return outcome;
}
