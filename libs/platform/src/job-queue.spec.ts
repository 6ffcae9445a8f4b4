import { afterEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startTestDatabase } from '../../../test/support/test-database.ts';
import type { DatabaseConnection, QueueSettings } from '@precedent/platform';
import { JobQueue, openDatabase } from '@precedent/platform';

describe('JobQueue (real: pg-boss, embedded PostgreSQL, TypeORM transactions)', () => {
  const database = startTestDatabase();
  const started: JobQueue[] = [];

  async function queueOn(connection: DatabaseConnection, settings: QueueSettings = {}): Promise<JobQueue> {
    const queue = new JobQueue(connection);
    started.push(queue);
    await queue.start();
    await queue.createQueue('embed', settings);
    return queue;
  }

  /** Fetches until something comes: retries become due by the database's clock. */
  async function eventually(queue: JobQueue, count: number) {
    for (let tries = 0; tries < 200; tries += 1) {
      const jobs = await queue.fetch('embed', count);
      if (jobs.length > 0) return jobs;
      await sleep(25);
    }
    return [];
  }

  afterEach(async () => {
    for (const queue of started.splice(0)) await queue.stop();
  });

  it('gives each of many jobs out once and completes them by the batch', async () => {
    const queue = await queueOn(await database.fresh());
    await queue.send(
      'embed',
      Array.from({ length: 2500 }, (_, index) => ({ index })),
    );
    const [first, second] = await Promise.all([queue.fetch('embed', 1500), queue.fetch('embed', 1500)]);
    const indices = [...first, ...second].map((job) => job.data['index'] as number);
    expect(new Set(indices).size).toBe(2500);
    expect(
      await queue.complete(
        'embed',
        [...first, ...second].map((job) => job.id),
      ),
    ).toBe(2500);
    expect(await queue.counts()).toEqual({ embed: { waiting: 0, active: 0, failed: 0, dead: 0 } });
  });

  it('leaves no job of a rolled-back transaction, and one of a committed', async () => {
    const connection = await database.fresh();
    const queue = await queueOn(connection);
    const dataSource = await openDatabase(connection, []);
    const undone = dataSource.transaction(async (manager) => {
      await queue.send('embed', [{ studyKey: 'rolled-back' }], { within: manager });
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');
    await dataSource.transaction((manager) => queue.send('embed', [{ studyKey: 'kept' }], { within: manager }));
    const jobs = await queue.fetch('embed', 10);
    expect(jobs.map((job) => job.data)).toEqual([{ studyKey: 'kept' }]);
    const rolledBack = dataSource.transaction(async (manager) => {
      await queue.complete(
        'embed',
        jobs.map((job) => job.id),
        manager,
      );
      throw new Error('no');
    });
    await expect(rolledBack).rejects.toThrow('no');
    expect((await queue.counts())['embed']?.active).toBe(1);
    await dataSource.destroy();
  });

  it('keeps one waiting job of a singleton key, but takes another while the first is worked on', async () => {
    const queue = await queueOn(await database.fresh());
    const send = () => queue.send('embed', [{ studyKey: 's' }], { singletonKey: 's' });
    await send();
    await send();
    expect(await queue.fetch('embed', 10)).toHaveLength(1);
    await send();
    expect(await queue.fetch('embed', 10)).toHaveLength(1);
  });

  it('does not take jobs without a key for one another', async () => {
    const queue = await queueOn(await database.fresh());
    await queue.send('embed', [{ n: 1 }]);
    await queue.send('embed', [{ n: 1 }]);
    expect(await queue.fetch('embed', 10)).toHaveLength(2);
  });

  it('retries, then keeps a dead letter with its reason, which can be sent again', async () => {
    const queue = await queueOn(await database.fresh(), { retryLimit: 1, retryDelaySeconds: 1 });
    await queue.send('embed', [{ studyKey: 'x' }]);
    for (const retryCount of [0, 1]) {
      const jobs = await eventually(queue, 5);
      expect(jobs.map((job) => job.retryCount)).toEqual([retryCount]);
      await queue.fail(
        'embed',
        jobs.map((job) => job.id),
        'MODEL_WEIGHTS_MISSING',
      );
    }
    expect((await queue.counts())['embed']).toMatchObject({ waiting: 0, active: 0, dead: 1 });
    expect(await queue.deadReasons('embed')).toEqual({ MODEL_WEIGHTS_MISSING: 1 });
    expect(await queue.reviveDead('embed')).toBe(1);
    expect((await queue.fetch('embed', 5)).map((job) => job.data)).toEqual([{ studyKey: 'x' }]);
  });

  it('gives jobs that a killed process had in hand back at once, without costing a try', async () => {
    const connection = await database.fresh();
    const killed = await queueOn(connection);
    await killed.send('embed', [{ n: 1 }, { n: 2 }]);
    await killed.fetch('embed', 1);
    const restarted = await queueOn(connection);
    expect(await restarted.fetch('embed', 10)).toHaveLength(1);
    expect(await restarted.recover()).toBe(2);
    const again = await restarted.fetch('embed', 10);
    expect(again.map((job) => [job.data['n'], job.retryCount]).sort()).toEqual([
      [1, 0],
      [2, 0],
    ]);
  });

  it('makes a dead letter of a job that kills its process again and again', async () => {
    const queue = await queueOn(await database.fresh(), { retryLimit: 0 });
    await queue.send('embed', [{ n: 1 }]);
    for (let kill = 0; kill < 8; kill += 1) {
      expect(await queue.fetch('embed', 1)).toHaveLength(1);
      expect(await queue.recover()).toBe(1);
    }
    await queue.fetch('embed', 1);
    expect(await queue.recover()).toBe(0);
    expect(await queue.deadReasons('embed')).toEqual({ PROCESS_KILLED_REPEATEDLY: 1 });
  });

  it('tells how many jobs wait, retries included, and which have been given up with why', async () => {
    const queue = await queueOn(await database.fresh(), { retryLimit: 0 });
    await queue.send('embed', [{ studyKey: 'a' }, { studyKey: 'b' }, { studyKey: 'c' }]);
    const [job] = await queue.fetch('embed', 1);
    expect(await queue.waiting('embed')).toBe(2);
    await queue.fail('embed', [job?.id ?? ''], 'SOME_CODE');
    expect(await queue.waiting('embed')).toBe(2);
    expect(await queue.deadJobs('embed')).toEqual([{ data: job?.data, reason: 'SOME_CODE' }]);
  });

  it('never lets a waiting job go by age: it is kept for years', async () => {
    const connection = await database.fresh();
    const queue = await queueOn(connection);
    await queue.send('embed', [{ n: 1 }]);
    const client = new pg.Client(connection);
    await client.connect();
    const { rows } = await client.query<{ years: number }>(
      `select extract(year from age(keep_until, now()))::int as years from pgboss.job where name = 'embed'`,
    );
    await client.end();
    expect(rows[0]?.years).toBeGreaterThanOrEqual(9);
  });

  it('says that a queue is unknown instead of dropping the job', async () => {
    const queue = await queueOn(await database.fresh());
    await expect(queue.send('embde', [{ n: 1 }])).rejects.toMatchObject({ code: 'QUEUE_UNKNOWN' });
  });

  it('does not take a lost database for an empty queue', async () => {
    const connection = await database.fresh();
    const queue = await queueOn(connection);
    const client = new pg.Client(connection);
    await client.connect();
    await client.query('alter table pgboss.job rename to job_gone');
    await expect(queue.fetch('embed', 1)).rejects.toMatchObject({ code: 'QUEUE_FAILED' });
    await client.query('alter table pgboss.job_gone rename to job');
    await client.end();
  });

  it('says that it is stopped after stop', async () => {
    const queue = await queueOn(await database.fresh());
    await queue.stop();
    await expect(queue.fetch('embed', 1)).rejects.toMatchObject({ code: 'QUEUE_NOT_STARTED' });
    await expect(queue.send('embed', [{}])).rejects.toMatchObject({ code: 'QUEUE_NOT_STARTED' });
  });
});
