import type { Job, JobData, JobQueue } from '@precedent/platform';
import { codeOf } from '@precedent/kernel';

/** How long an idle stage waits before it looks at its queue again when nobody wakes it. */
const IDLE_MS = 500;

export interface StageOptions<T extends JobData> {
  readonly queue: string;
  readonly batchSize: number;
  readonly run: (jobs: readonly T[]) => Promise<void>;
  /** Called with what was done, to wake the next stage. */
  readonly onDone: (jobs: number) => void;
  /** Called when a single job failed; the queue retries it later. */
  readonly onFailed: (code: string) => void;
  /** Called when a job has failed for the last time. */
  readonly onExhausted: (jobs: readonly Job<T>[], code: string) => Promise<void>;
  readonly maxAttempts: number;
  /** Whether the stage waits although it has work: the next one has enough in hand. */
  readonly isHeld?: () => Promise<boolean>;
}

/**
 * Takes jobs of one queue in batches, for as long as the service runs. A batch that fails is tried again job by job, so that one
 * study that cannot be handled costs only itself.
 */
export class StageRunner<T extends JobData> {
  readonly #queue: JobQueue;
  readonly #options: StageOptions<T>;
  #stopping = false;
  #wake: (() => void) | undefined;
  #loop: Promise<void> | undefined;

  constructor(queue: JobQueue, options: StageOptions<T>) {
    this.#queue = queue;
    this.#options = options;
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** Looks at the queue now rather than after the idle time. */
  wake(): void {
    this.#wake?.();
  }

  /** Ends after the batch in hand. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.wake();
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      const jobs = await this.#fetch();
      if (jobs.length === 0) await this.#idle();
      else await this.#handle(jobs);
    }
  }

  /** A database that is away for a moment must not end the stage: it is asked again after the idle time. */
  async #fetch(): Promise<readonly Job<T>[]> {
    try {
      if ((await this.#options.isHeld?.()) === true) return [];
      return await this.#queue.fetch<T>(this.#options.queue, this.#options.batchSize);
    } catch (error) {
      this.#options.onFailed(codeOf(error));
      return [];
    }
  }

  async #handle(jobs: readonly Job<T>[]): Promise<void> {
    try {
      await this.#complete(jobs);
    } catch (error) {
      if (jobs.length === 1) await this.#fail(jobs, codeOf(error));
      else for (const job of jobs) await this.#handle([job]);
    }
  }

  async #complete(jobs: readonly Job<T>[]): Promise<void> {
    await this.#options.run(jobs.map((job) => job.data));
    const ids = jobs.map((job) => job.id);
    await this.#queue.complete(this.#options.queue, ids);
    this.#options.onDone(jobs.length);
  }

  async #fail(jobs: readonly Job<T>[], code: string): Promise<void> {
    this.#options.onFailed(code);
    try {
      const spent = jobs.filter((job) => job.retryCount + 1 >= this.#options.maxAttempts);
      if (spent.length > 0) await this.#options.onExhausted(spent, code);
      const ids = jobs.map((job) => job.id);
      await this.#queue.fail(this.#options.queue, ids, code);
    } catch (error) {
      this.#options.onFailed(codeOf(error)); // the database is away: the job becomes fetchable again by its expiry
    }
  }

  async #idle(): Promise<void> {
    if (this.#stopping) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, IDLE_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }
}
