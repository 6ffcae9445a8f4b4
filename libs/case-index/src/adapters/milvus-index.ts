import type { SpaceId, StudyKey } from '@precedent/kernel';
import { codeOf } from '@precedent/kernel';
import { indexFault } from '../case-index.errors.ts';
import { batchesOf, checkDimension, checkFilter, checkRows, checkSearch, checkStudyKeys } from '../domain/check.ts';
import { within } from '../domain/deadline.ts';
import { checkAccess, collectionName } from '../domain/milvus-policy.ts';
import type { MilvusAccess } from '../domain/milvus-policy.ts';
import type {
  Filter,
  IndexCapabilities,
  IndexedImage,
  Neighbour,
  RebuildableCaseIndex,
  SearchRequest,
} from '../domain/types.ts';
import { unwrap } from './milvus-answers.ts';
import { MilvusCollection } from './milvus-collection.ts';
import type { VectorIndexType } from './milvus-collection.ts';
import { MilvusLink } from './milvus-link.ts';
import { idsExpression, MilvusReader } from './milvus-reader.ts';
import { rowOf } from './milvus-rows.ts';

const DEFAULT_DEADLINE_MS = 10_000;
/** Making or dropping a collection took up to 4 s, loading a restarted one up to 20 s. */
const ADMIN_MS = 60_000;
const WRITE_MS = 30_000;
/** A probe must answer before the one who asks gives up. */
const HEALTH_MS = 3_000;
/** `Bounded` may lag by 5 s (Milvus' graceful time); after an own write searches wait for the newest for this long. */
const FRESH_MS = 10_000;

export interface MilvusIndexOptions extends MilvusAccess {
  readonly space: SpaceId;
  readonly dimension: number;
  /** FLAT (exact) up to about 1e5 rows and always on Milvus Lite, HNSW above. */
  readonly indexType?: VectorIndexType;
  /** Limit of a search without its own, and of a read. */
  readonly deadlineMs?: number;
}

/**
 * Opens the index of a space on a Milvus server, making its collection if it is absent. Faults: INDEX_UNREACHABLE,
 * INDEX_DENIED, INDEX_VERSION_REFUSED, INDEX_DEFAULT_PASSWORD, INDEX_PLAINTEXT_REFUSED, INDEX_SPACE_MISMATCH.
 */
export async function openMilvusIndex(options: MilvusIndexOptions): Promise<RebuildableCaseIndex> {
  const index = new MilvusIndex(options);
  try {
    await index.connect();
    return index;
  } catch (error) {
    await index.close();
    throw error;
  }
}

/** The same, connected when first used: a service starts, and says it is not ready, while its database is down. */
export function lazyMilvusIndex(options: MilvusIndexOptions): RebuildableCaseIndex {
  return new MilvusIndex(options);
}

class MilvusIndex implements RebuildableCaseIndex {
  readonly name = 'milvus';
  readonly space: SpaceId;
  readonly dimension: number;
  readonly #limitMs: number;
  readonly #collection: MilvusCollection;
  readonly #collectionName: string;
  readonly #link: MilvusLink;
  readonly #reader: MilvusReader;
  readonly #indexType: VectorIndexType;
  #filterTemplates = false;
  #writes: Promise<unknown> = Promise.resolve();
  #lastWriteAt = 0;

