import type { ReadLimits } from './types.ts';

/**
 * Defaults of the reader's limits. Real objects stay far below: nesting 8 (structured reports 12), 300,000 elements
 * (enhanced multi-frame), 250,000 items or fragments (whole slides). Without them a file of a few MB made of empty
 * items costs gigabytes of memory, and one of 389 KB inflates to 2 GB.
 */
export const DEFAULT_LIMITS: ReadLimits = {
  maxNestingDepth: 32,
  maxElements: 1_000_000,
  maxItems: 1_000_000,
  maxValueBytes: 2 * 1024 ** 3,
  maxInflatedBytes: 512 * 1024 * 1024,
};

let limits: ReadLimits = DEFAULT_LIMITS;

/** What this process, or this thread, reads under. */
export const readLimits = (): ReadLimits => limits;

/**
 * Sets the limits for all reading of this process or thread: once, at its start, by what an administrator has configured. A child
 * that reads is told its parent's. A setting of the process and no parameter, since every reader of a file must agree on them.
 */
export function configureReadLimits(changes: Partial<ReadLimits>): void {
  limits = { ...DEFAULT_LIMITS, ...changes };
}
