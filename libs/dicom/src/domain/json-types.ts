import type { Element, Tag, Vr } from './types.ts';

/** A person's name by component groups (PS3.5 6.2.1.2); empty groups are left out. */
export interface DicomJsonName {
  readonly Alphabetic?: string;
  readonly Ideographic?: string;
  readonly Phonetic?: string;
}

/** One of the values of an attribute; null stands for an empty one among others (PS3.18 F.2.5). */
export type DicomJsonValue = string | number | null | DicomJsonName | DicomJson;

/** One attribute (PS3.18 F.2.2): at most one of the three ways to hold a value, none where it is empty. */
export interface DicomJsonAttribute {
  readonly vr: Vr;
  readonly Value?: readonly DicomJsonValue[];
  readonly BulkDataURI?: string;
  /** Base64 of the value, little endian. */
  readonly InlineBinary?: string;
}

/** A data set or item in the DICOM JSON model (PS3.18 F.2), by tags of eight uppercase hexadecimal digits. */
export interface DicomJson {
  readonly [tag: string]: DicomJsonAttribute;
}

/** Where an attribute lies: the tags and item numbers above it, outermost first. */
export type JsonPath = readonly { readonly tag: Tag; readonly item: number }[];

export interface ToJsonOptions {
  /** Largest binary value, in bytes, that is written into the text as base64; default 1024. */
  readonly maxInlineBytes?: number;
  /** The reference by which a larger value, or encapsulated Pixel Data, is to be had. Never asked for text. */
  readonly bulkDataUri?: (element: Element, path: JsonPath) => string;
}

export interface FromJsonOptions {
  /** The value behind a reference: bytes in little endian, or fragments, the Basic Offset Table first. */
  readonly bulkData?: (uri: string, tag: Tag, path: JsonPath) => Buffer | readonly Buffer[] | undefined;
  /** Byte order that binary values are given in; default true. A big endian syntax needs false. */
  readonly littleEndian?: boolean;
}

/** Why a text is no data set in the DICOM JSON model. */
export type JsonRefusal =
  | 'not-an-object'
  | 'bad-tag'
  | 'bad-vr'
  | 'several-values'
  | 'bad-value'
  | 'bad-base64'
  | 'bulk-data-unresolved'
  | 'limit-exceeded';
