import { EncoderProcess } from './adapters/encoder-process.ts';
import type { PendingPicture } from './domain/batch.ts';
import { BatchQueue } from './domain/batch-queue.ts';
import { goldenDifference } from './domain/golden-check.ts';
import { goldenPicture } from './domain/golden-pictures.ts';
import type {
  EncoderInput,
  EncoderOutput,
  ProviderName,
  ProviderRecord,
  ProviderRequest,
  RegisteredModel,
} from './domain/types.ts';
import type { OpenMessage } from './domain/wire.ts';
import { inferenceFault } from './inference.errors.ts';

export interface InferenceOptions {
  readonly provider: ProviderRequest;
  /** Threads of one run on CPU. */
  readonly threads: number;
  /** How long one batch may take before its process is killed and replaced. */
  readonly timeoutMs: number;
  /** Pictures a batch; 8 by default, more on a GPU. */
  readonly batch?: number;
  /** Told when the process ended by itself or was ended, and a new one has taken its place. */
  readonly onReplaced?: () => void;
}

export interface EncodeOptions {
  /** The token map too. */
  readonly tokens?: boolean;
  /** A clinician waits: these pictures go before all that is queued and wait for two batches at most. */
  readonly urgent?: boolean;
}

const DEFAULT_BATCH = 8;
const CANDIDATES: Readonly<Record<ProviderRequest, readonly ProviderName[]>> = {
  cpu: ['cpu'],
  cuda: ['cuda'],
  auto: ['cuda', 'cpu'],
};

/**
 * One model in one child process. Several `encode` calls may be in flight: their pictures share batches. A batch that
 * takes too long or whose process dies fails with a code, the process is replaced, and pictures behind it run again, once.
 */
export class InferenceSession {
  readonly provider: ProviderRecord;
  private readonly model: RegisteredModel;
  private readonly options: InferenceOptions;
  private readonly queue: BatchQueue;
  private process: EncoderProcess | null = null;
  private starting: Promise<void> | null = null;
  private closed = false;
  private started = 0;

  private constructor(model: RegisteredModel, options: InferenceOptions, process: EncoderProcess) {
    const { used, tried, runtimeVersion } = process.opened;
    this.model = model;
    this.options = options;
    this.provider = { requested: options.provider, used, tried, runtimeVersion };
    this.queue = new BatchQueue(options.batch ?? DEFAULT_BATCH);
    this.adopt(process);
  }

  /**
   * Loads the model and holds it against its golden vectors.
   * @throws CodedError MODEL_WEIGHTS_DAMAGED, MODEL_GOLDEN_MISMATCH, INFERENCE_PROVIDER_UNAVAILABLE, INFERENCE_*.
   */
  static async open(model: RegisteredModel, options: InferenceOptions): Promise<InferenceSession> {
    const process = await startChecked(model, options, CANDIDATES[options.provider]);
    return new InferenceSession(model, options, process);
  }

  /** Times the process was replaced since the session opened. */
  get restarts(): number {
    return this.started - 1;
  }

  /** Process id of the child, while there is one: for supervision and for tests that kill it. */
  get childPid(): number | undefined {
    return this.process?.pid;
  }

  /**
   * @param inputs pictures at the model's size.
   * @returns one output a picture, in order.
   * @throws CodedError INFERENCE_INPUT_INVALID, INFERENCE_TIMEOUT, INFERENCE_CHILD_DIED, INFERENCE_CLOSED and others.
   */
  async encode(inputs: readonly EncoderInput[], wanted: EncodeOptions = {}): Promise<EncoderOutput[]> {
    if (this.closed) throw inferenceFault('INFERENCE_CLOSED', 'The inference session is closed.');
    for (const input of inputs) this.assertSize(input);
    const answers = inputs.map((input) => this.enqueue(input, wanted));
    this.pump();
    return Promise.all(answers);
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.starting;
    const fault = inferenceFault('INFERENCE_CLOSED', 'The inference session was closed.');
    for (const picture of this.queue.drain()) picture.reject(fault);
    await this.process?.end(fault);
  }

