import { mkdirSync } from 'node:fs';
import type { SpaceId, StudyKey } from '@precedent/kernel';
import { codeOf } from '@precedent/kernel';
import { indexFault } from '../case-index.errors.ts';
import { batchesOf, checkDimension, checkFilter, checkRows, checkSearch, checkStudyKeys } from '../domain/check.ts';
import { within } from '../domain/deadline.ts';
import type { PackedRows } from '../domain/packed-rows.ts';
import { packRows, unpackRows } from '../domain/packed-rows.ts';
import type { ExactCaseIndex, Filter, IndexedImage, Neighbour, SearchRequest } from '../domain/types.ts';
import { lockDirectory } from './directory-lock.ts';
import type { DirectoryLock } from './directory-lock.ts';
import type { ExactCall } from './exact-protocol.ts';
import type { StoreStatus } from './exact-store.ts';
import { ExactThread } from './exact-thread.ts';

/** A scan of 200,000 x 1280 takes well under a second; ten of them may wait in line. */
const DEFAULT_DEADLINE_MS = 10_000;
const IDS_PER_PAGE = 1000;

export interface ExactIndexOptions {
  /** A directory of this space alone; made if absent. */
  readonly directory: string;
  readonly space: SpaceId;
  readonly dimension: number;
}

/**
 * Opens the in-process exact index of a directory; an empty or absent directory gives an empty index.
 * Faults: INDEX_LOCKED, INDEX_SPACE_MISMATCH, INDEX_CORRUPT, INDEX_BAD_REQUEST.
 */
export async function openExactIndex(options: ExactIndexOptions): Promise<ExactCaseIndex> {
  checkDimension(options.dimension);
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  const lock = lockDirectory(options.directory);
  const { directory, space, dimension } = options;
  const thread = new ExactThread({ directory, space, dimension });
  try {
    await thread.opened;
  } catch (error) {
    await thread.terminate();
    lock.release();
    throw error;
  }
  return new ExactIndex(options, thread, lock);
}

class ExactIndex implements ExactCaseIndex {
  readonly name = 'exact';
  readonly capabilities = { filterTemplates: false, exact: true, persistent: true };
  readonly space: SpaceId;
  readonly dimension: number;
  readonly #thread: ExactThread;
  readonly #lock: DirectoryLock;
  #closing: Promise<void> | undefined;

  constructor(options: ExactIndexOptions, thread: ExactThread, lock: DirectoryLock) {
    this.space = options.space;
    this.dimension = options.dimension;
    this.#thread = thread;
    this.#lock = lock;
  }

  async upsert(images: readonly IndexedImage[]): Promise<void> {
    for (const batch of batchesOf(checkRows(images, this.dimension))) {
      const rows = packRows(batch, this.dimension);
      await this.#call({ operation: 'upsert', rows }, [rows.vectors.buffer as ArrayBuffer]);
    }
  }

  async search(request: SearchRequest): Promise<readonly Neighbour[]> {
    checkSearch(request, this.dimension);
    const { vector, k, filter, deadlineMs = DEFAULT_DEADLINE_MS } = request;
    const deadlineAt = Date.now() + deadlineMs;
    return within(deadlineMs, this.#call({ operation: 'search', vector, k, filter, deadlineAt }));
  }

  async vectorsOf(studyKeys: readonly StudyKey[]): Promise<readonly IndexedImage[]> {
    checkStudyKeys(studyKeys);
    return unpackRows(await this.#call<PackedRows>({ operation: 'vectorsOf', studyKeys }), this.dimension);
  }

  async deleteStudies(studyKeys: readonly StudyKey[]): Promise<number> {
    checkStudyKeys(studyKeys);
    return this.#call({ operation: 'deleteStudies', studyKeys });
  }

  async count(filter?: Filter): Promise<number> {
    if (filter !== undefined) checkFilter(filter);
    return this.#call({ operation: 'count', filter });
  }

  async *ids(): AsyncIterable<readonly string[]> {
    for (let after = ''; ;) {
      const page = await this.#call<readonly string[]>({ operation: 'idsAfter', after, limit: IDS_PER_PAGE });
      const last = page.at(-1);
      if (last === undefined) return;
      yield page;
      after = last;
    }
  }

  async health(): Promise<{ readonly ok: boolean; readonly detail: string }> {
    try {
      return healthOf(await this.#call<StoreStatus>({ operation: 'status' }));
    } catch (error) {
      return { ok: false, detail: codeOf(error) };
    }
  }

  async compact(): Promise<void> {
    await this.#call({ operation: 'compact' });
  }

  async reset(): Promise<void> {
    await this.#call({ operation: 'reset' });
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    try {
      await this.#thread.call({ operation: 'close' });
    } catch {
      // A dead thread has nothing left to write: every acknowledged row was flushed.
    } finally {
      await this.#thread.terminate();
      this.#lock.release();
    }
  }

  async #call<T>(call: ExactCall, transfer: readonly ArrayBuffer[] = []): Promise<T> {
    if (this.#closing !== undefined) throw indexFault('INDEX_CLOSED');
    return this.#thread.call<T>(call, transfer);
  }
}

function healthOf(status: StoreStatus): { readonly ok: boolean; readonly detail: string } {
  const parts = [`${status.rows} rows`, `${status.bytes} bytes on disk`];
  if (status.cutBytes > 0) parts.push(`an unfinished write of ${status.cutBytes} bytes was cut off at opening`);
  if (status.compactionFailed) parts.push('the last compaction failed; look at the free space');
  return { ok: !status.compactionFailed, detail: parts.join(', ') };
}
