import { mkdir, open, readdir } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { linesInThreads } from './adapters/file-threads.ts';
import { openDeidentifier } from './adapters/open-deidentifier.ts';
import type { DeidentifierOptions } from './deidentifier.ts';
import { Deidentifier } from './deidentifier.ts';
import { deidError } from './deid.errors.ts';
import type { FacePlan } from './recognisable/face-plan.ts';
import { FieldStore } from './recognisable/remove-faces.ts';
import type { Folders, ReportLine } from './treat-file.ts';
import { treatFile } from './treat-file.ts';

export interface DirectoryJob extends Folders {
  readonly options: DeidentifierOptions;
  /** Files treated at once, each in a thread of its own; 1 works in the caller's. Default 1. */
  readonly jobs?: number;
  /** File that gets one JSON line an input, in the order of paths. */
  readonly report?: string;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface DirectoryCounts {
  readonly files: number;
  readonly deidentified: number;
  readonly quarantined: number;
  readonly reasons: Readonly<Partial<Record<NonNullable<ReportLine['reason']>, number>>>;
}

/**
 * De-identifies every file below a folder into another, keeping relative paths. Bad input is quarantined in the report
 * and never stops the rest; an output appears whole or not at all. File names are not changed: they are the user's.
 */
export async function deidentifyDirectory(job: DirectoryJob): Promise<DirectoryCounts> {
  await assertApart(job.inDir, job.outDir);
  const paths = await filesBelow(job.inDir);
  const report = job.report === undefined ? undefined : await open(job.report, 'w', 0o600);
  const tally = new Tally();
  try {
    for await (const line of linesOf(job, paths)) {
      tally.add(line);
      await write(report, line);
      job.onProgress?.(tally.files, paths.length);
    }
  } finally {
    await report?.close();
  }
  return tally.counts();
}

async function* linesOf(job: DirectoryJob, paths: readonly string[]): AsyncGenerator<ReportLine> {
  const threads = Math.min(job.jobs ?? 1, paths.length);
  const plan = await planOf(job, paths);
  if (threads > 1) {
    yield* linesInThreads(threads, job.options, { ...job, plan }, paths);
    return;
  }
  const fields = new FieldStore(plan?.fields ?? []);
  const { deidentifier, close } = await openDeidentifier(job.options);
  try {
    for (const path of paths) {
      const faces = plan && { faces: plan.objects.get(path), fields };
      yield await treatFile(job, deidentifier, { path, faces });
    }
  } finally {
    await close();
  }
}

/** Files of one series may lie anywhere in the folder: all headers are looked at before the first file is written. */
async function planOf(job: DirectoryJob, paths: readonly string[]): Promise<FacePlan<string> | undefined> {
  const planner = new Deidentifier(job.options);
  try {
    return await planner.planFaces(paths.map((path) => [path, { path: join(job.inDir, path) }] as const));
  } finally {
    await planner.stop();
  }
}

/** Written into itself, a second run would take its own output for input. */
async function assertApart(inDir: string, outDir: string): Promise<void> {
  const inside = relative(resolve(inDir), resolve(outDir));
  if (inside === '' || !(inside === '..' || inside.startsWith(`..${sep}`) || resolve(inside) === inside))
    throw deidError('DEID_DIRECTORY_NESTED');
  await mkdir(outDir, { recursive: true });
}

/** Files in a stable order, and links, which are reported and not followed, so that no file outside the folder is read. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

async function write(report: FileHandle | undefined, line: ReportLine): Promise<void> {
  await report?.write(`${JSON.stringify(line)}\n`);
}

class Tally {
  files = 0;
  #deidentified = 0;
  readonly #reasons: Partial<Record<NonNullable<ReportLine['reason']>, number>> = {};

  add({ status, reason }: ReportLine): void {
    this.files += 1;
    if (status === 'deidentified') this.#deidentified += 1;
    else if (reason !== undefined) this.#reasons[reason] = (this.#reasons[reason] ?? 0) + 1;
  }

  counts(): DirectoryCounts {
    const quarantined = this.files - this.#deidentified;
    return { files: this.files, deidentified: this.#deidentified, quarantined, reasons: this.#reasons };
  }
}
