import { Deidentifier, loadDeidProfile } from '@precedent/deid';
import { ImagingSandbox } from '@precedent/imaging';
import { Canary, checkDecode, CONTAINED } from './check-decode.ts';
import { checkParse } from './check-parse.ts';
import type { Verdict } from './check-parse.ts';
import { loadCorpus } from './corpus.ts';
import type { Corpus } from './corpus.ts';
import { decodeMutant } from './decode-mutants.ts';
import { parseMutant } from './mutants.ts';
import type { Mutant, MutantKind } from './mutants.ts';

/** A decoder that takes longer has hung: the pictures are small. */
const DECODE_TIMEOUT_MS = 15_000;
const DECODE_MAX_RSS = 2 ** 30;
/** Undamaged pictures between the mutants. */
const CANARY_EVERY = 20;

/** A mutant with what became of it. */
export interface Examined {
  readonly mutant: Mutant;
  readonly verdict: Verdict;
  /** Rows of the table it counts in. */
  readonly rows: readonly string[];
  readonly contained: boolean;
}

/** Makes and judges mutants of one kind, by their seeds. */
export interface Examiner {
  readonly corpus: Corpus;
  examine(seed: string): Promise<Examined>;
  stop(): Promise<void>;
}

/** The same pseudonyms in every run: a key of no secrecy. */
const KEYS = { keyId: 'fuzz', secret: Buffer.alloc(32, 7) };

export async function fuzzDeidentifier(): Promise<Deidentifier> {
  return new Deidentifier({ keys: KEYS, profile: await loadDeidProfile('retrieval'), allowUncleanedPixels: true });
}

export function startExaminer(kind: MutantKind, synthetic: string | undefined): Promise<Examiner> {
  return kind === 'parse' ? parseExaminer(synthetic) : decodeExaminer();
}

async function parseExaminer(synthetic: string | undefined): Promise<Examiner> {
  const corpus = await loadCorpus('parse', synthetic);
  const deidentifier = await fuzzDeidentifier();
  return {
    corpus,
    async examine(seed) {
      const mutant = parseMutant(seed, corpus.groups);
      const verdict = await checkParse(mutant.bytes, deidentifier);
      return { mutant, verdict, rows: [mutant.className], contained: false };
    },
    stop: () => Promise.resolve(),
  };
}

async function decodeExaminer(): Promise<Examiner> {
  const corpus = await loadCorpus('decode', undefined);
  const sandbox = new ImagingSandbox({ processes: 1, timeoutMs: DECODE_TIMEOUT_MS, maxRssBytes: DECODE_MAX_RSS });
  const canary = new Canary(sandbox);
  let examined = 0;
  return {
    corpus,
    async examine(seed) {
      const mutant = decodeMutant(seed, corpus.groups);
      const { outcome, failures } = await checkDecode(mutant, sandbox);
      const contained = CONTAINED.has(outcome);
      const after = contained || examined++ % CANARY_EVERY === 0 ? await canary.check(mutant) : [];
      const rows = [mutant.className, `decoder ${mutant.codec}`];
      return { mutant, verdict: { outcome, failures: [...failures, ...after] }, rows, contained };
    },
    stop: () => sandbox.stop(),
  };
}
