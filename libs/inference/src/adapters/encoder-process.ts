import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { CodedError } from '@precedent/kernel';
import { packBatch, settleBatch } from '../domain/batch.ts';
import type { PendingPicture } from '../domain/batch.ts';
import type { RegisteredModel } from '../domain/types.ts';
import type { FromChild, OpenedMessage, OpenMessage } from '../domain/wire.ts';
import { inferenceFault } from '../inference.errors.ts';
import { LastWords } from './last-words.ts';

/** The compiled child, whether this file runs from src (Jest) or from dist. */
const CHILD = fileURLToPath(new URL('../../dist/adapters/onnx-child.js', import.meta.url));
/** Loading 13 MB takes 0.3 s; a model of gigabytes on a cold disk takes its time. */
const OPEN_TIMEOUT_MS = 120_000;

interface Flight {
  readonly id: number;
  readonly pictures: readonly PendingPicture[];
}

export interface ProcessListener {
  /** A batch came back, well or not: there is room for another. */
  ready(): void;
  /** The process is gone, and its batch in hand has been told. @param behind pictures whose turn had not come. */
  ended(behind: readonly PendingPicture[]): void;
}

/** One forked child with one model open in it. It is started once; a dead one is replaced by a new object. */
export class EncoderProcess {
  readonly opened: OpenedMessage;
  private readonly child: ChildProcess;
  private readonly model: RegisteredModel;
  private readonly timeoutMs: number;
  private listener: ProcessListener | null = null;
  private flights: Flight[] = [];
  private watchdog: NodeJS.Timeout | undefined;
  private ending: CodedError | null = null;
  private nextId = 1;
  private gone = false;

  private constructor(child: ChildProcess, opened: OpenedMessage, model: RegisteredModel, timeoutMs: number) {
    this.child = child;
    this.opened = opened;
    this.model = model;
    this.timeoutMs = timeoutMs;
    child.on('message', (message: FromChild) => this.receive(message));
    child.once('exit', (code, signal) => this.onExit(signal ?? `exit code ${code ?? 'unknown'}`));
  }

  /** @throws CodedError: the child's refusal, INFERENCE_TIMEOUT or INFERENCE_CHILD_DIED. */
  static async start(model: RegisteredModel, request: OpenMessage, timeoutMs: number): Promise<EncoderProcess> {
    const child = fork(CHILD, [], {
      serialization: 'advanced',
      // Not the flags of this process: under Jest or a debugger they would change the child.
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    // A send into a dying child's pipe errs here; `exit` follows and tells all there is to tell.
    child.on('error', () => undefined);
    const words = new LastWords(child);
    try {
      const opened = await opening(child, request);
      return new EncoderProcess(child, await words.explain(opened), model, timeoutMs);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Batches handed over and not answered. */
  get inFlight(): number {
    return this.flights.length;
  }

  listen(listener: ProcessListener): void {
    this.listener = listener;
    // It may have died when nobody listened yet.
    if (this.gone) listener.ended([]);
  }

  submit(pictures: readonly PendingPicture[]): void {
    const flight = { id: this.nextId, pictures };
    this.nextId += 1;
    this.flights.push(flight);
    if (this.flights.length === 1) this.watch();
    // Without a channel the child is dying: `exit` settles this flight with the others.
    if (this.child.connected) this.child.send(packBatch(flight.id, pictures), () => undefined);
  }

  /** Ends the process at once; inference has no state to save. @param fault what the batch in hand is told. */
  end(fault: CodedError): Promise<void> {
    this.ending ??= fault;
    if (this.gone) return Promise.resolve();
    const exited = new Promise<void>((resolve) => this.child.once('exit', () => resolve()));
    this.child.kill('SIGKILL');
    return exited;
  }

  private receive(message: FromChild): void {
    const [flight] = this.flights;
    if ((message.kind !== 'done' && message.kind !== 'failed') || message.id !== flight?.id) return;
    this.flights.shift();
    this.watch();
    settleBatch(flight.pictures, message, this.model.manifest.outputs);
    this.listener?.ready();
  }

  /** Times the batch that is now in hand; the child works in order, so it is the first. */
  private watch(): void {
    clearTimeout(this.watchdog);
    if (this.flights.length === 0) return;
    this.watchdog = setTimeout(() => {
      void this.end(
        inferenceFault('INFERENCE_TIMEOUT', `A batch took more than ${this.timeoutMs} ms. Its process was replaced.`),
      );
    }, this.timeoutMs);
  }

  private onExit(how: string): void {
    this.gone = true;
    clearTimeout(this.watchdog);
    const [inHand, ...behind] = this.flights;
    this.flights = [];
    const died = `The inference process ended during a batch (${how}) and was replaced. Check free memory.`;
    const fault = this.ending ?? inferenceFault('INFERENCE_CHILD_DIED', died);
    for (const picture of inHand?.pictures ?? []) picture.reject(fault);
    this.listener?.ended(behind.flatMap((flight) => flight.pictures));
  }
}

function opening(child: ChildProcess, request: OpenMessage): Promise<OpenedMessage> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      reject(inferenceFault('INFERENCE_TIMEOUT', `The model did not load in ${OPEN_TIMEOUT_MS / 1000} s.`));
    }, OPEN_TIMEOUT_MS);
    const died = (cause?: unknown): void => {
      clearTimeout(late);
      const message = 'The inference process ended while the model loaded. Check free memory.';
      reject(inferenceFault('INFERENCE_CHILD_DIED', message, cause));
    };
    child.once('error', died);
    child.once('exit', () => died());
    child.once('message', (message: FromChild) => {
      clearTimeout(late);
      if (message.kind === 'opened') resolve(message);
      else if (message.kind === 'refused') reject(inferenceFault(message.code, message.message));
      else died();
    });
    child.send(request, (error) => (error ? died(error) : undefined));
  });
}
