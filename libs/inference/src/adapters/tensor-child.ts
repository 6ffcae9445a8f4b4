/**
 * Entry of the forked process that owns the graphs of a tensor model. Apart from the service for the reasons of
 * `onnx-child.ts`: a run blocks its event loop, and only a process can be ended while it computes.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import ort from 'onnxruntime-node';
import type {
  FromTensorChild,
  GreyBatch,
  TensorOpen,
  TensorResult,
  TensorRun,
  ToTensorChild,
} from '../domain/tensor-wire.ts';

/** As the imaging child: what a clinician waits for goes first. */
const NICE = 5;
const CHANNELS = 3;
const sessions = new Map<string, ort.InferenceSession>();
let work = Promise.resolve();

process.on('message', (message: ToTensorChild) => {
  work = work.then(async () => answer(message.kind === 'open' ? await open(message) : await run(message)));
});
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
setPriority(NICE);

function answer(message: FromTensorChild): void {
  process.send?.(message);
}

/** The bytes that are hashed are the bytes that run. */
async function open({ graphs, threads }: TensorOpen): Promise<FromTensorChild> {
  try {
    for (const { name, path, sha256 } of graphs) {
      const graph = await readFile(path);
      if (createHash('sha256').update(graph).digest('hex') !== sha256)
        return { kind: 'refused', code: 'MODEL_WEIGHTS_DAMAGED' };
      sessions.set(name, await ort.InferenceSession.create(graph, optionsOf(threads)));
    }
    return { kind: 'opened' };
  } catch {
    return { kind: 'refused', code: 'INFERENCE_MODEL_REFUSED' };
  }
}

function optionsOf(threads: number): ort.InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Pictures of many sizes: an arena would keep the memory of the largest, and its patterns fit none of the others.
    enableCpuMemArena: false,
    enableMemPattern: false,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
    logSeverityLevel: 3,
  };
}

async function run({ id, graph, batch, answer: wanted }: TensorRun): Promise<FromTensorChild> {
  try {
    const session = sessions.get(graph);
    const [input] = session?.inputNames ?? [];
    const [output] = session?.outputNames ?? [];
    if (session === undefined || input === undefined || output === undefined) return { kind: 'failed', id };
    const value = (await session.run({ [input]: tensorOf(batch) }))[output];
    if (value === undefined || !(value.data instanceof Float32Array)) return { kind: 'failed', id };
    const whole = { dims: value.dims, values: value.data };
    return { kind: 'done', id, result: wanted === 'best' ? bestOf(whole) : whole };
  } catch {
    return { kind: 'failed', id };
  }
}

function tensorOf({ count, height, width, pixels, mean, deviation }: GreyBatch): ort.Tensor {
  const plane = height * width;
  const data = new Float32Array(count * CHANNELS * plane);
  for (let channel = 0; channel < CHANNELS; channel++) {
    const level = Float32Array.from(
      { length: 256 },
      (_, value) => (value / 255 - (mean[channel] ?? 0)) / (deviation[channel] ?? 1),
    );
    for (let item = 0; item < count; item++) {
      const to = (item * CHANNELS + channel) * plane;
      for (let at = 0, from = item * plane; at < plane; at++) data[to + at] = level[pixels[from + at] ?? 0] ?? 0;
    }
  }
  return new ort.Tensor('float32', data, [count, CHANNELS, height, width]);
}

function bestOf({ dims, values }: TensorResult): TensorResult {
  const length = dims.at(-1) ?? 1;
  const count = values.length / length;
  const best = new Float32Array(count);
  const indices = new Int32Array(count);
  for (let item = 0; item < count; item++) {
    let top = 0;
    const from = item * length;
    for (let at = 1; at < length; at++) if ((values[from + at] ?? 0) > (values[from + top] ?? 0)) top = at;
    best[item] = values[from + top] ?? 0;
    indices[item] = top;
  }
  return { dims: dims.slice(0, -1), values: best, indices };
}
