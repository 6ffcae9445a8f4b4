import { CodedError } from '@precedent/kernel';

import { formatTag } from './domain/tags.ts';
import type { Tag } from './domain/types.ts';

/** Faults of the room: code → what to do. No message holds a value of an element. */
export const DICOM_ERRORS = {
  DICOM_UNKNOWN_KEYWORD: 'No such keyword in PS3.6: check its spelling and case.',
  DICOM_TEXT_NOT_ENCODABLE:
    'The text cannot be written in the Specific Character Set in force: use ASCII or replace (0008,0005).',
  DICOM_NUMBER_OUT_OF_RANGE: 'A number does not fit the value representation: check it, or give another VR.',
  DICOM_VALUE_VR_MISMATCH: 'The kind of value does not fit the value representation: give bytes, or another VR.',
  DICOM_VALUE_TOO_LONG: 'The value is longer than its length field can say.',
  DICOM_NOT_A_SEQUENCE: 'Only a sequence can be rewritten item by item: drop, empty or replace this element instead.',
  DICOM_UNKNOWN_TRANSFER_SYNTAX: 'The transfer syntax is none of TRANSFER_SYNTAXES.',
  DICOM_SYNTAX_NOT_CONVERTIBLE:
    'The new transfer syntax has another byte order than the object, or implicit VR where it has explicit: keep the syntax, or write a new object.',
  DICOM_PIXEL_DATA_ENCAPSULATION: 'Fragments need an encapsulated transfer syntax, and such a syntax needs fragments.',
  DICOM_JSON_DUPLICATE_TAG:
    'The tag occurs twice, and the JSON model holds one of each: such an object is for quarantine.',
  DICOM_JSON_NEEDS_BULK_URI:
    'The value is larger than maxInlineBytes, or is fragments: give bulkDataUri, or raise the limit where it is no fragments.',
} as const;

export type DicomErrorCode = keyof typeof DICOM_ERRORS;

/** @param where the tag, or the keyword, that the fault is about: names of attributes, never values */
export function dicomError(code: DicomErrorCode, where?: Tag | string): CodedError {
  const prefix = where === undefined ? '' : `${typeof where === 'number' ? formatTag(where) : where}: `;
  return new CodedError(code, prefix + DICOM_ERRORS[code]);
}
