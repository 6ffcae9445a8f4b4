import type { StudyKey } from '@precedent/kernel';

/** The stages a study generation passes, in order: one queue each. A job names keys only, so that running it twice changes nothing. */
export const QUEUES = { deidentify: 'deidentify', embed: 'embed', index: 'index' } as const;

export type DeidentifyJob = {
  readonly generationId: string;
};

export type StudyJob = {
  readonly generationId: string;
  readonly studyKey: StudyKey;
};

/**
 * Studies taken at once, at most. A batch is one transaction and one INSERT of many studies: 24 took a tenth of the CPU time a
 * picture less than 8 (docs/benchmarks.md). What waits is taken at once, so the first studies of a run do not wait for a full batch.
 */
export const BATCH = { deidentify: 24, embed: 24, index: 64 } as const;

/** Batches embedded at once: while one is written, the encoder works on the other's pictures. */
export const EMBED_LANES = 2;

/** Studies that may wait for the encoder before de-identification pauses: a full batch for each lane. */
export const EMBED_AHEAD = EMBED_LANES * BATCH.embed;

/** Attempts of a job before its generation is set aside with the fault's code. */
export const MAX_ATTEMPTS = 4;
