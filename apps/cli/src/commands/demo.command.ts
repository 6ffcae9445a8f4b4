import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { useService } from '../client/use-service.ts';
import { EXIT } from '../exit-codes.ts';
import { Interrupted, untilInterrupted } from '../terminal/interruption.ts';
import { note, printJson, say } from '../terminal/output.ts';
import { ProgressBar } from '../terminal/progress-bar.ts';
import { evaluateWhatCanBe } from './demo-evaluation.ts';
import { evaluationTable } from './evaluation-table.ts';
import type { Evaluation } from './evaluate.command.ts';
import type { Example } from './demo-examples.ts';
import { askExamples } from './demo-examples.ts';
import { readInput, shortfall } from './import.command.ts';
import { importDirectory } from './import-directory.ts';
import { folderPath, vectorStore } from './parse-options.ts';
import { casesTable } from './search.command.ts';

interface Options {
  readonly data?: string;
  readonly outcomes?: string;
  readonly dataDir?: string;
  readonly vectors?: string;
  readonly once?: boolean;
  readonly json?: boolean;
}

/** The built-in cohort is the same on every machine. */
const SEED = 1;
const LABELS = [['modality', 'body_region'], ['diagnosis']];
const SECONDS_DIGITS = 1;

export function demoCommand(): Command {
  return new Command('demo')
    .description(
      'Everything at once on invented patients (or on --data): import, de-identify, embed, index, ask, and measure.',
    )
    .option('--data <dir>', 'a folder of DICOM studies instead of the built-in cohort')
    .option('--outcomes <csv>', 'outcomes of --data')
    .option('--data-dir <dir>', 'where the demo keeps its data (default: .precedent/demo… in this folder)', folderPath)
    .option('--vectors <store>', 'vector store: exact or milvus-lite', vectorStore, 'exact')
    .option('--once', 'end when the table is shown')
    .option('--json', 'print the result as JSON')
    .action(run);
}

async function run(options: Options): Promise<void> {
  const say1 = options.json === true ? note : say;
  const dataDir = resolve(options.dataDir ?? defaultDataDir(options));
  note('Images are let through UNCLEANED: this is for invented or development data only, never for patients.');
  const source = await untilInterrupted(sourceOf(options, dataDir));
  const started = performance.now();
  note('Starting database, codecs, model and API …');
  const serve = ['--allow-uncleaned-pixels', '--vectors', options.vectors ?? 'exact'];
  const service = await useService(dataDir, serve);
  const startSeconds = (performance.now() - started) / 1000;
  try {
    const shown = await untilInterrupted(show(service.client, source, options, startSeconds, say1));
    const lacking = shortfall(shown.import);
    if (lacking !== null) note(`precedent: ${lacking}`);
    process.exitCode = lacking === null ? EXIT.ok : EXIT.failed;
    if (options.json === true) printJson(shown);
    if (options.once !== true) await stayUp(service.client.address);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    note('\nStopping every part …');
    process.exitCode = EXIT.interrupted;
  } finally {
    await service.stop();
  }
}

interface Source {
  readonly directory: string;
  readonly outcomes: Uint8Array | undefined;
}

/** Its own folder for every source and store, so that two demos never mix. */
function defaultDataDir({ data, vectors }: Options): string {
  const suffix = data === undefined ? '' : `-${createHash('sha256').update(resolve(data)).digest('hex').slice(0, 8)}`;
  return join('.precedent', `demo${suffix}${vectors === undefined || vectors === 'exact' ? '' : `-${vectors}`}`);
}

async function sourceOf(options: Options, dataDir: string): Promise<Source> {
  if (options.data !== undefined) {
    return { directory: options.data, outcomes: await readInput(options.data, options.outcomes) };
  }
  const directory = join(dataDir, 'cohort');
  const bar = new ProgressBar('cohort', options.json === true);
  const { generateCohort } = await import('@precedent/synthetic');
  const { studies, reused } = await generateCohort({
    directory,
    seed: SEED,
    onProgress: ({ studiesDone, studiesTotal }) => bar.update(studiesDone, studiesTotal, 'studies'),
  });
  if (!reused) bar.finish(studies, studies, 'studies');
  return { directory: join(directory, 'studies'), outcomes: await readFile(join(directory, 'outcomes.csv')) };
}

interface Shown {
  readonly import: Awaited<ReturnType<typeof importDirectory>>;
  /** Null when no class has studies of two or more patients. */
  readonly evaluation: Evaluation | null;
  readonly examples: readonly Example[];
  readonly seconds: Readonly<Record<string, number>>;
  readonly api: string;
}

async function show(
  client: Parameters<typeof importDirectory>[0],
  source: Source,
  options: Options,
  startSeconds: number,
  print: (text: string) => void,
): Promise<Shown> {
  const report = await importDirectory(client, { ...source, quiet: options.json === true });
  note('Asking every study for its similar cases (leave-one-patient-out) …');
  const before = performance.now();
  const evaluation = await evaluateWhatCanBe(client, LABELS);
  const evaluateSeconds = (performance.now() - before) / 1000;
  const examples = await askExamples(client);
  const status = await client.status();
  const seconds = {
    start: startSeconds,
    receive: report.seconds.send,
    ...status.stageSeconds,
    evaluate: evaluateSeconds,
  };
  printAll(print, { import: report, evaluation, examples, seconds, api: client.address.url });
  return { import: report, evaluation, examples, seconds, api: client.address.url };
}

function printAll(print: (text: string) => void, shown: Shown): void {
  const { patients, studies, images, outcomes } = shown.import.archive;
  print(
    `\n${studies} studies of ${patients} patients, ${images} images (${shown.import.indexedFrames} frames indexed), ${outcomes} outcomes.`,
  );
  const held = Object.entries({ ...shown.import.quarantine, ...shown.import.notIndexable });
  if (held.length > 0) print(`Held back: ${held.map(([reason, n]) => `${n} ${reason}`).join(', ')}.`);
  for (const report of shown.evaluation?.reports ?? []) print(evaluationTable(report));
  for (const { question, answer } of shown.examples) {
    print(`\nWhat did this look like before, and how did it end?  ${question}`);
    print(casesTable(answer));
  }
  const stages = Object.entries(shown.seconds).map(([stage, s]) => `${stage} ${s.toFixed(SECONDS_DIGITS)} s`);
  print(`\nBusy seconds a stage (they overlap): ${stages.join(' · ')}`);
}

async function stayUp({ url, token }: { url: string; token: string }): Promise<void> {
  say(`\nThe API listens at ${url} (description: ${url}/openapi.json)`);
  say(`Token: ${token}`);
  say(`Try:   curl -H "Authorization: Bearer ${token}" ${url}/v1/studies?limit=3`);
  say('Ctrl-C stops every part; the next start goes on from here.');
  const forever = setInterval(() => undefined, 1 << 30);
  try {
    await untilInterrupted(new Promise<never>(() => undefined));
  } finally {
    clearInterval(forever);
  }
}
