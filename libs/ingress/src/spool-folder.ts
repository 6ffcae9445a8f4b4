import { randomUUID } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { IdentityOutcome } from '@precedent/dicom';
import { readIdentity } from '@precedent/dicom';
import { InstanceHasher } from './domain/instance-hasher.ts';
import { instanceTooLarge, spoolFault } from './ingress.errors.ts';

/** Bytes of an instance kept in memory while it streams by, to read its UIDs from. Real headers are far below this. */
const HEAD_BYTES = 1024 * 1024;
/** Small chunks (a PDU has 16 KiB with many senders) are gathered: a write costs a trip to another thread. */
const WRITE_BYTES = 256 * 1024;
const PART_SUFFIX = '.part';

/** An instance on disk and fsynced, but not yet in the journal: not acknowledged. */
export interface SpooledFile {
  readonly receiptId: string;
  readonly spoolName: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly datasetSha256: string;
  /** Read from the first MiB. Identified. */
  readonly identity: IdentityOutcome;
  /** Why it is held back although it can be read. */
  readonly objection?: { readonly reason: string; readonly detail: string };
}

/** The spool's folder: identified bytes, readable by the service account only. */
export class SpoolFolder {
  readonly directory: string;
  readonly #maxInstanceBytes: number;
  readonly #partPrefix: string;

  /** @param partPrefix begins the names of unfinished files, so that those of a process that was killed can be told from others'. */
  constructor(directory: string, maxInstanceBytes: number, partPrefix = '') {
    this.directory = directory;
    this.#maxInstanceBytes = maxInstanceBytes;
    this.#partPrefix = partPrefix;
  }

  async open(): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
      throw spoolFault(error);
    });
  }

  path(spoolName: string): string {
    return join(this.directory, spoolName);
  }

  /** Streams one instance to disk and fsyncs it. The chunk source is paused while the disk writes (back-pressure by `for await`). */
  async write(chunks: AsyncIterable<Buffer>): Promise<SpooledFile> {
    const receiptId = randomUUID();
    const spoolName = `${receiptId}.dcm`;
    const part = this.path(this.#partPrefix + spoolName + PART_SUFFIX);
    try {
      const written = await this.#stream(part, chunks);
      await rename(part, this.path(spoolName));
      return { receiptId, spoolName, ...written };
    } catch (error) {
      await rm(part, { force: true });
      throw spoolFault(error);
    }
  }

  /** Makes the renames of finished files durable; one call serves a whole group of instances. */
  async syncFolder(): Promise<void> {
    const handle = await open(this.directory, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  async remove(spoolNames: readonly string[]): Promise<void> {
    for (const name of spoolNames) await rm(this.path(name), { force: true });
  }

  /** Removes files that no journal row names: they were never acknowledged, so their sender sends them again. */
  async removeUnacknowledged(known: ReadonlySet<string>): Promise<number> {
    let removed = 0;
    for (const name of await readdir(this.directory)) {
      if (known.has(name)) continue;
      await rm(this.path(name), { force: true });
      removed += 1;
    }
    return removed;
  }

  /** Removes what a process that is gone has left half-written. */
  async removeParts(prefix: string): Promise<void> {
    const names = await readdir(this.directory);
    await this.remove(names.filter((name) => name.startsWith(prefix) && name.endsWith(PART_SUFFIX)));
  }

  /** What the disk has left for this account. */
  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.directory);
    return bavail * bsize;
  }

  async sizeBytes(): Promise<number> {
    let total = 0;
    for (const name of await readdir(this.directory)) {
      total += await stat(this.path(name)).then(
        (s) => s.size,
        () => 0,
      );
    }
    return total;
  }

  async #stream(path: string, chunks: AsyncIterable<Buffer>): Promise<Omit<SpooledFile, 'receiptId' | 'spoolName'>> {
    const hasher = new InstanceHasher();
    const head: Buffer[] = [];
    let sizeBytes = 0;
    const file = await open(path, 'wx', 0o600);
    try {
      for await (const group of gathered(chunks, WRITE_BYTES)) {
        for (const chunk of group) {
          if (sizeBytes + chunk.length > this.#maxInstanceBytes) throw instanceTooLarge(this.#maxInstanceBytes);
          if (sizeBytes < HEAD_BYTES) head.push(Buffer.from(chunk.subarray(0, HEAD_BYTES - sizeBytes)));
          hasher.update(chunk);
          sizeBytes += chunk.length;
        }
        await writeAll(file, group);
      }
      await file.datasync();
    } finally {
      await file.close();
    }
    return { sizeBytes, ...hasher.digests(), identity: readIdentity(Buffer.concat(head)) };
  }
}

/** Chunks in groups of at least so many bytes; the last may be smaller. */
async function* gathered(chunks: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer[]> {
  let group: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    group.push(chunk);
    size += chunk.length;
    if (size < bytes) continue;
    yield group;
    group = [];
    size = 0;
  }
  if (group.length > 0) yield group;
}

/** A disk that is nearly full may take less than it was given without calling it an error. */
async function writeAll(file: FileHandle, group: readonly Buffer[]): Promise<void> {
  const { bytesWritten } = await file.writev(group);
  if (bytesWritten === sizeOf(group)) return;
  let rest = Buffer.concat(group).subarray(bytesWritten);
  while (rest.length > 0) rest = rest.subarray((await file.write(rest)).bytesWritten);
}

const sizeOf = (group: readonly Buffer[]): number => group.reduce((sum, { length }) => sum + length, 0);
