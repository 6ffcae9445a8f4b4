import type { GenerationJournal, QuietTimes } from '@precedent/ingress';
import { codeOf } from '@precedent/kernel';
import type { Job, JobQueue } from '@precedent/platform';
import type { EntityManager } from 'typeorm';
import type { ApplyLateOutcomes } from './apply-late-outcomes.ts';
import type { DeidentifyStudies } from './deidentify-studies.ts';
import type { EmbedStudies } from './embed-studies.ts';
import type { IndexStudies } from './index-studies.ts';
import { StageRunner } from './stage-runner.ts';
import type { DeidentifyJob, StudyJob } from './stages.ts';
import { BATCH, MAX_ATTEMPTS, QUEUES } from './stages.ts';

/** How often quiet studies are looked for, late outcomes applied and finished spool files deleted. */
const TICK_MS = 1000;

export interface PipelineParts {
  readonly queue: JobQueue;
  readonly journal: GenerationJournal;
  readonly deidentify: DeidentifyStudies;
  readonly embed: EmbedStudies;
  readonly index: IndexStudies;
  readonly lateOutcomes: ApplyLateOutcomes;
  /** Quiet times after which a study counts as complete. */
  readonly quiet: QuietTimes;
  readonly onFault: (stage: string, code: string) => void;
}

/** The state machine of a study generation: receiving → sealed → de-identified → embedded → indexed, one runner a stage. */
export class Pipeline {
  readonly #parts: PipelineParts;
  readonly #runners: { wake(): void; start(): void; stop(): Promise<void> }[] = [];
  readonly #busySeconds = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #tick: Promise<void> | undefined;

  constructor(parts: PipelineParts) {
    this.#parts = parts;
    const { deidentify, embed, index } = parts;
    this.#add(QUEUES.deidentify, BATCH.deidentify, (jobs: readonly DeidentifyJob[]) => deidentify.run(jobs));
    this.#add(QUEUES.embed, BATCH.embed, (jobs: readonly StudyJob[]) => embed.run(jobs));
    this.#add(QUEUES.index, BATCH.index, (jobs: readonly StudyJob[]) => index.run(jobs));
  }

  async start(): Promise<void> {
    for (const queue of Object.values(QUEUES)) {
      await this.#parts.queue.createQueue(queue, { retryLimit: MAX_ATTEMPTS - 1, retryDelaySeconds: 1 });
    }
    await this.#parts.queue.recover();
    await this.#parts.journal.recoverSpool();
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

  /** A source says that it has sent everything: its studies need no quiet time. */
  async sealSource(source: string): Promise<number> {
    const sealed = await this.#parts.journal.sealSource(source, (ids, manager) => this.#enqueue(ids, manager));
    this.#wakeAll();
    return sealed;
  }

  /** Busy seconds a stage since the start. */
  stageSeconds(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#busySeconds);
  }

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the runner inside is of the same T as `run`
  #add<T extends DeidentifyJob>(queue: string, batchSize: number, run: (jobs: readonly T[]) => Promise<void>): void {
    const runner = new StageRunner<T>(this.#parts.queue, {
      queue,
      batchSize,
      run: (jobs) => this.#timed(queue, () => run(jobs)),
      onDone: () => this.#wakeAll(),
      onFailed: (code) => this.#parts.onFault(queue, code),
      onExhausted: (jobs, code) => this.#setAside(jobs, code),
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
    await this.#parts.queue.send(
      QUEUES.deidentify,
      generationIds.map((generationId) => ({ generationId })),
      { within },
    );
  }

  /** A study whose job failed every time ends visibly, with the fault's code, instead of hanging half way. Its spool bytes stay. */
  async #setAside(jobs: readonly Job<DeidentifyJob>[], code: string): Promise<void> {
    const moves = jobs.map((job) => ({ generationId: job.data.generationId, reason: code }));
    await this.#parts.journal.setAside(moves);
  }

  async #housekeeping(): Promise<void> {
    try {
      const { journal, lateOutcomes, quiet } = this.#parts;
      const sealed = await journal.sealQuiet(quiet, (ids, manager) => this.#enqueue(ids, manager));
      if (sealed > 0) this.#wakeAll();
      await lateOutcomes.run();
      await journal.releaseSpool();
    } catch (error) {
      this.#parts.onFault('housekeeping', codeOf(error));
    }
  }
}
