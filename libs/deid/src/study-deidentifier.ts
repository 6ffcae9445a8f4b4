import type { Worker } from 'node:worker_threads';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { SealedStudy } from '@precedent/ingress';
import { CodedError } from '@precedent/kernel';
import type { StudyReply } from './adapters/deid-protocol.ts';
import { withBuffers } from './adapters/deid-protocol.ts';
import { startDeidThread } from './adapters/deid-thread.ts';
import type { DeidErrorCode } from './deid.errors.ts';
import { DEID_ERRORS, deidError } from './deid.errors.ts';
import type { VaultKey } from './vault/domain/types.ts';
import type { DeidentifiedStudyOutcome, DeidentifierOptions } from './deidentifier.ts';
import { lookAtPixels } from './deidentifier.ts';

/** A study of thousands of images takes minutes on a busy machine; what takes longer hangs. */
const DEADLINE_MS = 15 * 60_000;
/** Cleaning pixels takes about 0.3 s a picture of 200 kB and more on a busy machine; each of its steps has a time limit of its own. */
const CLEANING_MS_A_BYTE = 0.1;

/** What a timer of Node can hold. */
const MAX_TIMER_MS = 2 ** 31 - 1;

interface Pending {
  readonly resolve: (outcome: DeidentifiedStudyOutcome) => void;
  readonly reject: (fault: CodedError) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * De-identifies whole studies in a thread of its own: the service answers meanwhile, and whatever an object does to the code
 * that reads it (a hang, all the memory) ends the thread and not the service. The next study starts a new one.
 */
export class StudyDeidentifier implements OnApplicationShutdown {
  readonly #options: DeidentifierOptions;
  readonly #deadlineMs: number;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #last = 0;

  constructor(options: DeidentifierOptions, { deadlineMs = DEADLINE_MS }: { readonly deadlineMs?: number } = {}) {
    this.#options = options;
    this.#deadlineMs = deadlineMs;
  }

  /**
   * As `Deidentifier.deidentifyStudy`.
   * @throws CodedError DEID_THREAD_ENDED, DEID_TIMEOUT, or the code of a spool that cannot be read: the job is tried again
   */
  deidentifyStudy(study: SealedStudy, vaultKey?: VaultKey): Promise<DeidentifiedStudyOutcome> {
    const worker = (this.#worker ??= this.#start());
    const number = ++this.#last;
    worker.ref();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => void this.#end('DEID_TIMEOUT'), this.#deadlineOf(study));
      this.#pending.set(number, { resolve, reject, timer });
      // With every study, and not once: a rotation must not wait for the thread's end.
      worker.postMessage({ number, study, vaultKey });
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#end('DEID_THREAD_ENDED');
  }

  #deadlineOf({ instances }: SealedStudy): number {
    if (lookAtPixels(this.#options) === 'off') return this.#deadlineMs;
    const bytes = instances.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    return Math.min(MAX_TIMER_MS, this.#deadlineMs + CLEANING_MS_A_BYTE * bytes);
  }

  #start(): Worker {
    const worker = startDeidThread('deid-worker', this.#options);
    worker.on('message', (reply: StudyReply) => this.#settle(reply));
    worker.on('error', () => void this.#end('DEID_THREAD_ENDED'));
    worker.on('exit', () => (this.#worker === worker ? void this.#end('DEID_THREAD_ENDED') : undefined));
    return worker;
  }

  #settle(reply: StudyReply): void {
    const pending = this.#pending.get(reply.number);
    this.#pending.delete(reply.number);
    clearTimeout(pending?.timer);
    // An idle thread does not keep the process alive: a forgotten shutdown must not hang a command.
    if (this.#pending.size === 0) this.#worker?.unref();
    if ('outcome' in reply) pending?.resolve(withBuffers(reply.outcome));
    else pending?.reject(faultOf(reply.fault));
  }

  /** Ends the thread, and what it had in hand with a code. */
  async #end(code: DeidErrorCode): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(deidError(code));
    }
    this.#pending.clear();
    await worker?.terminate();
  }
}

function faultOf(code: string): CodedError {
  const sentences: Readonly<Record<string, string>> = DEID_ERRORS;
  return new CodedError(code, sentences[code] ?? 'The study could not be read from the spool: it is tried again.');
}
