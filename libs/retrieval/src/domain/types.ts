import type { ArchivedStudy } from '@precedent/archive';
import type { PatientKey, SpaceId, StudyKey } from '@precedent/kernel';

export interface CaseFilter {
  readonly modality?: readonly string[];
  readonly bodyPart?: readonly string[];
  readonly sex?: readonly string[];
  readonly ageBand?: readonly string[];
}

export interface SimilarCasesOptions {
  /** How many cases, 1..100. */
  readonly k: number;
  readonly filter?: CaseFilter;
}

/** What is asked about: an archived study or image, or vectors of an uploaded picture. */
export type SimilarCasesQuery =
  | { readonly kind: 'study'; readonly studyKey: StudyKey }
  | { readonly kind: 'image'; readonly imageKey: string }
  | { readonly kind: 'vectors'; readonly vectors: readonly Float32Array[]; readonly excludePatient?: PatientKey };

export interface SimilarCase {
  readonly rank: number;
  /** Symmetric mean of best cosine matches between the two studies' images, −1..1. */
  readonly score: number;
  readonly study: ArchivedStudy;
  /** Best matching pair: query image index or id, and the case's image id. */
  readonly bestMatch: { readonly query: string; readonly image: string; readonly score: number };
}

export type SimilarCasesAnswer =
  | {
      readonly kind: 'answered';
      readonly answerId: string;
      readonly spaceId: SpaceId;
      readonly searchedImages: number;
      readonly results: readonly SimilarCase[];
    }
  | { readonly kind: 'unknown-study' }
  | { readonly kind: 'unknown-image' }
  | { readonly kind: 'not-embedded' };
