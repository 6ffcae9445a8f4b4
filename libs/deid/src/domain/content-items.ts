import type { Dataset, Element } from '@precedent/dicom';
import { asciiAt, elementOf } from './values.ts';

const CONCEPT_NAME = 0x0040a043;
const CODE_VALUE = 0x00080100;
const CODING_SCHEME = 0x00080102;

/** Concepts of PS3.16 whose date or time is the patient's birth (TID 1007, TID 3602, CID 7455...). */
export const STATES_BIRTH: ReadonlySet<string> = new Set(['121031 DCM', '184099003 SCT', '11980-9 LN', '21112-8 LN']);
/** Concepts of PS3.16 whose number is the patient's age. */
export const STATES_AGE: ReadonlySet<string> = new Set([
  '121033 DCM',
  '397669002 SCT',
  '424144002 SCT',
  '445518008 SCT',
  '30525-0 LN',
  '29553-5 LN',
  '63900-5 LN',
]);

/** @returns what an item of a content tree is about (PS3.3 C.17.3), as `code scheme`, or undefined where it does not say. */
export function conceptIn(dataset: Dataset, elements: readonly Element[]): string | undefined {
  const name = elementOf(elements, CONCEPT_NAME)?.items?.[0]?.elements;
  if (name === undefined) return undefined;
  return `${asciiAt(dataset, name, CODE_VALUE)} ${asciiAt(dataset, name, CODING_SCHEME)}`;
}
