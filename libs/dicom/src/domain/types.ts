/** A tag as one unsigned 32-bit number: group × 65536 + element. */
export type Tag = number;

/** A value representation of PS3.5 6.2, two letters. */
export type Vr =
  | 'AE'
  | 'AS'
  | 'AT'
  | 'CS'
  | 'DA'
  | 'DS'
  | 'DT'
  | 'FL'
  | 'FD'
  | 'IS'
  | 'LO'
  | 'LT'
  | 'OB'
  | 'OD'
  | 'OF'
  | 'OL'
  | 'OV'
  | 'OW'
  | 'PN'
  | 'SH'
  | 'SL'
  | 'SQ'
  | 'SS'
  | 'ST'
  | 'SV'
  | 'TM'
  | 'UC'
  | 'UI'
  | 'UL'
  | 'UN'
  | 'UR'
  | 'US'
  | 'UT'
  | 'UV';

/** Half-open byte range [start, end) of the (inflated) bytes of the dataset. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** One data element: where each of its bytes lies. Header, value and any delimiter are contiguous in [start, end). */
export interface Element extends ByteRange {
  readonly tag: Tag;
  /** VR as encoded; with implicit VR the dictionary's, `UN` when unknown. */
  readonly vr: Vr;
  /** First byte of the value. */
  readonly valueStart: number;
  /** One past the last byte of the value, a delimiter excluded. */
  readonly valueEnd: number;
  readonly undefinedLength: boolean;
  /** Items of a sequence (SQ, and UN read as implicit VR sequence, PS3.5 6.2.2). */
  readonly items?: readonly Item[];
  /** Fragments of encapsulated Pixel Data, the Basic Offset Table first; ranges of their values. */
  readonly fragments?: readonly ByteRange[];
}

export interface Item extends ByteRange {
  readonly elements: readonly Element[];
  readonly undefinedLength: boolean;
}

/** How the data set's bytes are encoded. */
export interface Encoding {
  readonly explicitVr: boolean;
  readonly littleEndian: boolean;
  readonly deflated: boolean;
  /** Pixel Data is encapsulated in fragments (PS3.5 A.4). */
  readonly encapsulated: boolean;
}

/** Something irregular that was seen and is named, with where. Never holds a value. */
export interface Finding {
  readonly code:
    | 'no-preamble'
    | 'no-meta'
    | 'duplicate-tag'
    | 'descending-tag'
    | 'trailing-bytes'
    | 'odd-length'
    | 'unknown-vr'
    | 'group-length'
    | 'length-mismatch'
    | 'readers-disagree';
  readonly offset: number;
  readonly tag?: Tag;
}

/**
 * A DICOM file as byte ranges. `bytes` holds what the ranges point into: the input itself, or, for a deflated syntax,
 * the meta header followed by the inflated data set.
 */
export interface Dataset {
  readonly bytes: Buffer;
  /** Transfer syntax UID as stated, or as inferred where there is no meta header. */
  readonly transferSyntax: string;
  readonly encoding: Encoding;
  /** File meta information elements, group 0002; empty where absent. */
  readonly meta: readonly Element[];
  readonly elements: readonly Element[];
  /** Where the data set (after preamble and group 0002) begins. */
  readonly start: number;
  /** Where the data set ends: Data Set Trailing Padding and trailing garbage lie after it. */
  readonly end: number;
  readonly findings: readonly Finding[];
}

/** Why bytes could not be taken as a DICOM object. Reasons are stable codes; `detail` says what to do, without patient data. */
export type RejectReason =
  'empty' | 'not-dicom' | 'truncated' | 'malformed' | 'unsupported-transfer-syntax' | 'limit-exceeded' | 'disputed';

export type ReadOutcome =
  | { readonly kind: 'read'; readonly dataset: Dataset }
  | { readonly kind: 'rejected'; readonly reason: RejectReason; readonly detail: string; readonly offset: number };

/** Hard limits of the reader, with names and defaults (see `DEFAULT_LIMITS`). */
export interface ReadLimits {
  readonly maxNestingDepth: number;
  readonly maxElements: number;
  readonly maxItems: number;
  /** Longest value of defined length, in bytes, pixels included. */
  readonly maxValueBytes: number;
  /** Largest size of an inflated data set, in bytes: a 389 KB bomb inflated to 2 GB elsewhere. */
  readonly maxInflatedBytes: number;
}
