/** One study of the evaluated archive. Studies with an empty label take no part. */
export interface EvaluationItem {
  readonly studyKey: string;
  readonly patientKey: string;
  readonly label: string;
}

export interface EvaluationInput {
  readonly items: readonly EvaluationItem[];
  /** Per query study: the studies that answered, best first, the query's own patient excluded. */
  readonly rankings: ReadonlyMap<string, readonly string[]>;
  /** Seed of the bootstrap; without one there are no intervals to be believed. */
  readonly seed: number;
  /** Resamples of patients, 100 or more. */
  readonly bootstrap: number;
}

/** A share 0..1 with its patient-clustered 95 % bootstrap interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface RetrievalMetrics {
  readonly p1: Estimate;
  readonly p5: Estimate;
  readonly p10: Estimate;
  readonly map10: Estimate;
}

/** What ranking at random would reach, by the share of the class among the studies of other patients. */
export interface RandomBaseline {
  readonly p1: number;
  readonly p5: number;
  readonly p10: number;
}

export interface ClassResult {
  readonly label: string;
  readonly studies: number;
  readonly patients: number;
  readonly metrics: RetrievalMetrics;
  readonly random: RandomBaseline;
}

export interface EvaluationReport {
  readonly queries: number;
  readonly patients: number;
  /** Mean over queries. */
  readonly micro: { readonly metrics: RetrievalMetrics; readonly random: RandomBaseline };
  /** Mean over classes, each counting the same. */
  readonly macro: { readonly metrics: RetrievalMetrics; readonly random: RandomBaseline };
  readonly classes: readonly ClassResult[];
  /** Classes with fewer than two patients: no other patient could answer. */
  readonly leftOut: readonly { readonly label: string; readonly studies: number }[];
  readonly seed: number;
  readonly bootstrap: number;
}
