import { codeOf } from '@precedent/kernel';
import type { Job } from '@precedent/platform';
import type { EntityManager } from 'typeorm';
import { ApplyLateOutcomes } from './apply-late-outcomes.ts';
import { DeidentifyStudies } from './deidentify-studies.ts';
import { EmbedStudies } from './embed-studies.ts';
import { IndexStudies } from './index-studies.ts';
import type { PipelineRooms } from './pipeline-rooms.ts';
import type { StageOptions } from './stage-runner.ts';
import { StageRunner } from './stage-runner.ts';
import type { DeidentifyJob, StudyJob } from './stages.ts';
import { BATCH, EMBED_AHEAD, EMBED_LANES, MAX_ATTEMPTS, QUEUES } from './stages.ts';

/** How often quiet studies are looked for, late outcomes applied and finished spool files deleted. */
const TICK_MS = 1000;

/** How often outcome lines that have waited too long are deleted, and re-identification requests whose term is over are ended. */
const FORGET_MS = 3_600_000;

export interface PipelineSettings {
  /** How long a study must be quiet to count as complete, when its source says nothing. */
  readonly quietMs: number;
  /** Days that an outcome line may wait for its study. */
  readonly outcomeWaitDays: number;
}

/** The state machine of a study generation: receiving → sealed → de-identified → embedded → indexed, one queue a stage. */
export class Pipeline {
  readonly #rooms: PipelineRooms;
  readonly #settings: PipelineSettings;
  readonly #lateOutcomes: ApplyLateOutcomes;
  readonly #runners: { wake(): void; start(): void; stop(): Promise<void> }[] = [];
  readonly #busySeconds = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #tick: Promise<void> | undefined;
  #nextForgetting = 0;

