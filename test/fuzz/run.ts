import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateCohort } from '@precedent/synthetic';
import { addTally } from './messages.ts';
import type { FoundFailure, Tally, WorkerMessage } from './messages.ts';
import type { MutantKind } from './mutants.ts';
import { runWatched } from './watched-worker.ts';
import type { WatchLimits, WorkerEnd } from './watched-worker.ts';

export interface FuzzOptions {
  readonly seed: string;
  /** Mutants of objects, judged by the reader, the rewriter and the de-identifier. */
  readonly parse: number;
  /** Mutants of code streams, judged by the decoders in their sandbox. */
  readonly decode: number;
  /** Stops the run, with what has been done by then. */
  readonly signal: AbortSignal;
  readonly onProgress?: ((line: string) => void) | undefined;
}

export interface KindResult {
  mutants: number;
  bases: number;
  shared: boolean;
  tally: Tally;
  failures: FoundFailure[];
  /** Outcome and seed of pictures that cost the sandbox a process. */
  contained: string[];
  peakRss: number;
  seconds: number;
}

export type FuzzResult = Record<MutantKind, KindResult> & { readonly seed: string };

/** A fresh process for each piece: nothing of one piece can hide in the next. */
const PIECE: Readonly<Record<MutantKind, number>> = { parse: 10_000, decode: 2_000 };
export const LIMITS: Readonly<Record<MutantKind, WatchLimits>> = {
  parse: { boundMs: 20_000, maxRssBytes: 2 ** 30 },
  // The sandbox has a bound of its own, which must come first.
  decode: { boundMs: 60_000, maxRssBytes: 2 ** 30 },
};
export const COHORT = { seed: 4711, patients: 3 };

export async function runFuzz(options: FuzzOptions): Promise<FuzzResult> {
  const scratch = mkdtempSync(join(tmpdir(), 'precedent-fuzz-'));
  try {
    const { directory } = await generateCohort({ directory: join(scratch, 'cohort'), ...COHORT });
    const parse = await new KindRun('parse', options, { scratch, synthetic: directory }).run(options.parse);
    const decode = await new KindRun('decode', options, { scratch }).run(options.decode);
    return { seed: options.seed, parse, decode };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface Surroundings {
  readonly scratch: string;
  readonly synthetic?: string;
}

class KindRun {
  readonly #result: KindResult = {
    mutants: 0,
    bases: 0,
    shared: false,
    tally: {},
    failures: [],
    contained: [],
    peakRss: 0,
    seconds: 0,
  };
  readonly #skip: number[] = [];
  readonly #kind: MutantKind;
  readonly #options: FuzzOptions;
  readonly #surroundings: Surroundings;

  constructor(kind: MutantKind, options: FuzzOptions, surroundings: Surroundings) {
    this.#kind = kind;
    this.#options = options;
    this.#surroundings = surroundings;
  }

  async run(total: number): Promise<KindResult> {
    const began = Date.now();
    let told = 0;
    for (let from = 0; from < total && !this.#options.signal.aborted;) {
      from = await this.#piece(from, Math.min(total, from + PIECE[this.#kind]));
      this.#result.seconds = (Date.now() - began) / 1000;
      this.#options.onProgress?.(this.#line(from, total));
      for (const { property, seed } of this.#result.failures.slice(told)) {
        this.#options.onProgress?.(`  FAILED ${property}: --replay '${seed}'`);
      }
      told = this.#result.failures.length;
    }
    return this.#result;
  }

  /** @returns the number to go on with: the end of the piece, or where a process that was lost had last reported. */
  async #piece(from: number, to: number): Promise<number> {
    const { seed, signal } = this.#options;
    const { scratch, synthetic } = this.#surroundings;
    const progressFile = join(scratch, `${this.#kind}-${from}`);
    let reported = from;
    const job = { kind: this.#kind, seed, from, to, skip: this.#skip, progressFile, synthetic };
    const end = await runWatched(job, { ...LIMITS[this.#kind], signal }, (message) => {
      if (message.type === 'tally') reported = message.upTo;
      this.#take(message);
    });
    this.#result.peakRss = Math.max(this.#result.peakRss, end.peakRss);
    this.#result.mutants += reported - from;
    if (end.kind !== 'done' && !signal.aborted) this.#lost(end);
    return reported;
  }

  #take(message: WorkerMessage): void {
    if (message.type === 'ready') Object.assign(this.#result, { bases: message.bases, shared: message.shared });
    if (message.type !== 'tally') return;
    addTally(this.#result.tally, message.tally);
    this.#result.failures.push(...message.failures);
    this.#result.contained.push(...message.contained);
  }

  /** The mutant that a process was lost on is left out when the others are done again. */
  #lost({ kind, at, last }: Exclude<WorkerEnd, { kind: 'done' }>): void {
    if (at < 0 || this.#skip.includes(at)) throw new Error(`the fuzz worker does not start (${kind}): ${last}`);
    this.#skip.push(at);
    const property = {
      hang: 'no mutant hangs',
      memory: 'memory stays under its limit',
      crash: 'no mutant ends the process',
    }[kind];
    this.#result.failures.push({
      property,
      detail: last,
      seed: `${this.#kind}/${this.#options.seed}/${at}`,
      notes: [],
    });
  }

  #line(done: number, total: number): string {
    const { failures, contained, seconds, peakRss } = this.#result;
    const rate = Math.round(this.#result.mutants / Math.max(1, seconds));
    return `${this.#kind}: ${done} of ${total}, ${failures.length} failures, ${contained.length} contained, ${rate}/s, ${Math.round(peakRss / 2 ** 20)} MiB`;
  }
}
