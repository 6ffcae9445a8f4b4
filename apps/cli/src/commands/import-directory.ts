import { readFile } from 'node:fs/promises';
import type { ServiceClient, Status } from '../client/service-client.ts';
import { ProgressBar } from '../terminal/progress-bar.ts';
import type { FoundFile, PassedOver } from './walk-files.ts';
import { StudiesToSend } from './studies-to-send.ts';
import { walkFiles } from './walk-files.ts';

/** One request carries this much: large enough that the acknowledgement's fsync is shared, small enough to resume from. */
const BATCH_FILES = 48;
const BATCH_BYTES = 48 * 1024 * 1024;
/** Requests under way at once: one is written to disk while the next is read. */
const IN_FLIGHT = 2;
/** A status costs the database a dozen queries: asked four times a second it took a tenth of the pipeline's CPU. */
const POLL_MS = 1000;

export interface ImportReport {
  readonly files: number;
  readonly sent: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly rejected: readonly PassedOver[];
  readonly passedOver: readonly PassedOver[];
  readonly outcomeLines: number;
  readonly skippedOutcomeLines: readonly number[];
  /** Instances held back, over the whole data folder, by reason. */
  readonly quarantine: Readonly<Record<string, number>>;
  readonly notIndexable: Readonly<Record<string, number>>;
  readonly archive: Status['archive'];
  readonly indexedFrames: number;
  /** Whether every instance ended archived, duplicate or quarantined. */
  readonly accounted: boolean;
  readonly seconds: { readonly send: number; readonly pipeline: number };
}

export interface ImportOptions {
  readonly directory: string;
  /** The outcomes CSV itself, read before anything is started. */
  readonly outcomes: Uint8Array | undefined;
  readonly quiet: boolean;
}

interface Tally {
  stored: number;
  duplicates: number;
  sent: number;
  readonly rejected: PassedOver[];
  readonly passedOver: PassedOver[];
}

/** Sends a folder's DICOM objects to the service and waits until each has ended: indexed, or held back with a reason. */
export async function importDirectory(client: ServiceClient, options: ImportOptions): Promise<ImportReport> {
  const started = performance.now();
  const outcomes = options.outcomes === undefined ? undefined : await client.outcomes(options.outcomes);
  const { files, passedOver } = await walkFiles(options.directory);
  const tally: Tally = { stored: 0, duplicates: 0, sent: 0, rejected: [], passedOver: [...passedOver] };
  await send(client, files, tally, new ProgressBar('sending', options.quiet));
  await client.seal('import');
  const sentAt = performance.now();
  const status = await untilSettled(client, new ProgressBar('pipeline', options.quiet));
  return {
    files: files.length + passedOver.length,
    ...tally,
    outcomeLines: outcomes?.lines ?? 0,
    skippedOutcomeLines: outcomes?.skippedLines ?? [],
    quarantine: status.quarantine,
    notIndexable: status.notIndexable,
    archive: status.archive,
    indexedFrames: status.indexed,
    accounted: isAccounted(status),
    seconds: { send: (sentAt - started) / 1000, pipeline: (performance.now() - sentAt) / 1000 },
  };
}

/** Every received instance has a verdict, and every embedded frame answers in the index. */
function isAccounted(status: Status): boolean {
  const { received = 0, archived = 0, duplicate = 0, quarantined = 0, notIndexable = 0 } = status.instances;
  return received === archived + duplicate + quarantined + notIndexable && status.indexed === status.embeddings;
}

async function send(client: ServiceClient, files: readonly FoundFile[], tally: Tally, bar: ProgressBar): Promise<void> {
  const studies = new StudiesToSend(files);
  const queue = batches(studies.files);
  const worker = async (): Promise<void> => {
    for (let batch = queue.shift(); batch !== undefined; batch = queue.shift()) {
      await sendBatch(client, batch, tally);
      const complete = studies.sent(batch);
      if (complete.length > 0) await client.seal('import', complete);
      bar.update(tally.sent, files.length, 'files');
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  bar.finish(tally.sent, files.length, 'files');
}

async function sendBatch(client: ServiceClient, batch: readonly FoundFile[], tally: Tally): Promise<void> {
  const read = (await Promise.all(batch.map((file) => readOne(file, tally)))).flat();
  if (read.length === 0) return;
  const uploads = read.map(({ bytes }) => ({ contentType: 'application/dicom', bytes }));
  const lines = await client.ingest('import', uploads);
  lines.forEach((line, at) => {
    tally.sent += 1;
    if (line.kind === 'duplicate') tally.duplicates += 1;
    else if (line.kind === 'rejected') tally.rejected.push({ path: read[at]?.path ?? '', reason: 'not-dicom' });
    else tally.stored += 1;
  });
}

/** One file that cannot be read (gone meanwhile, a bad sector) is named and does not stop the others. */
async function readOne({ path }: FoundFile, tally: Tally): Promise<{ path: string; bytes: Uint8Array }[]> {
  try {
    return [{ path, bytes: await readFile(path) }];
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_FS_FILE_TOO_LARGE';
    tally.passedOver.push({ path, reason: tooLarge ? 'too-large' : 'unreadable' });
    return [];
  }
}

function batches(files: readonly FoundFile[]): FoundFile[][] {
  const made: FoundFile[][] = [];
  let bytes = Infinity;
  for (const file of files) {
    const current = made.at(-1);
    if (current === undefined || current.length >= BATCH_FILES || bytes + file.sizeBytes > BATCH_BYTES) {
      made.push([file]);
      bytes = file.sizeBytes;
    } else {
      current.push(file);
      bytes += file.sizeBytes;
    }
  }
  return made;
}

const PENDING = ['receiving', 'sealed', 'deidentified', 'embedded'];
const countOf = (counts: Readonly<Record<string, number>>, names: readonly string[]): number =>
  names.reduce((sum, name) => sum + (counts[name] ?? 0), 0);

/** Waits until nothing is on its way any more. */
export async function untilSettled(client: ServiceClient, bar: ProgressBar): Promise<Status> {
  for (;;) {
    const status = await client.status();
    const total = Object.values(status.generations).reduce((sum, n) => sum + n, 0);
    const done = total - countOf(status.generations, PENDING);
    if (status.settled) {
      bar.finish(done, total, 'studies');
      return status;
    }
    bar.update(done, total, `studies (${status.indexed} images indexed)`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
