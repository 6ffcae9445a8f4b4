import PgBoss from 'pg-boss';
import type { EntityManager } from 'typeorm';
import { CodedError } from '@precedent/kernel';
import { randomUUID } from 'node:crypto';
import type { DatabaseConnection } from './domain/database.ts';
import { platformFault, systemCode } from './platform.errors.ts';

/** What a job carries: pseudonyms, numbers and codes, as JSON. */
export type JobData = Readonly<Record<string, unknown>>;

export interface Job<T extends JobData = JobData> {
  readonly id: string;
  readonly data: T;
  /** 0 at the first try. */
  readonly retryCount: number;
}

export interface QueueSettings {
  /** Tries after the first; default 3. Then the job goes to the dead letter queue `<name>-failed`. */
  readonly retryLimit?: number;
  /** Seconds before the first retry, doubled each time with some chance in it; default 5. */
  readonly retryDelaySeconds?: number;
  /** A job fetched longer ago than this is given to someone else (its worker hangs); default 2 h. */
  readonly expireSeconds?: number;
}

export interface SendOptions {
  /** The transaction the jobs belong to: rolled back, there is no job. */
  readonly within?: EntityManager;
  /** At most one waiting job of this key; one that is being worked on does not count, since it may have begun before the change. */
  readonly singletonKey?: string;
  readonly startAfterSeconds?: number;
}

export interface QueueCounts {
  /** Not yet tried, or waiting for a retry. */
  readonly waiting: number;
  readonly active: number;
  readonly failed: number;
  /** Jobs in the dead letter queue. */
  readonly dead: number;
}

/** pg-boss forgets a job that nobody fetched in 14 days: a study would be lost in silence. Ten years. Its createQueue
 * keeps minutes only and ignores `retentionDays`. */
const RETENTION_MINUTES = 3650 * 24 * 60;
/** How often a job may be orphaned by a killed process before it counts as the killer (an out-of-memory decode). */
const MAX_ORPHANINGS = 8;
/** Jobs of one insert statement; 22,320 jobs/s at 500 (embedded PostgreSQL, 2 cores). */
const BATCH = 1000;
const QUEUE_NAME = /^[a-z][a-z0-9-]{0,40}$/;

/** What pg-boss 10.4 really takes and answers; its published types know neither data nor transaction for a batch. */
interface BatchBoss {
  complete(name: string, ids: string[], data: null, options: PgBoss.ConnectionOptions): Promise<{ affected: number }>;
  fail(name: string, ids: string[], data: object): Promise<{ affected: number }>;
}

export const deadLetterOf = (queue: string): string => `${queue}-failed`;

export interface JobQueueOptions {
  readonly onError?: (code: string) => void;
  readonly poolSize?: number;
}

/** Jobs in PostgreSQL (pg-boss 10), so that a row and the job it calls for are one transaction. Handlers are idempotent. */
export class JobQueue {
  private readonly boss: PgBoss;
  private readonly batches: BatchBoss;
  private readonly known = new Set<string>();
  private running = false;

  constructor(connection: DatabaseConnection, options: JobQueueOptions = {}) {
    this.boss = new PgBoss({
      ...connection,
      max: options.poolSize ?? 4,
      application_name: 'precedent-queue',
      schema: 'pgboss',
      schedule: false,
      supervise: true,
      maintenanceIntervalSeconds: 60,
      archiveCompletedAfterSeconds: 3600,
      archiveFailedAfterSeconds: 30 * 24 * 3600,
      deleteAfterDays: 7,
    });
    this.batches = this.boss as unknown as BatchBoss;
    // Without a listener an 'error' event ends the process.
    this.boss.on('error', (error) => options.onError?.(systemCode(error)));
  }

  /** @throws QUEUE_FAILED when the database cannot be used. */
  async start(): Promise<void> {
    await guarded(() => this.boss.start());
    this.running = true;
  }

  /** Waits for maintenance and closes the connections; nothing keeps the process alive after it. */
  async stop(): Promise<void> {
    if (!this.running) return;
    this.running = false;
    await this.boss.stop({ graceful: true, wait: true, timeout: 10_000 });
  }

