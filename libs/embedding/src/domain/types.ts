import type { ImageKey, PatientKey, SeriesKey, SpaceId, StudyKey } from '@precedent/kernel';

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
