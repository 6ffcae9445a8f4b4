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
  maxInflatedBytes: 512 * 1024 * 1024,
};
