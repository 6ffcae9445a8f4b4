/**
 * Branded identifiers. A pseudonym is an opaque keyed value made by `deid`; a source UID of the hospital is never one
 * of these types, so the compiler keeps the two apart.
 */
declare const brand: unique symbol;
export type Brand<T, B extends string> = T & { readonly [brand]: B };

/** Pseudonym of a patient: HMAC-SHA-256 of the source patient identity, as lower-case hex. */
export type PatientKey = Brand<string, 'PatientKey'>;
/** Pseudonym of a study. */
export type StudyKey = Brand<string, 'StudyKey'>;
/** Pseudonym of a series. */
export type SeriesKey = Brand<string, 'SeriesKey'>;
/** Pseudonym of one SOP instance. */
export type ImageKey = Brand<string, 'ImageKey'>;
/** Identity of an embedding space: digest over weights, preprocessing and provider class. */
export type SpaceId = Brand<string, 'SpaceId'>;
/** SHA-256 of an object's bytes, 64 lower-case hex digits. */
export type ObjectDigest = Brand<string, 'ObjectDigest'>;

/** What a pseudonym may look like: safe in URLs, file names, SQL and vector-store filters (Milvus SDK trap 12). */
const KEY_PATTERN = /^[A-Za-z0-9._-]{1,64}$/;
const DIGEST_PATTERN = /^[0-9a-f]{64}$/;

/** @returns whether `value` has the form of a pseudonym. */
export function isKey(value: string): boolean {
  return KEY_PATTERN.test(value);
}

function assertKey(value: string, kind: string): string {
  if (!isKey(value)) throw new TypeError(`not a ${kind}`);
  return value;
}

export const patientKey = (value: string): PatientKey => assertKey(value, 'patient key') as PatientKey;
export const studyKey = (value: string): StudyKey => assertKey(value, 'study key') as StudyKey;
export const seriesKey = (value: string): SeriesKey => assertKey(value, 'series key') as SeriesKey;
export const imageKey = (value: string): ImageKey => assertKey(value, 'image key') as ImageKey;
export const spaceId = (value: string): SpaceId => assertKey(value, 'space id') as SpaceId;

export function objectDigest(value: string): ObjectDigest {
  if (!DIGEST_PATTERN.test(value)) throw new TypeError('not a SHA-256 digest');
  return value as ObjectDigest;
}
