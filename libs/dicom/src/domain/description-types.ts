import type { RejectReason } from './types.ts';

/** A UID of the standard or of a vendor. Never an instance's: see `classUid`. */
export interface NamedUid {
  /** Empty where the object states none, or one too long to be a class or a syntax. */
  readonly uid: string;
  readonly name: string;
}

export interface SyntaxDescription extends NamedUid {
  /** Whether the file states it; otherwise it was told from the bytes of the first element. */
  readonly stated: boolean;
  readonly explicitVr: boolean;
  readonly littleEndian: boolean;
  readonly deflated: boolean;
  readonly encapsulated: boolean;
  /** Null for a syntax that is not known here. */
  readonly lossless: boolean | null;
}

/** How large and how deep a data set is; all levels counted, group 0002 not. */
export interface DatasetSize {
  readonly elements: number;
  readonly privateElements: number;
  readonly sequences: number;
  readonly items: number;
  /** 0 where nothing is nested. */
  readonly depth: number;
  /** Bytes behind the data set, Data Set Trailing Padding included. */
  readonly trailingBytes: number;
}

/** What the header says of the picture, unchecked; null where the value is absent or no number. */
export interface PixelDescription {
  readonly rows: number | null;
  readonly columns: number | null;
  /** 1 where Number of Frames is absent. */
  readonly frames: number | null;
  readonly samplesPerPixel: number | null;
  readonly bitsAllocated: number | null;
  readonly bitsStored: number | null;
  readonly highBit: number | null;
  readonly signed: boolean;
  /** A defined term of PS3.3 C.7.6.3.1.2; `unrecognised` for anything else, `absent` where there is none. */
  readonly photometric: string;
  readonly pixelData: 'native' | 'encapsulated' | 'float' | 'absent';
  /** Bytes of the Pixel Data value, delimiters included. */
  readonly pixelBytes: number;
  /** Fragments without the Basic Offset Table; 0 for native pixels. */
  readonly fragments: number;
  /** Which table tells where the frames begin (PS3.5 A.4, PS3.3 C.7.6.3.1.8). */
  readonly offsetTable: 'extended' | 'basic' | 'empty' | 'none';
}

/** A finding with its place and what it means; the tag is the attribute's, no value is told. */
export interface ExplainedFinding {
  readonly code: string;
  readonly offset: number;
  /** `(gggg,eeee)`, empty where the finding is about no element. */
  readonly tag: string;
  /** Of PS3.6; empty for private and unknown tags. */
  readonly keyword: string;
  readonly meaning: string;
}

/** What an administrator may know of a file without seeing whose it is: encoding and shape, never a value of a patient. */
export interface ObjectDescription {
  readonly kind: 'part10' | 'bare' | 'dicomdir' | 'not-dicom' | 'empty';
  readonly preamble: 'zeros' | 'other-content' | 'absent';
  /** Group 0002; null where absent or unreadable. */
  readonly meta: { readonly elements: number; readonly bytes: number } | null;
  /** Null where it cannot be told. */
  readonly transferSyntax: SyntaxDescription | null;
  readonly sopClass: NamedUid | null;
  /** Defined terms of Specific Character Set, of items as well; empty: the default repertoire. */
  readonly characterSets: readonly string[];
  /** Null where the data set could not be read to its end. */
  readonly dataset: DatasetSize | null;
  readonly picture: PixelDescription | null;
  /** dicom-parser; not asked where the first reader has already refused. */
  readonly secondReader: 'agrees' | 'disagrees' | 'not-asked';
  readonly findings: readonly ExplainedFinding[];
  /** What the offsets count: bytes of the file, or of the meta header followed by the inflated data set. */
  readonly offsetsIn: 'file' | 'inflated';
  readonly rejection: { readonly reason: RejectReason; readonly detail: string; readonly offset: number } | null;
}
