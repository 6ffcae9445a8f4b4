import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Deidentifier } from './deidentifier.ts';
import type { ObjectOutcome } from './deidentify-object.ts';
import { deidError } from './deid.errors.ts';
import type { DeidAction, QuarantineReason } from './domain/types.ts';

export interface DirectoryJob {
  readonly inDir: string;
  readonly outDir: string;
  readonly deidentifier: Deidentifier;
  /** File that gets one JSON line an input. */
  readonly report?: string;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface DirectoryCounts {
  readonly files: number;
  readonly deidentified: number;
  readonly quarantined: number;
  readonly reasons: Readonly<Partial<Record<QuarantineReason | 'unreadable', number>>>;
}

/** One line of the report. `path` is the input's own, which may name a patient: the report is as private as the folder. */
export interface ReportLine {
  readonly path: string;
  readonly status: 'deidentified' | 'quarantined';
  readonly reason?: QuarantineReason | 'unreadable';
  readonly detail?: string;
  /** Actions counted by `rule action`. */
  readonly actions?: Readonly<Record<string, number>>;
  readonly sha256In?: string;
  readonly sha256Out?: string;
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
    for (const [index, path] of paths.entries()) {
      const line = await treatFile(job, path);
      tally.add(line);
      await write(report, line);
      job.onProgress?.(index + 1, paths.length);
    }
  } finally {
    await report?.close();
  }
  return tally.counts();
}

/** Written into itself, a second run would take its own output for input. */
async function assertApart(inDir: string, outDir: string): Promise<void> {
  const inside = relative(resolve(inDir), resolve(outDir));
  if (inside === '' || !(inside === '..' || inside.startsWith(`..${sep}`) || resolve(inside) === inside))
    throw deidError('DEID_DIRECTORY_NESTED');
  await mkdir(outDir, { recursive: true });
}

/** Plain files only, in a stable order; links are not followed, so that no file outside the folder is read. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

async function treatFile({ inDir, outDir, deidentifier }: DirectoryJob, path: string): Promise<ReportLine> {
  const bytes = await readFile(join(inDir, path)).catch(() => undefined);
  if (bytes === undefined)
    return {
      path,
      status: 'quarantined',
      reason: 'unreadable',
      detail: 'The file could not be read: check its rights.',
    };
  const outcome = deidentifier.deidentifyObject(bytes);
  if (outcome.kind === 'deidentified') await writeWhole(join(outDir, path), outcome.bytes);
  return lineOf(path, bytes, outcome);
}

function lineOf(path: string, bytes: Buffer, outcome: ObjectOutcome): ReportLine {
  const sha256In = createHash('sha256').update(bytes).digest('hex');
  if (outcome.kind === 'quarantined')
    return { path, status: 'quarantined', reason: outcome.reason, detail: outcome.detail, sha256In };
  return { path, status: 'deidentified', actions: countActions(outcome.actions), sha256In, sha256Out: outcome.sha256 };
}

function countActions(actions: readonly DeidAction[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { rule, action } of actions) {
    const key = `${rule} ${action}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

/** A name that only a whole file gets: a run cut off leaves no half object behind. */
async function writeWhole(file: string, bytes: Buffer): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.part`;
  try {
    await writeFile(draft, bytes);
    await rename(draft, file);
  } catch (fault) {
    await rm(draft, { force: true });
    throw fault;
  }
}

async function write(report: FileHandle | undefined, line: ReportLine): Promise<void> {
  await report?.write(`${JSON.stringify(line)}\n`);
}

class Tally {
  #files = 0;
  #deidentified = 0;
  readonly #reasons: Partial<Record<QuarantineReason | 'unreadable', number>> = {};

  add({ status, reason }: ReportLine): void {
    this.#files += 1;
    if (status === 'deidentified') this.#deidentified += 1;
    else if (reason !== undefined) this.#reasons[reason] = (this.#reasons[reason] ?? 0) + 1;
  }

  counts(): DirectoryCounts {
    const quarantined = this.#files - this.#deidentified;
    return { files: this.#files, deidentified: this.#deidentified, quarantined, reasons: this.#reasons };
  }
}