  private assertSize({ channels, pixels }: EncoderInput): void {
    const { size } = this.model.manifest.input;
    if (pixels.length === size * size * channels) return;
    throw inferenceFault('INFERENCE_INPUT_INVALID', `A picture is not ${size} × ${size} × ${channels} bytes.`);
  }

  private enqueue(input: EncoderInput, { tokens = false, urgent = false }: EncodeOptions): Promise<EncoderOutput> {
    return new Promise((resolve, reject) => {
      this.queue.add([{ input, tokens, urgent, retried: false, resolve, reject }]);
    });
  }

  private pump(): void {
    if (!this.process) {
      this.starting ??= this.restart();
      return;
    }
    for (let batch = this.take(); batch; batch = this.take()) this.process.submit(batch);
  }

  private take(): readonly PendingPicture[] | null {
    return this.queue.next(this.process?.inFlight ?? 0);
  }

  private adopt(process: EncoderProcess): void {
    this.started += 1;
    this.process = process;
    process.listen({
      ready: () => this.pump(),
      ended: (behind) => this.onEnded(behind),
    });
  }

  private onEnded(behind: readonly PendingPicture[]): void {
    this.process = null;
    const fault = this.closed
      ? inferenceFault('INFERENCE_CLOSED', 'The inference session was closed.')
      : inferenceFault('INFERENCE_CHILD_DIED', 'The inference process ended twice before this picture had its turn.');
    for (const picture of behind) if (picture.retried || this.closed) picture.reject(fault);
    if (this.closed) return;
    this.queue.putBack(behind.filter((picture) => !picture.retried).map((picture) => ({ ...picture, retried: true })));
    if (this.queue.length > 0) this.pump();
  }

  /** With the provider in use only: another one would make vectors of another space under this one's name. */
  private async restart(): Promise<void> {
    try {
      const process = await startChecked(this.model, this.options, [this.provider.used]);
      this.adopt(process);
      this.options.onReplaced?.();
    } catch (error) {
      const fault = error instanceof Error ? error : inferenceFault('INFERENCE_CHILD_DIED', 'No new process.', error);
      for (const picture of this.queue.drain()) picture.reject(fault);
    } finally {
      this.starting = null;
    }
    if (!this.closed && this.process) this.pump();
  }
}

async function startChecked(
  model: RegisteredModel,
  options: InferenceOptions,
  providers: readonly ProviderName[],
): Promise<EncoderProcess> {
  const { input, outputs } = model.manifest;
  const { graphPath, graphSha256 } = model;
  const request: OpenMessage = {
    kind: 'open',
    graphPath,
    graphSha256,
    input,
    outputs,
    threads: options.threads,
    providers,
  };
  const process = await EncoderProcess.start(model, request, options.timeoutMs);
  try {
    await assertGolden(model, process);
    return process;
  } catch (error) {
    await process.end(inferenceFault('INFERENCE_CLOSED', 'The model did not pass its check.'));
    throw error;
  }
}

/** Through the same pipe, batch and half floats as every picture after it; it warms the model up as well. */
async function assertGolden(model: RegisteredModel, process: EncoderProcess): Promise<void> {
  const inputs = model.golden.map((golden) => goldenPicture(golden.picture, model.manifest.input.size));
  const answers = await runAlone(
    process,
    inputs.filter((input) => input !== null),
  );
  for (const [index, golden] of model.golden.entries()) {
    const answer = answers[index];
    const difference = answer ? goldenDifference(golden, answer, model.manifest, process.opened.used) : 'no answer';
    if (difference === null) continue;
    throw inferenceFault(
      'MODEL_GOLDEN_MISMATCH',
      `Model ${model.manifest.name} computes something else than it should on ${process.opened.used} (picture ` +
        `${golden.picture}: ${difference}). Run the set-up again; if it stays, this machine or its libraries are at fault.`,
    );
  }
}

function runAlone(process: EncoderProcess, inputs: readonly EncoderInput[]): Promise<EncoderOutput[]> {
  const pictures: PendingPicture[] = [];
  const answers = inputs.map(
    (input) =>
      new Promise<EncoderOutput>((resolve, reject) => {
        pictures.push({ input, tokens: true, urgent: true, retried: true, resolve, reject });
      }),
  );
  process.submit(pictures);
  return Promise.all(answers);
}