  constructor(options: MilvusIndexOptions) {
    checkDimension(options.dimension);
    checkAccess(options);
    this.space = options.space;
    this.dimension = options.dimension;
    this.#limitMs = options.deadlineMs ?? DEFAULT_DEADLINE_MS;
    this.#indexType = options.indexType ?? 'FLAT';
    this.#collectionName = collectionName(options.space);
    const { dimension } = options;
    this.#collection = new MilvusCollection({ name: this.#collectionName, dimension, indexType: this.#indexType });
    this.#link = new MilvusLink(options, this.#collection);
    const shape = { collection: this.#collectionName, dimension, indexType: this.#indexType };
    this.#reader = new MilvusReader(this.#link, { ...shape, limitMs: this.#limitMs });
  }

  get capabilities(): IndexCapabilities {
    return { filterTemplates: this.#filterTemplates, exact: this.#indexType === 'FLAT', persistent: true };
  }

  async connect(): Promise<void> {
    await this.#version(this.#limitMs);
  }

  async #version(limitMs: number): Promise<string> {
    return this.#link.run(limitMs, (_client, _timeout, server) => {
      this.#filterTemplates = server.filterTemplates;
      return Promise.resolve(server.version);
    });
  }

  async upsert(images: readonly IndexedImage[]): Promise<void> {
    const rows = checkRows(images, this.dimension);
    await this.#write(async () => {
      for (const batch of batchesOf(rows)) await this.#upsertBatch(batch);
    });
  }

  async #upsertBatch(batch: readonly IndexedImage[]): Promise<void> {
    await this.#link.run(WRITE_MS, async (client, timeout) => {
      const data = batch.map(rowOf);
      const answer = unwrap(await client.upsert({ collection_name: this.#collectionName, data, timeout }));
      if (Number(answer.upsert_cnt) !== batch.length || answer.err_index.length > 0) {
        throw indexFault('INDEX_BAD_ANSWER', 'not every row was taken');
      }
    });
  }

  async search(request: SearchRequest): Promise<readonly Neighbour[]> {
    checkSearch(request, this.dimension);
    const { vector, k, filter, deadlineMs = this.#limitMs } = request;
    const level = Date.now() - this.#lastWriteAt < FRESH_MS ? 'Strong' : 'Bounded';
    return this.#reader.search({ vector, k, filter, level, deadlineMs });
  }

  async vectorsOf(studyKeys: readonly StudyKey[]): Promise<readonly IndexedImage[]> {
    checkStudyKeys(studyKeys);
    return this.#reader.images({ op: 'in', field: 'studyKey', values: studyKeys });
  }

  async deleteStudies(studyKeys: readonly StudyKey[]): Promise<number> {
    checkStudyKeys(studyKeys);
    return this.#write(() => this.#deleteWhere({ op: 'in', field: 'studyKey', values: studyKeys }));
  }

  /** By ids read beforehand, because a server's own count of what it deleted is an estimate; then looked at again. */
  async #deleteWhere(filter: Filter): Promise<number> {
    const ids = await this.#reader.idList(filter);
    for (const batch of batchesOf(ids)) {
      await this.#link.run(WRITE_MS, async (client, timeout) => {
        const request = { collection_name: this.#collectionName, filter: idsExpression(batch), timeout };
        unwrap(await client.deleteEntities(request));
      });
    }
    if (ids.length > 0 && (await this.#reader.count(filter)) > 0) {
      throw indexFault('INDEX_BAD_ANSWER', 'deleted rows are still there');
    }
    return ids.length;
  }

  async count(filter?: Filter): Promise<number> {
    if (filter !== undefined) checkFilter(filter);
    return this.#reader.count(filter);
  }

  ids(): AsyncIterable<readonly string[]> {
    return this.#reader.ids();
  }

  async health(): Promise<{ readonly ok: boolean; readonly detail: string }> {
    try {
      const limitMs = Math.min(HEALTH_MS, this.#limitMs);
      const version = await this.#version(limitMs);
      const rows = await within(limitMs, this.#reader.count());
      return { ok: true, detail: `${rows} rows, ${version}` };
    } catch (error) {
      return { ok: false, detail: codeOf(error) };
    }
  }

  async reset(): Promise<void> {
    await this.#write(() =>
      this.#link.run(ADMIN_MS, async (client, timeout, server) => {
        if (await this.#collection.exists(client, timeout)) await this.#collection.drop(client, timeout);
        await this.#collection.prepare(client, server, timeout);
      }),
    );
  }

  async close(): Promise<void> {
    await this.#link.close();
  }

  /** One write at a time: Milvus Lite leaves their order to its client. */
  async #write<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#writes.then(work, work);
    this.#writes = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#lastWriteAt = Date.now();
    }
  }
}
