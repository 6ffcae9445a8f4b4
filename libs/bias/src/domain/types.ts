/** One study of the index, which is also a query. Keys are pseudonyms and are only compared. */
export interface EvaluationItem {
  readonly studyKey: string;
  readonly patientKey: string;
  /** Its class; empty where unknown: such a study asks nothing and counts as a wrong answer, as it does for chance. */
  readonly label: string;
}

export interface EvaluationInput {
  /** Every study of the index, each once. */
  readonly items: readonly EvaluationItem[];
  /** Per query study the studies that answered, best first, without those of its own patient; ten deep at least. */
  readonly rankings: ReadonlyMap<string, readonly string[]>;
  /** Whole number; the same seed gives the same intervals. */
  readonly seed: number;
  /** Number of resamples, 100 or more; 2000 unless given. */
  readonly bootstrap?: number;
}

export type Metric = 'p1' | 'p5' | 'p10' | 'map10';

/** Shares, 0..1. */
export type Figures = Readonly<Record<Metric, number>>;

export interface Estimate {
  readonly value: number;
  /** 95 % interval over patients. */
  readonly low: number;
  readonly high: number;
  /** `wilson` where all patients agree: a bootstrap of equal values has no width, however few they are. */
  readonly method: 'bootstrap' | 'wilson';
}

export type RetrievalMetrics = Readonly<Record<Metric, Estimate>>;

export interface Quality {
  readonly metrics: RetrievalMetrics;
  /** What a random order of the same index would reach on average. */
  readonly random: Figures;
}

export interface ClassResult extends Quality {
  readonly label: string;
  readonly studies: number;
  readonly patients: number;
}

export interface EvaluationReport {
  /** Queries and patients that took part. */
  readonly queries: number;
  readonly patients: number;
  /** Largest first, then by label. */
  readonly classes: readonly ClassResult[];
  /** Mean over queries: large classes weigh more. */
  readonly micro: Quality;
  /** Mean over classes: each weighs the same. */
  readonly macro: Quality;
  /** Classes of a single patient: their studies can find nothing, and stay in the index as wrong answers. */
  readonly leftOut: readonly { readonly label: string; readonly studies: number; readonly patients: number }[];
  /** Studies without a class. */
  readonly unlabelled: number;
  /** Answers that are no study of the evaluation, counted as wrong. */
  readonly answersOutside: number;
  readonly seed: number;
  /** Number of resamples. */
  readonly bootstrap: number;
}
