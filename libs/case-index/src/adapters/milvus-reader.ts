import { indexFault } from '../case-index.errors.ts';
import { batchesOf, byScoreThenId, MAX_BATCH_ROWS, MAX_K } from '../domain/check.ts';
import { quoteLiteral, renderMilvusFilter } from '../domain/render-filter.ts';
import type { RenderedFilter } from '../domain/render-filter.ts';
import type { Filter, IndexedImage, Neighbour } from '../domain/types.ts';
import { consistency } from './milvus-client.ts';
import { PRIMARY_KEY, VECTOR } from './milvus-collection.ts';
import type { VectorIndexType } from './milvus-collection.ts';
import { unwrap } from './milvus-answers.ts';
import type { MilvusLink } from './milvus-link.ts';
import { ALL_COLUMNS, imageOfRow, NEIGHBOUR_COLUMNS, neighbourOf, text } from './milvus-rows.ts';
import type { MilvusRow } from './milvus-rows.ts';

/** Ids of one query; a server gives at most 16,384 and more would tell of a cut. */
const ID_WINDOW = 10_000;
const READ_ATTEMPTS = 3;
/** Rows asked for beyond k, to see whether a tie reaches over the end. */
const TIE_MARGIN = 16;
const MIN_EF = 128;

export interface ReaderOptions {
  readonly collection: string;
  readonly dimension: number;
  readonly indexType: VectorIndexType;
  /** Limit of a read. */
  readonly limitMs: number;
  /** Ids read by one query; smaller in tests. */
  readonly idWindow?: number;
}

interface Search {
  readonly vector: Float32Array;
  readonly k: number;
  readonly filter: Filter | undefined;
  readonly level: 'Strong' | 'Bounded';
  readonly deadlineMs: number;
}

interface IdRange {
  readonly after: string;
  readonly upTo: string | undefined;
}

/** What goes with a filter in a request; `none` matches nothing and is not asked. */
type Condition = Partial<{ filter: string; exprValues: Record<string, string[]> }> | 'none';

/** Everything that is read from a collection. No SDK iterators: they drop rows and swallow errors. */
export class MilvusReader {
  readonly #link: MilvusLink;
  readonly #options: ReaderOptions;
  readonly #limitMs: number;
  readonly #idWindow: number;

  constructor(link: MilvusLink, options: ReaderOptions) {
    this.#link = link;
    this.#options = options;
    this.#limitMs = options.limitMs;
    this.#idWindow = options.idWindow ?? ID_WINDOW;
  }

  /** Best first, ties by id even where a tie reaches over the k-th place: asks for more until it does not. */
  async search(search: Search): Promise<readonly Neighbour[]> {
    const deadlineAt = Date.now() + search.deadlineMs;
    for (let limit = search.k + TIE_MARGIN; ; limit *= 4) {
      const asked = Math.min(limit, MAX_K);
      const found = await this.#searchOnce(search, asked, Math.max(1, deadlineAt - Date.now()));
      const best = [...found].sort(byScoreThenId);
      const tied = best.at(-1)?.score === best[search.k - 1]?.score;
      if (found.length < asked || asked === MAX_K || !tied) return best.slice(0, search.k);
    }
  }

