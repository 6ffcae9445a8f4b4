import type { PatientKey, SeriesKey, SpaceId, StudyKey } from '@precedent/kernel';

/** What is indexed of one embedded frame: its vector and the attributes that filters use. */
export interface IndexedImage {
  /** Primary key, `<imageKey>.<frame>`; matches ^[A-Za-z0-9._-]{1,64}$. */
  readonly id: string;
  readonly seriesKey: SeriesKey;
  readonly studyKey: StudyKey;
  readonly patientKey: PatientKey;
  readonly modality: string;
  readonly bodyPart: string;
  readonly sex: string;
  readonly ageBand: string;
  /** L2-normalised Float32, the space's dimension; checked: dimension, finite, norm. */
  readonly vector: Float32Array;
}

export type FilterField = 'studyKey' | 'patientKey' | 'seriesKey' | 'modality' | 'bodyPart' | 'sex' | 'ageBand';

/** One AST for every store; rendered to escaped literals, templates or a predicate. */
export type Filter =
  | { readonly op: 'eq'; readonly field: FilterField; readonly value: string }
  | { readonly op: 'in'; readonly field: FilterField; readonly values: readonly string[] }
  | { readonly op: 'not'; readonly filter: Filter }
  | { readonly op: 'and'; readonly filters: readonly Filter[] }
  | { readonly op: 'or'; readonly filters: readonly Filter[] };

export interface Neighbour {
  readonly id: string;
  readonly studyKey: StudyKey;
  readonly patientKey: PatientKey;
  readonly seriesKey: SeriesKey;
  /** Cosine similarity, −1..1. */
  readonly score: number;
}

export interface IndexCapabilities {
  readonly filterTemplates: boolean;
  readonly exact: boolean;
  readonly persistent: boolean;
}

export interface SearchRequest {
  readonly vector: Float32Array;
  /** 1..16384. */
  readonly k: number;
  readonly filter?: Filter;
  readonly deadlineMs?: number;
}

/** The one vector-store port. Every adapter passes the same contract suite. */
export interface CaseIndex {
  readonly name: 'exact' | 'milvus';
  readonly space: SpaceId;
  readonly dimension: number;
  readonly capabilities: IndexCapabilities;
  /** Insert or replace by id, all or nothing per call up to 200 rows; larger input is split. */
  upsert(images: readonly IndexedImage[]): Promise<void>;
  /** Best first, ties by id. */
  search(request: SearchRequest): Promise<readonly Neighbour[]>;
  /** Vectors of every indexed image of these studies (privileged: never leaves the service). */
  vectorsOf(studyKeys: readonly StudyKey[]): Promise<readonly IndexedImage[]>;
  deleteStudies(studyKeys: readonly StudyKey[]): Promise<number>;
  count(filter?: Filter): Promise<number>;
  /** Every id, in pages, for reconciliation with the archive. */
  ids(): AsyncIterable<readonly string[]>;
  health(): Promise<{ readonly ok: boolean; readonly detail: string }>;
  close(): Promise<void>;
}

/** What both adapters add to the port: the index is a copy, and can be emptied and filled again from the archive. */
export interface RebuildableCaseIndex extends CaseIndex {
  /** Removes every row; the space stays. */
  reset(): Promise<void>;
}

/** The exact store, whose deleted vectors leave the disk with a compaction. */
export interface ExactCaseIndex extends RebuildableCaseIndex {
  /** Rewrites the file with the live rows only; happens by itself at opening and when a quarter of the rows is dead. */
  compact(): Promise<void>;
}
