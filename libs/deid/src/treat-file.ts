import { createHash } from 'node:crypto';
import { lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PlannedFaces } from './clean-faces.ts';
import type { Deidentifier } from './deidentifier.ts';
import type { ObjectOutcome } from './deidentify-object.ts';
import type { DeidAction, QuarantineReason } from './domain/types.ts';

export interface Folders {
  readonly inDir: string;
  readonly outDir: string;
}

export interface FileTask {
  /** Below the folder. */
  readonly path: string;
  /** What is known of its series; absent where nobody looked. */
  readonly faces?: PlannedFaces | undefined;
}

/** One line of the report. `path` is the input's own, which may name a patient: the report is as private as the folder. */
export interface ReportLine {
  readonly path: string;
  readonly status: 'deidentified' | 'quarantined';
  readonly reason?: QuarantineReason | 'unreadable' | 'symbolic-link';
  readonly detail?: string;
  /** Actions counted by `rule action`. */
  readonly actions?: Readonly<Record<string, number>>;
  readonly sha256In?: string;
  readonly sha256Out?: string;
}

/** Reads, de-identifies and writes one file. @throws only when the output cannot be written */
export async function treatFile(
  { inDir, outDir }: Folders,
  deidentifier: Deidentifier,
  { path, faces }: FileTask,
): Promise<ReportLine> {
  if (await isLink(join(inDir, path)))
    return { path, status: 'quarantined', reason: 'symbolic-link', detail: LINK_DETAIL };
  const bytes = await readFile(join(inDir, path)).catch(() => undefined);
  if (bytes === undefined)
    return {
      path,
      status: 'quarantined',
      reason: 'unreadable',
      detail: 'The file could not be read: check its rights.',
    };
  const outcome = await deidentifier.deidentifyObject(bytes, faces);
  if (outcome.kind === 'deidentified') await writeWhole(join(outDir, path), outcome.bytes);
  return lineOf(path, bytes, outcome);
}

const LINK_DETAIL = 'A symbolic link is not followed, since it may lead anywhere: put the file itself into the folder.';

async function isLink(file: string): Promise<boolean> {
  const found = await lstat(file).catch(() => undefined);
  return found?.isSymbolicLink() ?? false;
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
