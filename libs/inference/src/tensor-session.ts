import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { CodedError } from '@precedent/kernel';
import type { FromTensorChild, GreyBatch, TensorAnswer, TensorResult, ToTensorChild } from './domain/tensor-wire.ts';
import { inferenceFault } from './inference.errors.ts';
import type { TensorModel } from './tensor-model.ts';

/** The compiled child, whether this file runs from src (Jest) or from dist. */
const CHILD = fileURLToPath(new URL('../dist/adapters/tensor-child.js', import.meta.url));
const OPEN_TIMEOUT_MS = 120_000;

export interface TensorOptions {
  /** Threads of one run. */
  readonly threads: number;
  /** How long one run may take before its process is ended and, with the next run, replaced. */
  readonly timeoutMs: number;
}

interface InHand {
  readonly id: number;
  readonly resolve: (result: TensorResult) => void;
  readonly reject: (fault: CodedError) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * The graphs of one tensor model in one child process on the CPU, one run at a time. A run that takes too long is ended by
 * SIGKILL and fails; so does one whose process dies. The next run starts a new process.
 */
export class TensorSession {
  readonly #model: TensorModel;
  readonly #options: TensorOptions;
  #child: Promise<ChildProcess> | undefined;
  #inHand: InHand | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #last = 0;
  #closed = false;

  constructor(model: TensorModel, options: TensorOptions) {
    this.#model = model;
    this.#options = options;
  }

  /** @throws CodedError INFERENCE_TIMEOUT, INFERENCE_CHILD_DIED, INFERENCE_MODEL_REFUSED, INFERENCE_CLOSED, MODEL_WEIGHTS_DAMAGED */
  run(graph: string, batch: GreyBatch, answer: TensorAnswer): Promise<TensorResult> {
    const turn = this.#queue.then(() => this.#runNow(graph, batch, answer));
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const child = await this.#child?.catch(() => undefined);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    // Waiting for a child that keeps nothing alive would end the whole process, with code 13, in the middle of its closing.
    child.ref();
    child.kill('SIGKILL');
    await exited;
  }

  async #runNow(graph: string, batch: GreyBatch, answer: TensorAnswer): Promise<TensorResult> {
    if (this.#closed) throw inferenceFault('INFERENCE_CLOSED', 'The session is closed.');
    const child = await (this.#child ??= this.#start());
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#end(child, 'INFERENCE_TIMEOUT'), this.#options.timeoutMs);
      this.#inHand = { id, resolve, reject, timer };
      const message: ToTensorChild = { kind: 'run', id, graph, batch, answer };
      // A channel that is gone errs here, and `exit` settles the run.
      child.send(message, () => undefined);
    });
  }

  async #start(): Promise<ChildProcess> {
    const child = fork(CHILD, [], {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child.on('error', () => undefined);
    child.once('exit', () => this.#end(child, this.#closed ? 'INFERENCE_CLOSED' : 'INFERENCE_CHILD_DIED'));
    try {
      await opened(child, { kind: 'open', graphs: this.#model.graphs, threads: this.#options.threads });
    } catch (fault) {
      this.#child = undefined;
      child.kill('SIGKILL');
      throw fault;
    }
    child.on('message', (message: FromTensorChild) => this.#receive(message));
    // An idle child does not keep a command alive: a forgotten close must not hang it.
    child.unref();
    child.channel?.unref();
    return child;
  }

  #receive(message: FromTensorChild): void {
    if (message.kind !== 'done' && message.kind !== 'failed') return;
    const run = this.#inHand;
    if (run?.id !== message.id) return;
    this.#inHand = undefined;
    clearTimeout(run.timer);
    if (message.kind === 'done') run.resolve(message.result);
    else run.reject(inferenceFault('INFERENCE_MODEL_REFUSED', 'The model refused a picture.'));
  }

  #end(child: ChildProcess, code: 'INFERENCE_TIMEOUT' | 'INFERENCE_CHILD_DIED' | 'INFERENCE_CLOSED'): void {
    this.#child = undefined;
    const run = this.#inHand;
    this.#inHand = undefined;
    if (run !== undefined) {
      clearTimeout(run.timer);
      run.reject(inferenceFault(code, SENTENCES[code]));
    }
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  }
}

const SENTENCES = {
  INFERENCE_TIMEOUT: 'A run of the text finder took too long. Its process was replaced.',
  INFERENCE_CHILD_DIED: 'The process of the text finder ended during a run and was replaced. Check free memory.',
  INFERENCE_CLOSED: 'The session was closed.',
} as const;

function opened(child: ChildProcess, request: ToTensorChild): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (fault: CodedError): void => {
      clearTimeout(late);
      reject(fault);
    };
    const late = setTimeout(
      () => fail(inferenceFault('INFERENCE_TIMEOUT', 'The model of the text finder did not load in time.')),
      OPEN_TIMEOUT_MS,
    );
    child.once('exit', () => fail(inferenceFault('INFERENCE_CHILD_DIED', 'The process ended while the model loaded.')));
    child.once('message', (message: FromTensorChild) => {
      clearTimeout(late);
      if (message.kind === 'refused') fail(inferenceFault(message.code, 'The model could not be opened.'));
      else resolve();
    });
    child.send(request, () => undefined);
  });
}
