import { mkdtemp, readdir, readFile, rm, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateCohort } from '@precedent/synthetic';
import { runCli, startCli } from '../support/run-cli.ts';

// Real: the command, the service, embedded PostgreSQL, codecs, ONNX Runtime and the model's weights. Fake: the patients.

const SEED = 41;
const PATIENTS = 8;
/** What is killed, one start of the import each; later ones at later moments of the work. */
const VICTIMS = ['service', 'database', 'inference', 'other', 'command'];
const STEP_MS = 400;
/** A killed child is replaced and the import may go on to its end; it gets this long before it is asked to stop. */
const SURVIVAL_MS = 10_000;

interface ImportReport {
  readonly accounted: boolean;
  readonly archive: { patients: number; studies: number; images: number; outcomes: number };
  readonly indexedFrames: number;
  readonly quarantine: Record<string, number>;
}

let folder: string;
let cohort: string;
let undisturbed: ImportReport;

const dataDir = (name: string): string => join(folder, name);
const importArgs = (data: string): string[] => [
  'import',
  join(cohort, 'studies'),
  '--outcomes',
  join(cohort, 'outcomes.csv'),
  '--data-dir',
  data,
  '--allow-uncleaned-pixels',
  '--json',
];

async function finish(data: string): Promise<ImportReport> {
  const { code, stdout, stderr } = await runCli(importArgs(data));
  if (code !== 0) throw new Error(`import ended with ${String(code)}: ${stderr}\n${stdout}`);
  return JSON.parse(stdout) as ImportReport;
}

const counts = ({ accounted, archive, indexedFrames, quarantine }: ImportReport): object => ({
  accounted,
  archive,
  indexedFrames,
  quarantine,
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'precedent kill '));
  await chmod(folder, 0o711);
  cohort = join(folder, 'cohort');
  await generateCohort({ directory: cohort, seed: SEED, patients: PATIENTS });
  undisturbed = await finish(dataDir('undisturbed'));
}, 300_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Every process the service of this data folder has started, itself included, by what it is. */
async function processes(data: string): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>();
  const serve = await pidsWith((command) => command.includes(`serve\0--data-dir\0${data}`));
  found.set('service', serve);
  for (const pid of await descendants(serve)) {
    const command = await commandOf(pid);
    const kind = command.includes('postgres') ? 'database' : command.includes('onnx-child') ? 'inference' : 'other';
    found.set(kind, [...(found.get(kind) ?? []), pid]);
  }
  return found;
}

const commandOf = (pid: number): Promise<string> => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');

async function pidsWith(matches: (command: string) => boolean): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const commands = await Promise.all(pids.map(commandOf));
  return pids.filter((_, at) => matches(commands[at] ?? ''));
}

async function descendants(roots: readonly number[]): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const pid of await pidsWith(() => true)) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    parents.set(pid, Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const isBelow = (pid: number): boolean => {
    for (let at: number | undefined = parents.get(pid); at !== undefined && at > 1; at = parents.get(at)) {
      if (roots.includes(at)) return true;
    }
    return false;
  };
  return [...parents.keys()].filter(isBelow);
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** One that has ended by itself since it was listed (a database's worker, or all of them) is as gone as one that was killed. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Waits until the service's own status file is there, so that the kill meets work and not the start. */
async function untilServing(data: string): Promise<void> {
  for (let i = 0; i < 600; i++) {
    const present = await readFile(join(data, 'run', 'server.json')).then(
      () => true,
      () => false,
    );
    if (present) return;
    await sleep(100);
  }
  throw new Error('the service did not start');
}

describe('SIGKILL of any process during an import, then the same import again', () => {
  it('loses nothing and doubles nothing, whichever process it was', async () => {
    const data = dataDir('killed');
    for (const [at, kind] of VICTIMS.entries()) {
      const run = startCli(importArgs(data));
      await Promise.race([untilServing(data), run.result]);
      await sleep(at * STEP_MS);
      const victims = kind === 'command' ? [run.process.pid ?? 0] : ((await processes(data)).get(kind) ?? []);
      for (const pid of victims.filter((p) => p > 1)) kill(pid);
      await Promise.race([run.result, sleep(SURVIVAL_MS)]);
      run.process.kill('SIGTERM');
      await run.result;
    }
    expect(counts(await finish(data))).toEqual(counts(undisturbed));
  }, 420_000);
});
