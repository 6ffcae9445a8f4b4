import type { ImageKey, ObjectDigest, PatientKey, SeriesKey, StudyKey } from '@precedent/kernel';

export type AgeBand = '0-17' | '18-39' | '40-64' | '65-79' | '80+' | 'unknown';

/** One archived de-identified SOP instance. */
export interface ArchivedImage {
  readonly imageKey: ImageKey;
  readonly seriesKey: SeriesKey;
  readonly studyKey: StudyKey;
  readonly object: ObjectDigest;
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly modality: string;
  readonly bodyPart: string;
  readonly transferSyntax: string;
  readonly instanceNumber: number | null;
  readonly position: readonly number[] | null;
  readonly orientation: readonly number[] | null;
}

/** An archived case: one pseudonymous study with its verified outcome. */
export interface ArchivedStudy {
  readonly studyKey: StudyKey;
  readonly patientKey: PatientKey;
  readonly generation: number;
  readonly modality: string;
  readonly bodyPart: string;
  readonly sex: 'M' | 'F' | 'O' | 'unknown';
  readonly ageBand: AgeBand;
  readonly ageYears: number | null;
  readonly manufacturer: string;
  readonly studyDate: string;
  readonly seriesCount: number;
  readonly imageCount: number;
  /** Outcome columns by their CSV names, cleaned; null when none was handed in. */
  readonly outcome: Readonly<Record<string, string>> | null;
}

export interface StudyPage {
  readonly studies: readonly ArchivedStudy[];
  /** Opaque cursor of the next page; null at the end. */
  readonly next: string | null;
}
