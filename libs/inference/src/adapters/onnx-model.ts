import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import ort from 'onnxruntime-node';
import type { CodedError } from '@precedent/kernel';
import { halfFromFloats } from '../domain/half-float.ts';
import { Normaliser } from '../domain/normalise.ts';
import type { ProviderName } from '../domain/types.ts';
import type { DoneMessage, OpenedMessage, OpenMessage, RefusedMessage, RunMessage } from '../domain/wire.ts';
import { inferenceFault } from '../inference.errors.ts';

type Tried = OpenedMessage['tried'][number];

/** A loaded graph in this process. `run()` of ONNX Runtime is synchronous inside its promise: child processes only. */
export class OnnxModel {
  private readonly session: ort.InferenceSession;
  private readonly request: OpenMessage;
  private readonly normaliser: Normaliser;
  /** Grows to the largest batch seen and is used again: a fresh 4.8 MB a batch is work for the collector. */
  private tensor = new Float32Array(0);

  private constructor(session: ort.InferenceSession, request: OpenMessage) {
    this.session = session;
    this.request = request;
    this.normaliser = new Normaliser(request.input);
  }

  /** @throws CodedError with a code of RefusedMessage. */
  static async open(request: OpenMessage): Promise<{ model: OnnxModel; opened: OpenedMessage }> {
    const graph = await readGraph(request);
    const tried: Tried[] = [];
    for (const name of request.providers) {
      const created = await create(graph, name, request.threads);
      if (created.session) {
        assertOutputs(created.session, request);
        const opened = {
          kind: 'opened',
          used: name,
          tried: [...tried, { name }],
          runtimeVersion: runtimeVersion(),
        } as const;
        return { model: new OnnxModel(created.session, request), opened };
      }
      tried.push({ name, error: created.error });
    }
    throw noProvider(tried);
  }

  /** Encodes one batch. @throws Error of ONNX Runtime, or when an output has another shape than the manifest says. */
  async run(request: RunMessage): Promise<DoneMessage> {
    const { embedding, tokens } = this.request.outputs;
    const wanted = request.tokens && tokens ? [embedding.name, tokens.name] : [embedding.name];
    const results = await this.session.run({ [this.request.input.name]: this.tensorOf(request) }, wanted);
    const count = request.inputs.length;
    const embeddings = floats(results[embedding.name], count * embedding.dimension);
    if (!tokens || !request.tokens) return { kind: 'done', id: request.id, embeddings };
    const map = floats(results[tokens.name], count * tokens.count * tokens.dimension);
    return { kind: 'done', id: request.id, embeddings, tokens: halfFromFloats(map) };
  }

  private tensorOf({ inputs }: RunMessage): ort.Tensor {
    const { size, channels } = this.request.input;
    const length = inputs.length * this.normaliser.length;
    if (this.tensor.length < length) this.tensor = new Float32Array(length);
    for (const [index, input] of inputs.entries()) {
      this.normaliser.write(input, this.tensor, index * this.normaliser.length);
    }
    return new ort.Tensor('float32', this.tensor.subarray(0, length), [inputs.length, channels, size, size]);
  }
}

/** The bytes that are hashed are the bytes that run: a file changed since registration is found here. */
async function readGraph(request: OpenMessage): Promise<Uint8Array> {
  const graph = await readFile(request.graphPath).catch((cause: unknown) => {
    throw inferenceFault(
      'MODEL_WEIGHTS_MISSING',
      'The model file cannot be read any more. Run the set-up again.',
      cause,
    );
  });
  if (createHash('sha256').update(graph).digest('hex') === request.graphSha256) return graph;
  throw inferenceFault(
    'MODEL_WEIGHTS_DAMAGED',
    'The model file has changed since it was checked. Run the set-up again.',
  );
}

async function create(
  graph: Uint8Array,
  name: ProviderName,
  threads: number,
): Promise<{ session: ort.InferenceSession; error?: never } | { session?: never; error: string }> {
  try {
    return { session: await ort.InferenceSession.create(graph, sessionOptions(name, threads)) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** One provider a session: ['cuda', 'cpu'] in one list does not fall back, it rejects (handbook, inference.md). */
function sessionOptions(name: ProviderName, threads: number): ort.InferenceSession.SessionOptions {
  return {
    executionProviders: [name],
    // Other levels change the last bits of vectors, and are 30 % slower on CPU.
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Off, each run returns its memory to the kernel and faults it in again: measured with this encoder at batch 8,
    // 2 threads, 22 ms of CPU a picture off and 14 ms on, the same resident size (250 MB).
    enableCpuMemArena: true,
    // Idle threads would burn the core that decodes the next picture: 3 % slower alone, faster together.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
    // 3: errors. Warnings of graph optimisation are noise on stderr.
    logSeverityLevel: 3,
  };
}

function assertOutputs(session: ort.InferenceSession, { input, outputs }: OpenMessage): void {
  const wanted = [outputs.embedding.name, ...(outputs.tokens ? [outputs.tokens.name] : [])];
  const missing = wanted.filter((name) => !session.outputNames.includes(name));
  if (missing.length === 0 && session.inputNames.join() === input.name) return;
  throw inferenceFault('INFERENCE_MODEL_REFUSED', 'Inputs or outputs of the graph are not those of its manifest.');
}

function noProvider(tried: readonly Tried[]): CodedError {
  const reasons = tried.map(({ name, error }) => `${name}: ${error ?? 'refused'}`).join('; ');
  return inferenceFault(
    'INFERENCE_PROVIDER_UNAVAILABLE',
    `No execution provider took the model (${reasons}). For CUDA install the libraries ONNX Runtime names, or set the provider to cpu.`,
  );
}

function runtimeVersion(): string {
  return ort.env.versions.node ?? ort.env.versions.common;
}

function floats(value: ort.OnnxValue | undefined, length: number): Float32Array {
  const data = value && 'data' in value ? value.data : undefined;
  if (data instanceof Float32Array && data.length === length) return data;
  throw new Error('an output of the model has not the shape or type its manifest says');
}

/** The message that tells the parent why this model cannot be opened. */
export function refusalOf(error: unknown): RefusedMessage {
  const codes = ['MODEL_WEIGHTS_MISSING', 'MODEL_WEIGHTS_DAMAGED', 'INFERENCE_PROVIDER_UNAVAILABLE'] as const;
  const known = codes.find((code) => error instanceof Error && 'code' in error && error.code === code);
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'refused', code: known ?? 'INFERENCE_MODEL_REFUSED', message };
}
