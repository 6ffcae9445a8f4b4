/** Identified values live only here, in `deid` and in the server's pipeline (the PHI wall). */

/** One instance as received, its bytes in the spool. Identified. */
export interface SealedInstance {
  readonly receiptId: string;
  readonly spoolPath: string;
  readonly sizeBytes: number;
  /** SHA-256 of the file as received. */
  readonly sha256: string;
  readonly sopInstanceUid: string;
}

/** A study generation after its quiet time. Identified: named only in ingress, deid and apps/server/src/pipeline. */
export interface SealedStudy {
  readonly generationId: string;
  readonly source: string;
  readonly studyInstanceUid: string;
  /** 1 for the first, n + 1 when late instances arrived after sealing. */
  readonly generation: number;
  /** SHA-256 over the sorted instance digests. */
  readonly manifestHash: string;
  readonly instances: readonly SealedInstance[];
  /** The outcome line handed in for this study (CSV column → value), identified; absent when none is known. */
  readonly outcome?: Readonly<Record<string, string>>;
}

export type GenerationState = 'receiving' | 'sealed' | 'deidentified' | 'embedded' | 'indexed' | 'quarantined';

/** What became of one received instance. */
export type Disposition = 'archived' | 'duplicate' | 'quarantined' | 'not-indexable' | 'superseded' | 'rejected';
