import type { NewValue, Vr } from '@precedent/dicom';

/** A dummy of PS3.15 E.1.1 for each VR that needs a value. */
const DUMMIES: Partial<Record<Vr, string>> = {
  DA: '19000101',
  DT: '19000101',
  TM: '000000',
  AS: '000Y',
  UR: 'urn:removed',
};
const DUMMY_TEXT = 'REMOVED';
const DUMMY_BYTES = Buffer.alloc(2);

/** @returns what stands in the place of a value that must not be empty. */
export function dummyOf(vr: Vr): NewValue {
  if (vr === 'OB' || vr === 'OW' || vr === 'UN') return { bytes: DUMMY_BYTES };
  return { text: DUMMIES[vr] ?? DUMMY_TEXT };
}
