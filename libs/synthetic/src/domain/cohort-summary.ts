/** Raised with every change that alters bytes: a cohort of another version is made anew. */
export const COHORT_VERSION = 1;

/** What a cohort holds; `cohort.json`, written last, is this summary. */
export interface CohortSummary {
  readonly directory: string;
  readonly seed: number;
  readonly version: number;
  readonly patients: number;
  readonly studies: number;
  readonly files: number;
  readonly bytes: number;
  /** Files by modality, by transfer syntax UID, and with identifying text in the picture. */
  readonly modalities: Readonly<Record<string, number>>;
  readonly transferSyntaxes: Readonly<Record<string, number>>;
  readonly filesWithBurnedInText: number;
  /** Studies by `modality / site`. */
  readonly classes: Readonly<Record<string, number>>;
  /** True when the folder already held this very cohort. */
  readonly reused: boolean;
}