  /** Makes the queue and its dead letter queue; settings of an existing one are brought up to date. */
  async createQueue(name: string, settings: QueueSettings = {}): Promise<void> {
    if (!QUEUE_NAME.test(name)) throw new TypeError(`not a queue name: ${name}`);
    const kept = { retentionMinutes: RETENTION_MINUTES, expireInSeconds: settings.expireSeconds ?? 2 * 3600 };
    const retries = {
      retryLimit: settings.retryLimit ?? 3,
      retryDelay: settings.retryDelaySeconds ?? 5,
      retryBackoff: true,
    };
    const dead = deadLetterOf(name);
    await this.ensureQueue({ name: dead, policy: 'standard', ...kept });
    // `short`: one waiting job a singleton key.
    await this.ensureQueue({ name, policy: 'short', deadLetter: dead, ...kept, ...retries });
  }

  /**
   * Queues the jobs in one statement a thousand. With `singletonKey` all of them share the key.
   * @throws QUEUE_UNKNOWN (pg-boss itself would drop the jobs without a word), QUEUE_FAILED
   */
  async send(queue: string, jobs: readonly JobData[], options: SendOptions = {}): Promise<void> {
    this.assertKnown(queue);
    const startAfter = options.startAfterSeconds === undefined ? {} : { startAfter: String(options.startAfterSeconds) };
    // Jobs without a key get one of their own: the `short` policy takes no key for one key.
    const rows = jobs.map((data) => ({
      name: queue,
      data,
      singletonKey: options.singletonKey ?? randomUUID(),
      ...startAfter,
    }));
    const within = options.within === undefined ? {} : { db: databaseOf(options.within) };
    for (let start = 0; start < rows.length; start += BATCH)
      await guarded(() => this.boss.insert(rows.slice(start, start + BATCH), within));
  }

  /**
   * Takes up to `batchSize` waiting jobs, those sent first before the others, in no promised order among them; each must
   * be completed or failed. @throws QUEUE_FAILED
   */
  async fetch<T extends JobData = JobData>(queue: string, batchSize: number): Promise<Job<T>[]> {
    this.assertKnown(queue);
    // pg-boss swallows every error of this query, so that a lost database looks like an empty queue: kept here and thrown.
    let problem: unknown = null;
    const db: PgBoss.Db = {
      executeSql: (text, values) =>
        this.query(text, values).catch((error: unknown) => {
          problem = error;
          throw error;
        }),
    };
    const rows = await this.boss.fetch<T>(queue, { batchSize, includeMetadata: true, priority: false, db });
    if (problem !== null) throw queueFault(problem);
    return rows.map(({ id, data, retryCount }) => ({ id, data, retryCount }));
  }

  /** @returns how many of them were still active; fewer than asked means that they expired and were given to others. */
  async complete(queue: string, ids: readonly string[], within?: EntityManager): Promise<number> {
    if (ids.length === 0) return 0;
    this.assertKnown(queue);
    const options = within === undefined ? {} : { db: databaseOf(within) };
    const done = await guarded(() => this.batches.complete(queue, [...ids], null, options));
    return done.affected;
  }

  /** Retries later or, out of tries, moves to the dead letter queue, with `reasonCode` as its output. */
  async fail(queue: string, ids: readonly string[], reasonCode: string): Promise<void> {
    if (ids.length === 0) return;
    this.assertKnown(queue);
    await guarded(() => this.batches.fail(queue, [...ids], { reason: reasonCode }));
  }

  /**
   * For the start of the only service on this database: every active job is then an orphan of a killed process, and is
   * given back at once without costing a try. One that was orphaned again and again is failed instead (and so counted).
   * @returns how many were given back.
   */
  async recover(): Promise<number> {
    let recovered = 0;
    for (const queue of this.known) {
      const deadly = await this.rows<{ id: string }>(
        `select id from pgboss.job where name = $1 and state = 'active' and coalesce((output->>'orphaned')::int, 0) >= $2`,
        [queue, MAX_ORPHANINGS],
      );
      await this.fail(
        queue,
        deadly.map(({ id }) => id),
        'PROCESS_KILLED_REPEATEDLY',
      );
      const back = await this.rows(
        `update pgboss.job set state = 'retry', started_on = null, start_after = now() - interval '1 second',
           output = jsonb_build_object('orphaned', coalesce((output->>'orphaned')::int, 0) + 1)
         where name = $1 and state = 'active' returning id`,
        [queue],
      );
      recovered += back.length;
    }
    return recovered;
  }

