import type { Failure } from './check-parse.ts';
import type { MutantKind } from './mutants.ts';

/** What a worker is to do: numbers [from, to) of one seed, those in `skip` left out. */
export interface Job {
  readonly kind: MutantKind;
  readonly seed: string;
  readonly from: number;
  readonly to: number;
  readonly skip: readonly number[];
  /** Its number is written here before each mutant, so that the watchdog can see it stand still. */
  readonly progressFile: string;
  readonly synthetic?: string | undefined;
}

/** Class of mutation (or decoder) → outcome → number of mutants. */
export type Tally = Record<string, Record<string, number>>;

export interface FoundFailure extends Failure {
  readonly seed: string;
  readonly notes: readonly string[];
  /** The mutant itself, for small ones. */
  readonly base64?: string | undefined;
}

/** Worker → parent. */
export type WorkerMessage =
  | { readonly type: 'ready'; readonly bases: number; readonly shared: boolean }
  | {
      readonly type: 'tally';
      readonly upTo: number;
      readonly tally: Tally;
      readonly failures: readonly FoundFailure[];
      readonly contained: readonly string[];
    }
  | { readonly type: 'done' };

export function count(tally: Tally, row: string, outcome: string, by = 1): void {
  const cells = (tally[row] ??= {});
  cells[outcome] = (cells[outcome] ?? 0) + by;
}

export function addTally(to: Tally, from: Tally): void {
  for (const [row, cells] of Object.entries(from))
    for (const [outcome, by] of Object.entries(cells)) count(to, row, outcome, by);
}
