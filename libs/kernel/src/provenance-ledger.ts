import type { Transaction } from './audit-trail.ts';

/** One derivation: `output` was made from `inputs` by `activity`, with these parameters. Pseudonyms and digests only. */
export interface ProvenanceEntry {
  readonly activity: 'deidentify' | 'archive' | 'embed' | 'index' | 'answer' | 'evaluate';
  readonly output: string;
  readonly inputs: readonly string[];
  /** Software, model, profile and parameter identities that decide the result. */
  readonly parameters: Readonly<Record<string, string | number | boolean | null>>;
}

/** Port: what was made from what. `provenance` implements it, `apps/*` bind it; stages only call it. */
export interface ProvenanceLedger {
  record(entries: readonly ProvenanceEntry[], within?: Transaction): Promise<void>;
}

export const PROVENANCE_LEDGER = Symbol('ProvenanceLedger');
