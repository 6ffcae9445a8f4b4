import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { generateCohort } from '@precedent/synthetic';
import { startExaminer } from './examine.ts';
import { describeResult, failuresIn } from './report.ts';
import { COHORT, runFuzz } from './run.ts';

export const USAGE = `Usage: npm run fuzz -- [--mutants N] [--decode N] [--seed S] [--minutes M] [--json]
       npm run fuzz -- --replay SEED
  --mutants N   mutants in all (default 200000); one of ten is a code stream unless --decode says otherwise
  --decode N    how many of them are code streams for the decoders
  --seed S      the same seed and the same bases make the same mutants (default: the time)
  --minutes M   stop then, with what has been done
  --json        the result as JSON
  --replay SEED one mutant of a report again, e.g. 'parse/1/42@made/rich explicit'
`;
const DEFAULT_MUTANTS = 200_000;
const EXIT = { ok: 0, failed: 1, usage: 2 };

interface Settings {
  readonly seed: string;
  readonly mutants: number;
  readonly decode: number;
  readonly minutes: number | undefined;
  readonly json: boolean;
  readonly replay: string | undefined;
}

/** @throws with a sentence for what cannot be understood */
export function readSettings(args: readonly string[]): Settings {
  const text = { type: 'string' } as const;
  const options = {
    mutants: text,
    decode: text,
    seed: text,
    minutes: text,
    replay: text,
    json: { type: 'boolean' },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  const mutants = wholeNumber('mutants', values.mutants) ?? DEFAULT_MUTANTS;
  const decode = wholeNumber('decode', values.decode) ?? Math.round(mutants / 10);
  if (decode > mutants) throw new Error('--decode cannot be more than --mutants');
  const seed = values.seed ?? String(Date.now());
  if (!/^[\w.-]+$/.test(seed)) throw new Error('--seed takes letters, digits, dots and hyphens');
  const { json = false, replay } = values;
  if (replay !== undefined && !/^(parse|decode)\/[\w.-]+\/\d+(@.+)?$/s.test(replay))
    throw new Error('--replay takes a seed as a report prints it');
  return { seed, mutants, decode, minutes: wholeNumber('minutes', values.minutes), json, replay };
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} takes a whole number`);
  return Number(text);
}

/** @returns exit status: 0 where every property held, 1 where one did not. */
export async function fuzz(args: readonly string[]): Promise<number> {
  let settings: Settings;
  try {
    settings = readSettings(args);
  } catch (error) {
    process.stderr.write(`fuzz: ${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return EXIT.usage;
  }
  return settings.replay === undefined ? run(settings) : replay(settings.replay);
}

async function run({ seed, mutants, decode, minutes, json }: Settings): Promise<number> {
  const onProgress = (line: string): void => void process.stderr.write(`${line}\n`);
  const result = await runFuzz({ seed, parse: mutants - decode, decode, signal: stopAfter(minutes), onProgress });
  process.stdout.write(json ? `${JSON.stringify(result, null, 2)}\n` : describeResult(result));
  return failuresIn(result) > 0 ? EXIT.failed : EXIT.ok;
}

/** After some minutes, or when told to (Ctrl-C): then what has been done is reported. */
function stopAfter(minutes: number | undefined): AbortSignal {
  const stopper = new AbortController();
  const stop = (): void => stopper.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  if (minutes !== undefined) setTimeout(stop, minutes * 60_000).unref();
  return stopper.signal;
}

async function replay(seed: string): Promise<number> {
  const scratch = mkdtempSync(join(tmpdir(), 'precedent-fuzz-'));
  const examiner = await startExaminer(seed.startsWith('parse') ? 'parse' : 'decode', await cohortIn(scratch));
  try {
    const { mutant, verdict } = await examiner.examine(seed);
    process.stdout.write(
      `${JSON.stringify({ seed: mutant.seed, notes: mutant.notes, length: mutant.bytes.length, ...verdict }, null, 2)}\n`,
    );
    return verdict.failures.length > 0 ? EXIT.failed : EXIT.ok;
  } finally {
    await examiner.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function cohortIn(scratch: string): Promise<string> {
  const { directory } = await generateCohort({ directory: join(scratch, 'cohort'), ...COHORT });
  return directory;
}