  /** Counts of every queue that was created through this object. */
  async counts(): Promise<Record<string, QueueCounts>> {
    const rows = await this.rows<{ name: string; state: string; jobs: number }>(
      'select name, state::text, count(*)::int as jobs from pgboss.job group by name, state',
      [],
    );
    const sum = (name: string, states: readonly string[]) =>
      rows.filter((row) => row.name === name && states.includes(row.state)).reduce((total, row) => total + row.jobs, 0);
    const countsOf = (name: string): QueueCounts => ({
      waiting: sum(name, ['created', 'retry']),
      active: sum(name, ['active']),
      failed: sum(name, ['failed']),
      dead: sum(deadLetterOf(name), ['created', 'retry', 'active']),
    });
    return Object.fromEntries([...this.known].map((name) => [name, countsOf(name)]));
  }

  /** Jobs not yet taken up, those of a retry included. One indexed count: cheap enough to be asked before each batch. */
  async waiting(queue: string): Promise<number> {
    this.assertKnown(queue);
    const [row] = await this.rows<{ jobs: number }>(
      `select count(*)::int as jobs from pgboss.job where name = $1 and state < 'active'`,
      [queue],
    );
    return row?.jobs ?? 0;
  }

  /** Dead letters of a queue, the oldest first. */
  async deadJobs(queue: string): Promise<{ readonly data: JobData; readonly reason: string }[]> {
    return this.rows(
      `select data, coalesce(output->>'reason', 'UNKNOWN') as reason
         from pgboss.job where name = $1 and state <= 'active' order by created_on`,
      [deadLetterOf(queue)],
    );
  }

  /** Reason codes of the dead letters of a queue, with how many each. */
  async deadReasons(queue: string): Promise<Record<string, number>> {
    const rows = await this.rows<{ reason: string; jobs: number }>(
      `select coalesce(output->>'reason', 'UNKNOWN') as reason, count(*)::int as jobs
         from pgboss.job where name = $1 and state <= 'active' group by 1`,
      [deadLetterOf(queue)],
    );
    return Object.fromEntries(rows.map(({ reason, jobs }) => [reason, jobs]));
  }

  /** Sends every dead letter to its queue again, in one transaction of its own. @returns how many. */
  async reviveDead(queue: string): Promise<number> {
    this.assertKnown(queue);
    const rows = await this.rows<{ data: JobData }>(
      `with dead as (delete from pgboss.job where name = $1 and state <= 'active' returning data),
         q as (select * from pgboss.queue where name = $2)
       insert into pgboss.job (name, data, singleton_key, dead_letter, expire_in, keep_until, retry_limit, retry_delay, retry_backoff, policy)
       select q.name, dead.data, gen_random_uuid()::text, q.dead_letter, q.expire_seconds * interval '1s',
         now() + q.retention_minutes * interval '1 minute', q.retry_limit, q.retry_delay, q.retry_backoff, q.policy
       from dead, q returning data`,
      [deadLetterOf(queue), queue],
    );
    return rows.length;
  }

  private async ensureQueue(queue: PgBoss.Queue): Promise<void> {
    await guarded(() => this.boss.createQueue(queue.name, queue));
    await guarded(() => this.boss.updateQueue(queue.name, queue));
    if (queue.deadLetter !== undefined) this.known.add(queue.name);
  }

  private assertKnown(queue: string): void {
    if (!this.running) throw platformFault('QUEUE_NOT_STARTED');
    if (!this.known.has(queue)) throw platformFault('QUEUE_UNKNOWN', queue);
  }

  /** pg-boss answers undefined once its pool is closed. */
  private async query(text: string, values: unknown[]): Promise<{ rows: unknown[] }> {
    if (!this.running) throw platformFault('QUEUE_NOT_STARTED');
    return this.boss.getDb().executeSql(text, values);
  }

  private async rows<T>(text: string, values: unknown[]): Promise<T[]> {
    return (await guarded(() => this.query(text, values))).rows as T[];
  }
}

function queueFault(error: unknown): CodedError {
  return error instanceof CodedError ? error : platformFault('QUEUE_FAILED', systemCode(error), error);
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw queueFault(error);
  }
}

/** pg-boss through TypeORM's transaction: its statement runs on the same connection. */
function databaseOf(manager: EntityManager): PgBoss.Db {
  return {
    executeSql: async (text, values) => {
      const rows: unknown = await manager.query(text, values);
      return { rows: rows as unknown[] };
    },
  };
}
