import type { ImageFailure } from '@precedent/imaging';
import type { ImageKey, ObjectDigest, PatientKey, SeriesKey, SpaceId, StudyKey } from '@precedent/kernel';

/** What makes two vectors comparable: weights, preprocessing and provider class, digested into `id`. */
export interface EmbeddingSpace {
  readonly id: SpaceId;
  readonly model: string;
  readonly revision: string;
  readonly weightsSha256: string;
  readonly preprocessingSha256: string;
  /** `cpu` or `cuda`: vectors of different provider classes differ in their last bits. */
  readonly providerClass: 'cpu' | 'cuda';
  readonly dimension: number;
  readonly metric: 'cosine';
}

/** One embedded frame. `id` is `<imageKey>.<frame>`. */
export interface ImageEmbedding {
  readonly id: string;
  readonly imageKey: ImageKey;
  readonly frame: number;
  readonly seriesKey: SeriesKey;
  readonly studyKey: StudyKey;
  readonly patientKey: PatientKey;
  readonly spaceId: SpaceId;
  /** L2-normalised, `dimension` long. */
  readonly vector: Float32Array;
}

/** Why a frame has no vector: its picture could not be made, or the model's answer has no direction. */
export type EmbeddingFailure = ImageFailure | 'zero-vector';

/** A frame without a vector. Stable code and advice, no patient data. */
export interface FailedImage {
  readonly imageKey: ImageKey;
  readonly frame: number;
  readonly reason: EmbeddingFailure;
  readonly detail: string;
}

export interface EmbeddingReport {
  /** Frames embedded and stored by this call. */
  readonly embedded: number;
  /** Frames that were chosen and had their vector already. */
  readonly already: number;
  /** Expected outcomes, one a frame; the other frames are stored all the same. */
  readonly failed: readonly FailedImage[];
}

/** One frame of a query picture, by the index of its request; not stored. */
export type QueryEmbedding =
  | {
      readonly kind: 'embedded';
      readonly picture: number;
      readonly frame: number;
      /** L2-normalised. */
      readonly vector: Float32Array;
      /** Token map as half bits, row-major count × dimension; absent when the model has none. */
      readonly tokens?: Uint16Array;
    }
  | { readonly kind: 'failed'; readonly picture: number; readonly reason: EmbeddingFailure; readonly detail: string };

/** Where a token map lies: bytes `offset` onward of an object, half floats little endian. */
export interface TokenPlace {
  readonly object: ObjectDigest;
  readonly offset: number;
}
