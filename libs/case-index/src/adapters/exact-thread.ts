import { Worker } from 'node:worker_threads';
import { CodedError } from '@precedent/kernel';
import { indexFault } from '../case-index.errors.ts';
import type { ExactCall, ExactReply } from './exact-protocol.ts';
import type { StoreOptions } from './exact-store.ts';

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (fault: CodedError) => void;
}

/** Calls and replies of one worker thread. If the thread dies, every open and later call gets a coded fault. */
export class ExactThread {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  readonly opened: Promise<unknown>;
  #next = 1;
  #dead: CodedError | undefined;

  constructor(options: StoreOptions) {
    // The parent's own flags (--input-type, --inspect, a loader) are not for this thread; some end it.
    const settings = { workerData: options, execArgv: [] };
    this.#worker = new Worker(new URL('../../dist/adapters/exact-worker.js', import.meta.url), settings);
    this.opened = this.#await(0);
    this.#worker.on('message', (reply: ExactReply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#die(indexFault('INDEX_WORKER_DIED', undefined, error)));
    this.#worker.on('exit', () => this.#die(indexFault('INDEX_WORKER_DIED')));
  }

  async call<T>(call: ExactCall, transfer: readonly ArrayBuffer[] = []): Promise<T> {
    if (this.#dead !== undefined) throw this.#dead;
    const number = this.#next;
    this.#next += 1;
    const reply = this.#await(number);
    this.#worker.postMessage({ number, call }, [...transfer]);
    return (await reply) as T;
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  /** The thread keeps the process alive only while a call is open: a forgotten close does not hang a command. */
  #await(number: number): Promise<unknown> {
    this.#worker.ref();
    return new Promise((resolve, reject) => this.#pending.set(number, { resolve, reject }));
  }

  #settle({ number, value, fault }: ExactReply): void {
    const pending = this.#pending.get(number);
    this.#pending.delete(number);
    if (this.#pending.size === 0) this.#worker.unref();
    if (fault === undefined) pending?.resolve(value);
    else pending?.reject(new CodedError(fault.code, fault.message));
  }

  #die(fault: CodedError): void {
    this.#dead ??= fault;
    for (const { reject } of this.#pending.values()) reject(this.#dead);
    this.#pending.clear();
  }
}
