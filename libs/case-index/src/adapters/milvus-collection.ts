import { setTimeout as sleep } from 'node:timers/promises';
import type { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { indexFault } from '../case-index.errors.ts';
import type { ServerKind } from '../domain/milvus-policy.ts';
import { MILVUS_COLUMN } from '../domain/render-filter.ts';
import { MilvusStatusError, unwrap } from './milvus-answers.ts';
import type { Preparation } from './milvus-link.ts';

export const PRIMARY_KEY = 'pk';
export const VECTOR = 'vec';
const KEY_COLUMNS = [MILVUS_COLUMN.studyKey, MILVUS_COLUMN.patientKey, MILVUS_COLUMN.seriesKey];
/** Byte limit of every text column; rows are checked against the same 64 before they are sent. */
const MAX_LENGTH = 64;
const LOAD_MS = 60_000;
const LOAD_POLL_MS = 100;

export type VectorIndexType = 'FLAT' | 'HNSW';
/** HNSW M and efConstruction for up to 2e6 rows (published runs: recall .98 at 1e6 and ef 500). */
const INDEX_PARAMETERS = { FLAT: {}, HNSW: { M: 32, efConstruction: 360 } } as const;

export interface CollectionPlan {
  readonly name: string;
  readonly dimension: number;
  readonly indexType: VectorIndexType;
}

/** Makes, checks and loads the one collection of an embedding space. */
export class MilvusCollection implements Preparation {
  readonly #plan: CollectionPlan;

  constructor(plan: CollectionPlan) {
    this.#plan = plan;
  }

  async prepare(client: MilvusClient, server: ServerKind, timeoutMs: number): Promise<void> {
    if (!(await this.exists(client, timeoutMs))) await this.#create(client, timeoutMs);
    await this.#check(client, timeoutMs);
    await this.#index(client, server, timeoutMs);
    await this.load(client, LOAD_MS);
  }

  async exists(client: MilvusClient, timeoutMs: number): Promise<boolean> {
    const answer = unwrap(await client.hasCollection({ collection_name: this.#plan.name, timeout: timeoutMs }));
    return answer.value.valueOf();
  }

  async #create(client: MilvusClient, timeoutMs: number): Promise<void> {
    try {
      unwrap(
        await client.createCollection({
          collection_name: this.#plan.name,
          fields: fieldsOf(this.#plan.dimension),
          consistency_level: 'Bounded',
          enable_dynamic_field: false,
          timeout: timeoutMs,
        }),
      );
    } catch (error) {
      // Another process may have made it meanwhile; the check that follows decides.
      if (!(error instanceof MilvusStatusError)) throw error;
    }
  }

  async #check(client: MilvusClient, timeoutMs: number): Promise<void> {
    const { schema } = unwrap(
      await client.describeCollection({ collection_name: this.#plan.name, cache: false, timeout: timeoutMs }),
    );
    const found = schema.fields.map((field) => field.name).sort();
    const wanted = fieldsOf(this.#plan.dimension).map((field) => field.name);
    if (found.join() !== wanted.sort().join()) throw indexFault('INDEX_SPACE_MISMATCH', 'other columns');
    const dimension = Number(schema.fields.find((field) => field.name === VECTOR)?.dim);
    if (dimension !== this.#plan.dimension) {
      throw indexFault('INDEX_SPACE_MISMATCH', `dimension ${dimension} found, ${this.#plan.dimension} asked`);
    }
  }

  /** A process may have died between making the collection and its indexes, so each is looked for. */
  async #index(client: MilvusClient, server: ServerKind, timeoutMs: number): Promise<void> {
    const present = await this.#indexedFields(client, timeoutMs);
    for (const request of this.#indexRequests(server)) {
      if (!present.has(request.field_name)) {
        unwrap(await client.createIndex({ ...request, collection_name: this.#plan.name, timeout: LOAD_MS }));
      }
    }
  }

  async #indexedFields(client: MilvusClient, timeoutMs: number): Promise<ReadonlySet<string>> {
    try {
      const answer = unwrap(await client.describeIndex({ collection_name: this.#plan.name, timeout: timeoutMs }));
      return new Set(answer.index_descriptions.map((index) => index.field_name));
    } catch (error) {
      if (error instanceof MilvusStatusError) return new Set(); // "no index" is an error to Milvus.
      throw error;
    }
  }

  #indexRequests(server: ServerKind): { field_name: string; index_type: string }[] {
    const { indexType } = this.#plan;
    const vector = {
      field_name: VECTOR,
      index_type: indexType,
      metric_type: 'COSINE',
      params: INDEX_PARAMETERS[indexType],
    };
    // Lite is for small sets and scans anyway; INVERTED on text came with 2.4.
    if (!server.filterTemplates) return [vector];
    return [vector, ...KEY_COLUMNS.map((field_name) => ({ field_name, index_type: 'INVERTED' }))];
  }

  /** Asks for the load and polls for its end: the SDK's own wait has none. */
  async load(client: MilvusClient, timeoutMs: number): Promise<void> {
    const request = { collection_name: this.#plan.name };
    const deadlineAt = Date.now() + timeoutMs;
    for (let asked = false; ; asked = true) {
      const timeout = Math.max(1, deadlineAt - Date.now());
      const { state } = unwrap(await client.getLoadState({ ...request, timeout }));
      if (state.toString() === 'LoadStateLoaded') return;
      if (Date.now() > deadlineAt) throw indexFault('INDEX_DEADLINE', 'while loading the collection');
      if (!asked) unwrap(await client.loadCollectionAsync({ ...request, timeout }));
      await sleep(LOAD_POLL_MS);
    }
  }

  async drop(client: MilvusClient, timeoutMs: number): Promise<void> {
    const request = { collection_name: this.#plan.name, timeout: timeoutMs };
    const { aliases } = unwrap(await client.describeCollection({ ...request, cache: false }));
    // The server would drop it all the same and leave the alias pointing at nothing.
    if (aliases.length > 0) throw indexFault('INDEX_BAD_REQUEST', 'the collection has an alias; remove it first');
    unwrap(await client.dropCollection(request));
  }
}

interface FieldPlan {
  readonly name: string;
  readonly data_type: 'VarChar' | 'FloatVector';
  readonly is_primary_key?: boolean;
  readonly max_length?: number;
  readonly dim?: number;
}

function fieldsOf(dimension: number): FieldPlan[] {
  const text = (name: string): FieldPlan => ({ name, data_type: 'VarChar', max_length: MAX_LENGTH });
  return [
    { ...text(PRIMARY_KEY), is_primary_key: true },
    ...Object.values(MILVUS_COLUMN).map(text),
    { name: VECTOR, data_type: 'FloatVector', dim: dimension },
  ];
}
