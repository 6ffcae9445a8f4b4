import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeCorpus } from './corpus.ts';
import { runProduct } from './product.ts';
import { describeScore } from './report.ts';
import { score } from './score.ts';

const EXIT = { ok: 0, failed: 1, usage: 2 };
const DEFAULT_OBJECTS = 1200;
const MOST_OBJECTS = 20_000;
const MOST_JOBS = 8;
/** A product that takes longer than this for an object hangs. */
const MS_AN_OBJECT = 500;
const START_MS = 60_000;

export interface Settings {
  readonly objects: number;
  readonly seed: string;
  readonly profile: string;
  readonly json: boolean;
  readonly keep: string | undefined;
}

/** @throws with a sentence for what cannot be understood */
export function readSettings(args: readonly string[]): Settings {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { objects: text, seed: text, profile: text, keep: text, json: { type: 'boolean' } },
  });
  const objects = Number(values.objects ?? DEFAULT_OBJECTS);
  if (!Number.isInteger(objects) || objects < 1 || objects > MOST_OBJECTS)
    throw new Error(`--objects is 1 to ${MOST_OBJECTS}`);
  const { seed = '1', profile = 'retrieval', keep, json = false } = values;
  if (!/^[\w.-]+$/.test(seed)) throw new Error('--seed takes letters, digits, dots and hyphens');
  if (keep !== undefined && existsSync(keep))
    throw new Error(`--keep takes a folder that does not exist yet; ${keep} does`);
  return { objects, seed, profile, json, keep };
}

/** @returns exit status: 0 where every class reached its figure, 1 where one did not, 2 when called wrongly. */
export async function scoreDeid(args: readonly string[]): Promise<number> {
  let settings: Settings;
  try {
    settings = readSettings(args);
  } catch (error) {
    process.stderr.write(`score: ${error instanceof Error ? error.message : String(error)}\n`);
    return EXIT.usage;
  }
  return inFolder(settings.keep, (directory) => run(settings, directory));
}

/** A folder of our own, removed at the end and when the run is broken off; or the one that is to be kept. */
async function inFolder(keep: string | undefined, work: (directory: string) => Promise<number>): Promise<number> {
  if (keep !== undefined) {
    mkdirSync(keep, { recursive: true });
    return work(keep);
  }
  const directory = mkdtempSync(join(tmpdir(), 'precedent-score-'));
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  const stop = (): never => {
    remove();
    process.exit(130);
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    return await work(directory);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    remove();
  }
}

async function run({ objects, seed, profile, json }: Settings, directory: string): Promise<number> {
  const note = (text: string): void => void process.stderr.write(text);
  const bar =
    (what: string) =>
    (done: number, total: number): void => {
      if (process.stderr.isTTY) note(`\r${what} ${done}/${total}`);
    };
  note(`score: seed ${seed}, at least ${objects} objects, profile ${profile}\n`);
  const corpus = await makeCorpus({ directory, objects, seed, profile, onProgress: bar('making') });
  note(`\rscore: ${corpus.objects} objects of ${corpus.patients} patients made; precedent deid runs …\n`);
  const jobs = Math.min(MOST_JOBS, availableParallelism());
  const product = await runProduct({
    directory,
    inDir: corpus.inDir,
    profile,
    jobs,
    timeoutMs: START_MS + corpus.objects * MS_AN_OBJECT,
  });
  const judging = bar('judging');
  const result = await score({
    ...product,
    keyFile: corpus.keyFile,
    validated: 60,
    onProgress: (done) => judging(done, corpus.objects),
  });
  note('\r');
  const settings = { seed, profile, objects: corpus.objects };
  process.stdout.write(
    json ? `${JSON.stringify({ settings, ...result }, null, 2)}\n` : describeScore(result, settings),
  );
  return result.met ? EXIT.ok : EXIT.failed;
}