  constructor(rooms: PipelineRooms, settings: PipelineSettings) {
    this.#rooms = rooms;
    this.#settings = settings;
    this.#lateOutcomes = new ApplyLateOutcomes(rooms);
    const [deidentify, embed, index] = [new DeidentifyStudies(rooms), new EmbedStudies(rooms), new IndexStudies(rooms)];
    this.#add<DeidentifyJob>({
      queue: QUEUES.deidentify,
      batchSize: BATCH.deidentify,
      run: (jobs) => deidentify.run(jobs),
      // The encoder is the narrow place: what is cleaned far ahead of it only takes the processor from it.
      isHeld: async () => (await rooms.queue.waiting(QUEUES.embed)) >= EMBED_AHEAD,
    });
    for (let lane = 0; lane < EMBED_LANES; lane += 1)
      this.#add<StudyJob>({ queue: QUEUES.embed, batchSize: BATCH.embed, run: (jobs) => embed.run(jobs) });
    this.#add<StudyJob>({ queue: QUEUES.index, batchSize: BATCH.index, run: (jobs) => index.run(jobs) });
  }

  async start(): Promise<void> {
    const { queue, journal, log } = this.#rooms;
    for (const name of Object.values(QUEUES)) {
      await queue.createQueue(name, { retryLimit: MAX_ATTEMPTS - 1, retryDelaySeconds: 1 });
    }
    const jobs = await queue.recover();
    if (jobs > 0) log.event('queue-recovered', { jobs });
    await this.#setAsideDead();
    await journal.recoverSpool();
    for (const runner of this.#runners) runner.start();
    this.#timer = setInterval(() => {
      this.#tick ??= this.#housekeeping().finally(() => (this.#tick = undefined));
    }, TICK_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#tick;
    await Promise.all(this.#runners.map((runner) => runner.stop()));
  }

  /** A source says that it has sent everything, or all of these studies: they need no quiet time. */
  async sealSource(source: string, studies?: readonly string[]): Promise<number> {
    const enqueue = (ids: string[], manager: EntityManager): Promise<void> => this.#enqueue(ids, manager);
    const sealed = await this.#rooms.journal.sealSource(source, enqueue, studies);
    this.#wakeAll();
    return sealed;
  }

  /** Instances that were held back go through the stages again. @returns how many could be taken up. */
  async retryHeld(ids: readonly string[]): Promise<number> {
    const taken = await this.#rooms.quarantine.retry(ids, (found, manager) => this.#enqueue(found, manager));
    this.#wakeAll();
    return taken;
  }

  /** Busy seconds a stage since the start; lanes of one stage add up. */
  stageSeconds(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#busySeconds);
  }

  #add<T extends DeidentifyJob>(stage: Pick<StageOptions<T>, 'queue' | 'batchSize' | 'run' | 'isHeld'>): void {
    const runner = new StageRunner<T>(this.#rooms.queue, {
      ...stage,
      run: (jobs) => this.#timed(stage.queue, () => stage.run(jobs)),
      onDone: () => this.#wakeAll(),
      onFailed: (code) => this.#rooms.log.event('stage-failed', { stage: stage.queue, code }),
      onExhausted: (jobs, code) => this.#setAside(stage.queue, jobs, code),
      maxAttempts: MAX_ATTEMPTS,
    });
    this.#runners.push(runner);
  }

  async #timed(stage: string, run: () => Promise<void>): Promise<void> {
    const before = performance.now();
    try {
      await run();
    } finally {
      this.#busySeconds.set(stage, (this.#busySeconds.get(stage) ?? 0) + (performance.now() - before) / 1000);
    }
  }

  #wakeAll(): void {
    for (const runner of this.#runners) runner.wake();
  }

  async #enqueue(generationIds: readonly string[], within: EntityManager): Promise<void> {
    await this.#rooms.queue.send(
      QUEUES.deidentify,
      generationIds.map((generationId) => ({ generationId })),
      { within },
    );
  }

  /** A study whose job failed every time ends visibly, with the fault's code, instead of hanging half way. Its spool bytes stay. */
  async #setAside(queue: string, jobs: readonly Pick<Job<DeidentifyJob>, 'data'>[], code: string): Promise<void> {
    const moves = jobs.map((job) => ({ generationId: job.data.generationId, reason: code }));
    await this.#rooms.journal.setAside(moves);
    this.#rooms.log.event('queue-dead-letter', { queue, code, jobs: jobs.length });
  }

  /** Jobs given up outside of a stage (their process was killed again and again) have left their studies half way. */
  async #setAsideDead(): Promise<void> {
    const { queue, journal } = this.#rooms;
    for (const name of Object.values(QUEUES)) {
      for (const { data, reason } of await queue.deadJobs(name)) {
        const job = data as DeidentifyJob;
        if (await journal.isOpen(job.generationId)) await this.#setAside(name, [{ data: job }], reason);
      }
    }
  }

  async #housekeeping(): Promise<void> {
    const { journal, log } = this.#rooms;
    try {
      const sealed = await journal.sealQuiet(this.#settings.quietMs, (ids, manager) => this.#enqueue(ids, manager));
      if (sealed > 0) this.#wakeAll();
      await this.#lateOutcomes.run();
      await journal.releaseSpool();
      await this.#hourly();
    } catch (error) {
      log.event('stage-failed', { stage: 'housekeeping', code: codeOf(error) });
    }
  }

  async #hourly(): Promise<void> {
    if (Date.now() < this.#nextForgetting) return;
    this.#nextForgetting = Date.now() + FORGET_MS;
    await this.#rooms.vault?.expiry.run();
    await this.#forgetWaitingOutcomes();
  }

  async #forgetWaitingOutcomes(): Promise<void> {
    const { outcomes, audit } = this.#rooms;
    const lines = await outcomes.forgetWaiting(this.#settings.outcomeWaitDays);
    if (lines === 0) return;
    await audit.record([{ code: 'outcomes-expired', outcome: 'success', actor: 'housekeeping', detail: { lines } }]);
  }
}
