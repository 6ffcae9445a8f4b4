import { Command, InvalidArgumentError } from 'commander';
import type { ObjectInspector } from '@precedent/deid';
import { CodedError } from '@precedent/kernel';
import { EXIT } from '../exit-codes.ts';
import { untilInterrupted } from '../terminal/interruption.ts';
import { note, say } from '../terminal/output.ts';
import { InspectPictures, harmlessName } from './inspect-pictures.ts';
import { InspectProgress } from './inspect-progress.ts';
import type { InspectRecord } from './inspect-record.ts';
import { inspectedRecord, isShort, jsonLine, unseenRecord } from './inspect-record.ts';
import type { InspectTarget } from './inspect-targets.ts';
import { inspectTargets } from './inspect-targets.ts';
import { inspectText } from './inspect-text.ts';
import { folderPath, wholeNumber } from './parse-options.ts';

interface Options {
  readonly json?: boolean;
  readonly png?: string;
  readonly overwrite?: boolean;
  readonly frames: number | 'all';
  readonly profile: string;
}

export function inspectCommand(): Command {
  return new Command('inspect')
    .description(
      'Explain DICOM objects: encoding, findings, what would be held back and why, digests of every frame. No value of a patient is printed.',
    )
    .argument('<path...>', 'files, or folders of any depth')
    .option('--json', 'one JSON object a line, one line a file')
    .option(
      '--png <dir>',
      'write the picture of every frame; the pictures show what the object shows, names included',
      folderPath,
    )
    .option('--overwrite', 'replace pictures of earlier runs; otherwise they are named and left')
    .option('--frames <n|all>', 'frames to look at, from the first; 0 leaves the pixels alone', framesOption, 'all')
    .option('--profile <name>', 'de-identification profile by name or YAML file', 'retrieval')
    .action(run);
}

const framesOption = (text: string): number | 'all' => {
  if (text === 'all') return 'all';
  try {
    return wholeNumber(0, 100_000)(text);
  } catch {
    throw new InvalidArgumentError('Write a whole number from 0 to 100000, or all.');
  }
};

async function run(paths: readonly string[], options: Options): Promise<void> {
  // Loaded when it is needed: `--help` of any command must not wait for it.
  const { loadDeidProfile, ObjectInspector, openPixelCleaner } = await import('@precedent/deid');
  const profile = await loadDeidProfile(options.profile);
  const pictures = options.png === undefined ? null : await InspectPictures.in(options.png, options.overwrite === true);
  const { cleaner, close } = await openPixelCleaner({ ultrasoundOutside: profile.rules.ultrasoundOutside });
  const inspector = new ObjectInspector({ profile, pixelCleaner: cleaner });
  try {
    const tally = await untilInterrupted(inspectAll(paths, { inspector, pictures, options }));
    tell(tally, pictures);
  } finally {
    await Promise.all([inspector.stop(), close()]);
  }
}

interface Work {
  readonly inspector: ObjectInspector;
  readonly pictures: InspectPictures | null;
  readonly options: Options;
}

class Tally {
  files = 0;
  short = 0;
  /** Frames of which there is a picture. */
  shown = 0;
  readonly statuses: Partial<Record<InspectRecord['status'], number>> = {};

  add(record: InspectRecord): void {
    this.files += 1;
    this.statuses[record.status] = (this.statuses[record.status] ?? 0) + 1;
    this.shown += record.frames.filter(({ failure }) => failure === null).length;
    if (isShort(record)) this.short += 1;
  }
}

/** One file after another: what is printed stays in order, and only one object is in memory. */
async function inspectAll(paths: readonly string[], work: Work): Promise<Tally> {
  const targets = (await Promise.all(paths.map(inspectTargets))).flat();
  const progress = new InspectProgress();
  const tally = new Tally();
  for (const target of targets) {
    // Whoever read the output has closed it (`| head`) and wants no more.
    if (process.stdout.destroyed) break;
    const record = await recordOf(target, work, progress);
    tally.add(record);
    progress.file(tally.files, targets.length);
    print(record, work.options, tally.files === 1);
  }
  progress.end(tally.files, targets.length);
  return tally;
}

async function recordOf(target: InspectTarget, work: Work, progress: InspectProgress): Promise<InspectRecord> {
  if (target.kind === 'unseen') return unseenRecord(target.shown, target.reason);
  const pictures = work.pictures?.sinkFor(target.name);
  try {
    const inspection = await work.inspector.inspect({
      path: target.path,
      frames: work.options.frames,
      onProgress: (done, total) => progress.frames(done, total),
      ...(pictures === undefined ? {} : { onPicture: pictures.sink }),
    });
    return inspectedRecord(target, inspection, pictures?.written ?? new Map());
  } catch (error) {
    return unseenRecord(target.shown, unseenReason(error));
  }
}

/** Only reading may fail here: a fault of anything else, such as a full disk under the pictures, ends the command. */
function unseenReason(error: unknown): 'too-large' | 'unreadable' {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === 'ERR_FS_FILE_TOO_LARGE') return 'too-large';
  if (!(error instanceof CodedError) && ['open', 'read', 'fstat'].includes(syscall ?? '')) return 'unreadable';
  throw error;
}

const widthOf = (): number => Math.min(110, Math.max(80, process.stdout.isTTY ? process.stdout.columns : 100));

function print(record: InspectRecord, { json }: Options, isFirst: boolean): void {
  if (json === true) process.stdout.write(`${jsonLine(record)}\n`);
  else say(`${isFirst ? '' : '\n'}${inspectText(record, widthOf())}`);
}

function tell({ files, short, shown, statuses }: Tally, pictures: InspectPictures | null): void {
  const { read = 0, rejected = 0, 'passed-over': over = 0, unreadable = 0 } = statuses;
  if (files > 1)
    note(`\n${files} files: ${read} read, ${rejected} refused, ${over} passed over, ${unreadable} not opened.`);
  const unwritten = pictures === null ? 0 : shown - pictures.written;
  if (pictures !== null && unwritten > 0) tellUnwritten(pictures, unwritten);
  if (short > 0) note(`precedent: ${short} of ${files} could not be read, or not all of it; each is named above.`);
  process.exitCode = short + unwritten === 0 ? EXIT.ok : EXIT.failed;
}

function tellUnwritten({ existing }: InspectPictures, unwritten: number): void {
  for (const file of existing.slice(0, 10)) note(`precedent: ${harmlessName(file)} exists: left as it is.`);
  if (existing.length > 0)
    note(`precedent: ${existing.length} pictures were there already; --overwrite replaces them.`);
  const failed = unwritten - existing.length;
  if (failed > 0) note(`precedent: ${failed} pictures could not be made as PNG; look at smaller frames one by one.`);
}
