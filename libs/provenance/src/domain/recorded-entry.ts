import type { ProvenanceEntry } from '@precedent/kernel';

/** An entry as it stands in the ledger. */
export interface RecordedProvenanceEntry extends ProvenanceEntry {
  readonly id: string;
  readonly recordedAt: Date;
  /** How many steps before the output that was asked about: 0 made it, 1 made one of its inputs, … */
  readonly depth: number;
}
