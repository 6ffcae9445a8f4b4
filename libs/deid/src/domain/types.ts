import type { ImageKey, PatientKey, SeriesKey, StudyKey } from '@precedent/kernel';

/** What was done to one element, for the ledger: place, rule and action; never the value. */
export interface DeidAction {
  /** Tag path such as `(0040,0275)[0].(0040,1001)`. */
  readonly path: string;
  /** Which rule decided, e.g. `E.1-1:X/Z/D type 2`, `private`, `vr:PN`, `curve`, `overlay`. */
  readonly rule: string;
  readonly action: 'removed' | 'emptied' | 'replaced' | 'uid-mapped' | 'date-shifted' | 'cleaned' | 'capped';
}

/** Attributes of the de-identified object that later rooms need; nothing here identifies a person. */
export interface DeidentifiedAttributes {
  readonly sopClassUid: string;
  readonly transferSyntax: string;
  readonly modality: string;
  readonly bodyPart: string;
  readonly sex: string;
  /** Age at study in whole years, capped at 90 (= 90 or more); null when unknown. */
  readonly ageYears: number | null;
  readonly manufacturer: string;
  readonly manufacturerModel: string;
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly instanceNumber: number | null;
  readonly seriesNumber: number | null;
  /** Image Position (Patient), mm; null where absent. */
  readonly position: readonly number[] | null;
  /** Image Orientation (Patient), six direction cosines; null where absent. */
  readonly orientation: readonly number[] | null;
  readonly viewPosition: string;
  readonly laterality: string;
  readonly lossy: boolean;
  /** Shifted study date (YYYYMMDD), empty when unknown. */
  readonly studyDate: string;
}

/** One object after de-identification: clean bytes, keyed pseudonyms and what was done. */
export interface DeidentifiedInstance {
  readonly receiptId: string;
  readonly imageKey: ImageKey;
  readonly seriesKey: SeriesKey;
  readonly bytes: Buffer;
  readonly sha256: string;
  readonly attributes: DeidentifiedAttributes;
  readonly actions: readonly DeidAction[];
}

export type QuarantineReason =
  | 'empty'
  | 'not-dicom'
  | 'truncated'
  | 'malformed'
  | 'unsupported-transfer-syntax'
  | 'limit-exceeded'
  | 'disputed'
  | 'pixel-cleaning-pending'
  | 'recognisable-features'
  | 'text-left'
  | 'not-an-image'
  | 'mixed-patients'
  | 'missing-identity'
  | 'leak-found'
  | 'sop-uid-conflict'
  | 'undecodable'
  | 'dicomdir'
  | 'encapsulated-document'
  | 'audio-or-video'
  | 'surface-model'
  | 'unsupported-sop-class';

export interface QuarantinedInstance {
  readonly receiptId: string;
  readonly reason: QuarantineReason;
  /** What a steward can do about it; no patient data. */
  readonly detail: string;
}

/** Cleaned outcome of a study: CSV column → value, identifiers gone. */
export type CleanedOutcome = Readonly<Record<string, string>>;

declare const made: unique symbol;

/** A study after de-identification. Only `deid` can construct one; every later room takes this or a key derived from it. */
export interface DeidentifiedStudy {
  readonly [made]: true;
  readonly generationId: string;
  readonly generation: number;
  readonly patientKey: PatientKey;
  readonly studyKey: StudyKey;
  readonly instances: readonly DeidentifiedInstance[];
  readonly quarantined: readonly QuarantinedInstance[];
  readonly outcome: CleanedOutcome | null;
  /** Name and SHA-256 of the profile that was applied, key id, and whether pixels were let through uncleaned. */
  readonly profile: {
    readonly name: string;
    readonly sha256: string;
    readonly keyId: string;
    readonly uncleanedPixels: boolean;
  };
}