  async #searchOnce(search: Search, limit: number, limitMs: number): Promise<readonly Neighbour[]> {
    return this.#link.run(limitMs, async (client, timeout, server) => {
      const condition = conditionOf(renderMilvusFilter(search.filter, server.filterTemplates));
      if (condition === 'none') return [];
      const answer = await client.search({
        collection_name: this.#options.collection,
        anns_field: VECTOR,
        // Typed arrays are taken at run time; the type says number[].
        data: search.vector as unknown as number[],
        limit,
        metric_type: 'COSINE',
        params: this.#options.indexType === 'HNSW' ? { ef: Math.max(MIN_EF, 2 * limit) } : {},
        output_fields: NEIGHBOUR_COLUMNS,
        consistency_level: consistency(search.level),
        timeout,
        ...condition,
      });
      return (unwrap(answer).results as MilvusRow[]).map(neighbourOf);
    });
  }

  async count(filter?: Filter, range?: IdRange): Promise<number> {
    const rows = await this.#query(['count(*)'], filter, range);
    if (rows === 'none') return 0;
    const count = Number(rows[0]?.['count(*)']);
    if (!Number.isInteger(count)) throw indexFault('INDEX_BAD_ANSWER', 'no count');
    return count;
  }

  /**
   * Every id that matches, ascending, in pages; complete, or a fault. Queries come in no promised order, so a range of
   * ids is read whole when it is small, checked against its count, and else cut at the median of a sample.
   */
  async *ids(filter?: Filter): AsyncIterable<readonly string[]> {
    const ranges: IdRange[] = [{ after: '', upTo: undefined }];
    for (let range = ranges.pop(); range !== undefined; range = ranges.pop()) {
      const page = await this.#idsOf(range, filter);
      const pivot = page.length >= this.#idWindow ? page[page.length >> 1] : undefined;
      if (pivot !== undefined) ranges.push({ after: pivot, upTo: range.upTo }, { after: range.after, upTo: pivot });
      else if (page.length > 0) yield page;
    }
  }

  async #idsOf(range: IdRange, filter: Filter | undefined): Promise<readonly string[]> {
    for (let attempt = 1; attempt <= READ_ATTEMPTS; attempt += 1) {
      const expected = await this.count(filter, range);
      if (expected === 0) return [];
      const rows = await this.#query([PRIMARY_KEY], filter, range, this.#idWindow);
      const ids = new Set(rows === 'none' ? [] : rows.map((row) => text(row, PRIMARY_KEY)));
      if (ids.size >= Math.min(expected, this.#idWindow)) return [...ids].sort();
    }
    throw indexFault('INDEX_BAD_ANSWER', 'fewer ids than rows: rows are being removed, or an id is there twice');
  }

  /** Whole rows of a filter, vectors included. */
  async images(filter: Filter): Promise<readonly IndexedImage[]> {
    for (let attempt = 1; attempt <= READ_ATTEMPTS; attempt += 1) {
      const ids = await this.idList(filter);
      const images: IndexedImage[] = [];
      for (const batch of batchesOf(ids)) images.push(...(await this.#imagesById(batch)));
      if (images.length === ids.length) return images;
    }
    throw indexFault('INDEX_BAD_ANSWER', 'fewer rows than ids: rows are being removed');
  }

  async idList(filter: Filter): Promise<readonly string[]> {
    const ids: string[] = [];
    for await (const page of this.ids(filter)) ids.push(...page);
    return ids;
  }

  async #imagesById(ids: readonly string[]): Promise<readonly IndexedImage[]> {
    return this.#link.run(this.#limitMs, async (client, timeout) => {
      const answer = await client.query({
        collection_name: this.#options.collection,
        filter: idsExpression(ids),
        output_fields: ALL_COLUMNS,
        limit: MAX_BATCH_ROWS,
        consistency_level: consistency('Strong'),
        timeout,
      });
      return unwrap(answer).data.map((row) => imageOfRow(row, this.#options.dimension));
    });
  }

  async #query(
    columns: string[],
    filter: Filter | undefined,
    range: IdRange | undefined,
    limit?: number,
  ): Promise<readonly MilvusRow[] | 'none'> {
    return this.#link.run(this.#limitMs, async (client, timeout, server) => {
      const condition = conditionOf(renderMilvusFilter(filter, server.filterTemplates), range);
      if (condition === 'none') return 'none';
      const answer = await client.query({
        collection_name: this.#options.collection,
        output_fields: columns,
        consistency_level: consistency('Strong'),
        timeout,
        ...(limit === undefined ? {} : { limit }),
        ...condition,
      });
      return unwrap(answer).data;
    });
  }
}

/** Ids were checked to be of A-Z a-z 0-9 . _ - when they were written; quoted all the same. */
export const idsExpression = (ids: readonly string[]): string =>
  `${PRIMARY_KEY} in [${ids.map(quoteLiteral).join(', ')}]`;

function conditionOf(rendered: RenderedFilter, range?: IdRange): Condition {
  if (rendered.kind === 'none') return 'none';
  const parts = rendered.kind === 'some' ? [rendered.expression] : [];
  if (range !== undefined && range.after !== '') parts.push(`${PRIMARY_KEY} > ${quoteLiteral(range.after)}`);
  if (range?.upTo !== undefined) parts.push(`${PRIMARY_KEY} <= ${quoteLiteral(range.upTo)}`);
  if (parts.length === 0) return {};
  const values = rendered.kind === 'some' ? Object.entries(rendered.values) : [];
  const exprValues = Object.fromEntries(values.map(([name, list]) => [name, [...list]]));
  return { filter: parts.join(' and '), ...(values.length > 0 ? { exprValues } : {}) };
}
