import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { GenerationJournal, ingressSchema, SpoolFolder, StageOutcomes } from '@precedent/ingress';
import { JobQueue, openDatabase } from '@precedent/platform';
import type { DataSource } from 'typeorm';
import { startTestDatabase } from '../../../../test/support/test-database.ts';
import { Pipeline } from './pipeline.ts';
import type { PipelineRooms } from './pipeline-rooms.ts';
import { EMBED_AHEAD, QUEUES } from './stages.ts';

// Real: PostgreSQL (embedded), job queue, journal, the pipeline. Fake: the rooms that the stages would work with, which tell only
// that they were called.

const database = startTestDatabase();
const closing: (() => Promise<unknown>)[] = [];

interface Started {
  readonly db: DataSource;
  readonly queue: JobQueue;
  readonly pipeline: Pipeline;
  readonly events: string[];
  readonly deidentified: string[];
  /** Lets the embed stage, which waits, go on. */
  readonly goOn: () => void;
}

async function make(): Promise<Started> {
  const connection = await database.fresh();
  const db = await openDatabase(connection, [ingressSchema]);
  const queue = new JobQueue(connection);
  await queue.start();
  for (const name of Object.values(QUEUES)) await queue.createQueue(name, { retryLimit: 0 });
  const clock = { now: () => new Date() };
  const folder = new SpoolFolder(await mkdtemp(join(tmpdir(), 'precedent-pipeline-')), 1024 * 1024);
  const events: string[] = [];
  const deidentified: string[] = [];
  let goOn = (): void => undefined;
  const gate = new Promise<void>((resolve) => (goOn = resolve));
  const rooms = {
    db,
    queue,
    journal: new GenerationJournal(db, folder, clock),
    outcomes: new StageOutcomes(db, clock),
    log: { event: (name: string) => events.push(name) },
    deidentifier: {
      deidentifyStudy: ({ generationId }: { generationId: string }) => {
        deidentified.push(generationId);
        return Promise.resolve({ kind: 'quarantined', instances: [] });
      },
    },
    embedder: { embedStudies: () => gate.then(() => ({ embedded: 0, already: 0, failed: [] })) },
    archive: { storeObjects: () => Promise.resolve(), admit: () => Promise.resolve() },
    audit: { record: () => Promise.resolve() },
    ledger: { record: () => Promise.resolve() },
  } as unknown as PipelineRooms;
  closing.push(async () => {
    await queue.stop();
    await db.destroy();
  });
  return {
    db,
    queue,
    pipeline: new Pipeline(rooms, { quietMs: 60_000, outcomeWaitDays: 90 }),
    events,
    deidentified,
    goOn,
  };
}

async function sealedStudy(db: DataSource): Promise<string> {
  const id = randomUUID();
  await db.query(
    `INSERT INTO ingress.generation (generation_id, source, study_uid, generation, state, opened_at, last_received_at)
     VALUES ($1, 'test', '1.2.3', 1, 'sealed', now(), now())`,
    [id],
  );
  return id;
}

async function stateOf(db: DataSource, id: string): Promise<unknown> {
  const [row] = await db.query<{ state: string; reason: string | null }[]>(
    `SELECT state, reason FROM ingress.generation WHERE generation_id = $1`,
    [id],
  );
  return row;
}

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe('the pipeline', () => {
  it('sets a study aside at its start whose job was given up because it killed its process again and again', async () => {
    const { db, queue, pipeline, events } = await make();
    const generationId = await sealedStudy(db);
    await queue.send(QUEUES.deidentify, [{ generationId }]);
    for (let kill = 0; kill < 8; kill += 1) {
      await queue.fetch(QUEUES.deidentify, 1);
      await queue.recover();
    }
    await queue.fetch(QUEUES.deidentify, 1);
    await pipeline.start();
    await pipeline.stop();
    expect(await stateOf(db, generationId)).toEqual({ state: 'quarantined', reason: 'PROCESS_KILLED_REPEATEDLY' });
    expect(events).toContain('queue-dead-letter');
  });

  it('pauses de-identification while enough studies wait for the encoder, and takes it up again', async () => {
    const { db, queue, pipeline, deidentified, goOn } = await make();
    const generationId = await sealedStudy(db);
    const ahead = Array.from({ length: 2 * EMBED_AHEAD }, (_, n) => ({ generationId: randomUUID(), studyKey: `${n}` }));
    await queue.send(QUEUES.embed, ahead);
    await queue.send(QUEUES.deidentify, [{ generationId }]);
    await pipeline.start();
    closing.push(() => pipeline.stop());
    await until(async () => (await queue.counts())[QUEUES.embed]?.active === EMBED_AHEAD);
    expect(deidentified).toEqual([]);
    goOn();
    await until(() => Promise.resolve(deidentified.includes(generationId)));
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < 30_000; waited += 20) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('it did not come about');
}
