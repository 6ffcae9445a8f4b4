import { stringsOf } from '@precedent/dicom';
import type { Dataset } from '@precedent/dicom';
import type { PatientKey, StudyKey } from '@precedent/kernel';
import { asciiAt } from '../../domain/values.ts';
import { seal } from './envelope.ts';
import type { SealedRow, SourceIdentity, SourcePatient, VaultKey } from './types.ts';

/** PS3.6 tags of what a hospital knows a patient and a study by. */
const TEXT_TAGS = {
  patientId: 0x00100020,
  issuer: 0x00100021,
  name: 0x00100010,
  accessionNumber: 0x00080050,
  studyId: 0x00200010,
} as const;
const PLAIN_TAGS = {
  birthDate: 0x00100030,
  sex: 0x00100040,
  studyInstanceUid: 0x0020000d,
  studyDate: 0x00080020,
} as const;
type Field = keyof SourceIdentity;

/** Longer than any of these values may be (PS3.5 6.2): what a damaged object holds there is not kept whole. */
const MAX_CHARACTERS = 512;

/** Reads who and what an object is about. Identified: stays inside this room until it is sealed. */
export function identityOf(dataset: Dataset): SourceIdentity {
  const text = (tag: number): string => (stringsOf(dataset, tag)[0] ?? '').trim().slice(0, MAX_CHARACTERS);
  const plain = (tag: number): string => asciiAt(dataset, dataset.elements, tag).slice(0, MAX_CHARACTERS);
  const entries = [
    ...Object.entries(TEXT_TAGS).map(([field, tag]) => [field, text(tag)]),
    ...Object.entries(PLAIN_TAGS).map(([field, tag]) => [field, plain(tag)]),
  ];
  return Object.fromEntries(entries) as Record<Field, string>;
}

/** Of several objects of one study: each field from the first object that states it. */
export function mergeIdentities(identities: readonly SourceIdentity[]): SourceIdentity | undefined {
  return identities.reduce<SourceIdentity | undefined>((merged, next) => {
    if (merged === undefined) return next;
    const fields = Object.keys(merged) as Field[];
    return Object.fromEntries(fields.map((field) => [field, merged[field] || next[field]])) as Record<Field, string>;
  }, undefined);
}

export function patientOf(identity: SourceIdentity): SourcePatient {
  const { patientId, issuer, name, birthDate, sex } = identity;
  return { patientId, issuer, name, birthDate, sex };
}

/** Seals what one de-identified study was, and whose: a row for the study and one for the patient. */
export function sealIdentity(
  identity: SourceIdentity,
  keys: { readonly patientKey: PatientKey; readonly studyKey: StudyKey },
  { key, version }: { readonly key: VaultKey; readonly version: number },
): readonly SealedRow[] {
  const { patientKey, studyKey } = keys;
  return [
    seal({ kind: 'patient', name: patientKey, patientKey, version }, patientOf(identity), key),
    seal({ kind: 'study', name: studyKey, patientKey, version }, identity, key),
  ];
}
