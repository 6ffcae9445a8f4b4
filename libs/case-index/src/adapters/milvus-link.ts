import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from '@precedent/kernel';
import type { CodedError } from '@precedent/kernel';
import type { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { indexFault } from '../case-index.errors.ts';
import { Bulkhead } from '../domain/bulkhead.ts';
import { within } from '../domain/deadline.ts';
import { classifyServer } from '../domain/milvus-policy.ts';
import type { MilvusAccess, ServerKind } from '../domain/milvus-policy.ts';
import { judge, unwrap } from './milvus-answers.ts';
import { newClient } from './milvus-client.ts';

const CONNECT_MS = 5_000;
const CLOSE_MS = 2_000;
/** Concurrent calls of one index; the SDK's pool holds ten. */
const RUNNING = 8;
const WAITING = 64;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;
const NOW_AND_THEN = 3;

/** What the collection needs before it can be used; run once a connection and after a server's restart. */
export interface Preparation {
  prepare(client: MilvusClient, server: ServerKind, timeoutMs: number): Promise<void>;
  load(client: MilvusClient, timeoutMs: number): Promise<void>;
}

export type MilvusWork<T> = (client: MilvusClient, timeoutMs: number, server: ServerKind) => Promise<T>;

interface Connection {
  readonly client: MilvusClient;
  readonly server: ServerKind;
}

/** One call over all its attempts. */
interface Effort {
  readonly deadlineAt: number;
  lastFault: CodedError | undefined;
}

/**
 * The one way to the server: connects when first used, bounds every call by a deadline of its own (the SDK's waits for
 * its pool are outside its timeout), repeats what may be repeated, and loads the collection after a restart.
 */
export class MilvusLink {
  readonly #access: MilvusAccess;
  readonly #preparation: Preparation;
  readonly #bulkhead = new Bulkhead(RUNNING, WAITING);
  #connection: Promise<Connection> | undefined;
  #client: MilvusClient | undefined;
  #closed = false;

  constructor(access: MilvusAccess, preparation: Preparation) {
    this.#access = access;
    this.#preparation = preparation;
  }

  /** Runs `work`, whose every request must carry the timeout it is given. */
  async run<T>(limitMs: number, work: MilvusWork<T>): Promise<T> {
    if (this.#closed) throw indexFault('INDEX_CLOSED');
    const effort: Effort = { deadlineAt: Date.now() + limitMs, lastFault: undefined };
    try {
      return await within(
        limitMs,
        this.#bulkhead.run(() => this.#persist(effort, work)),
      );
    } catch (error) {
      // A certificate that does not fit says more than that the time ran out over it.
      throw codeOf(error) === 'INDEX_DEADLINE' ? (effort.lastFault ?? error) : error;
    }
  }

  async #persist<T>(effort: Effort, work: MilvusWork<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#attempt(effort.deadlineAt, work);
      } catch (error) {
        const { fault, retry, reload } = judge(error);
        if (fault.code !== 'INDEX_DEADLINE') effort.lastFault = fault;
        const pauseMs = pauseBefore(attempt);
        const late = Date.now() + pauseMs >= effort.deadlineAt || this.#closed;
        if (retry === 'never' || late || (retry === 'now-and-then' && attempt >= NOW_AND_THEN)) throw fault;
        await sleep(pauseMs);
        if (reload) await this.#reload(effort.deadlineAt);
      }
    }
  }

  async #attempt<T>(deadlineAt: number, work: MilvusWork<T>): Promise<T> {
    const { client, server } = await this.#connect();
    return work(client, timeLeft(deadlineAt), server);
  }

  async #reload(deadlineAt: number): Promise<void> {
    try {
      const { client } = await this.#connect();
      await this.#preparation.load(client, timeLeft(deadlineAt));
    } catch {
      // The next attempt meets the same trouble and reports it.
    }
  }

  async #connect(): Promise<Connection> {
    this.#connection ??= this.#open();
    try {
      const connection = await this.#connection;
      this.#client = connection.client;
      return connection;
    } catch (error) {
      this.#connection = undefined;
      throw error;
    }
  }

  async #open(): Promise<Connection> {
    const client = await newClient(this.#access, CONNECT_MS);
    try {
      await within(CONNECT_MS, client.connectPromise);
      const server = await this.#inspect(client);
      await this.#preparation.prepare(client, server, CONNECT_MS);
      return { client, server };
    } catch (error) {
      await release(client);
      throw error;
    }
  }

  async #inspect(client: MilvusClient): Promise<ServerKind> {
    const { allowTestServer = false } = this.#access;
    const { version } = unwrap(await within(CONNECT_MS, client.getVersion()));
    const server = classifyServer(version, allowTestServer);
    if (!server.lite && !allowTestServer) await this.#refuseDefaultPassword();
    return server;
  }

  /** A server without authorization, or with its first password, takes root/Milvus. */
  async #refuseDefaultPassword(): Promise<void> {
    const guess = { ...this.#access, credentials: { username: 'root', password: 'Milvus' } };
    const client = await newClient(guess, CONNECT_MS);
    try {
      await within(CONNECT_MS, client.connectPromise);
      unwrap(await within(CONNECT_MS, client.listCollections({ timeout: CONNECT_MS })));
    } catch (error) {
      if (judge(error).fault.code === 'INDEX_DENIED') return;
      throw error;
    } finally {
      await release(client);
    }
    throw indexFault('INDEX_DEFAULT_PASSWORD');
  }

  /** A connection still being made is let go of when it is there: waiting for it could take its whole timeout. */
  async close(): Promise<void> {
    this.#closed = true;
    const opening = this.#connection;
    this.#connection = undefined;
    if (this.#client === undefined) opening?.then(({ client }) => release(client)).catch(() => undefined);
    else await release(this.#client);
  }
}

async function release(client: MilvusClient): Promise<void> {
  try {
    await within(CLOSE_MS, client.closeConnection());
  } catch {
    // Calls that hang keep the pool open; the channels die with the process.
  }
}

function timeLeft(deadlineAt: number): number {
  const left = deadlineAt - Date.now();
  // 0 would mean 24 hours to the SDK.
  if (left < 1) throw indexFault('INDEX_DEADLINE');
  return left;
}

/** Doubling with full jitter, so that many callers do not come back together. */
function pauseBefore(attempt: number): number {
  const ceiling = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
  return ceiling / 2 + (Math.random() * ceiling) / 2;
}
