import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InstanceHasher } from './domain/instance-hasher.ts';
import { instanceTooLarge, spoolFault } from './ingress.errors.ts';

/** Bytes of an instance kept in memory while it streams by, to read its UIDs from. Real headers are far below this. */
const HEAD_BYTES = 1024 * 1024;
const PART_SUFFIX = '.part';

/** An instance on disk and fsynced, but not yet in the journal: not acknowledged. */
export interface SpooledFile {
  readonly receiptId: string;
  readonly spoolName: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly datasetSha256: string;
  /** The first bytes, up to 1 MiB. */
  readonly head: Buffer;
}

/** The spool's folder: identified bytes, readable by the service account only. */
export class SpoolFolder {
  readonly directory: string;
  readonly #maxInstanceBytes: number;

  constructor(directory: string, maxInstanceBytes: number) {
    this.directory = directory;
    this.#maxInstanceBytes = maxInstanceBytes;
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
    const part = this.path(spoolName + PART_SUFFIX);
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
      for await (const chunk of chunks) {
        if (sizeBytes + chunk.length > this.#maxInstanceBytes) throw instanceTooLarge(this.#maxInstanceBytes);
        if (sizeBytes < HEAD_BYTES) head.push(Buffer.from(chunk.subarray(0, HEAD_BYTES - sizeBytes)));
        hasher.update(chunk);
        await file.writev([chunk]);
        sizeBytes += chunk.length;
      }
      await file.datasync();
    } finally {
      await file.close();
    }
    return { sizeBytes, ...hasher.digests(), head: Buffer.concat(head) };
  }
}
