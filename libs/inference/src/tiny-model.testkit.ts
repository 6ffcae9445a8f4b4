import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { goldenPicture } from './domain/golden-pictures.ts';

/**
 * A real ONNX model of a few hundred bytes, for tests that need no weights: `embedding` [N,3] is the mean of each
 * channel, `map` [N,64,3] its pixels. What it must answer can be said in one line of arithmetic.
 */
export const TINY_SIZE = 8;

type Field = readonly [number: number, value: number | string | Uint8Array];

/** Protocol buffers, as far as ONNX needs them: varints and length-delimited fields. */
function message(...fields: readonly Field[]): Uint8Array {
  return Buffer.concat(fields.map(([number, value]) => encodeField(number, value)));
}

function encodeField(number: number, value: number | string | Uint8Array): Uint8Array {
  if (typeof value === 'number') return Buffer.concat([varint(number << 3), varint(value)]);
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}

const node = (operator: string, inputs: readonly string[], output: string, ...attributes: readonly Uint8Array[]) =>
  message(
    ...inputs.map((name): Field => [1, name]),
    [2, output],
    [4, operator],
    ...attributes.map((a): Field => [5, a]),
  );

const value = (name: string, ...shape: readonly (number | string)[]) => {
  const dimensions = shape.map((size): Field => [1, message([typeof size === 'number' ? 1 : 2, size])]);
  return message([1, name], [2, message([1, message([1, 1], [2, message(...dimensions)])])]);
};

export function tinyGraph(): Uint8Array {
  const shape = new BigInt64Array([0n, 3n, -1n]);
  const permutation = message([1, 'perm'], [8, 0], [8, 2], [8, 1], [20, 7]);
  const graph = message(
    [1, node('GlobalAveragePool', ['input'], 'pooled')],
    [1, node('Flatten', ['pooled'], 'embedding')],
    [1, node('Reshape', ['input', 'shape'], 'columns')],
    [1, node('Transpose', ['columns'], 'map', permutation)],
    [2, 'tiny'],
    [5, message([1, 3], [2, 7], [8, 'shape'], [9, new Uint8Array(shape.buffer)])],
    [11, value('input', 'N', 3, TINY_SIZE, TINY_SIZE)],
    [12, value('embedding', 'N', 3)],
    [12, value('map', 'N', TINY_SIZE * TINY_SIZE, 3)],
  );
  return message([1, 8], [7, graph], [8, message([2, 13])]);
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export function tinyManifest(): Record<string, unknown> {
  return {
    name: 'tiny',
    revision: '1',
    licence: 'Apache-2.0',
    allowedUse: 'any',
    files: [{ path: 'model.onnx', sha256: sha256(tinyGraph()), role: 'graph' }],
    input: {
      name: 'input',
      layout: 'NCHW',
      channels: 3,
      size: TINY_SIZE,
      resize: 'squash',
      kernel: 'linear',
      mean: [127, 100, 50],
      scale: [128, 64, 32],
    },
    outputs: {
      embedding: { name: 'embedding', dimension: 3 },
      tokens: { name: 'map', count: TINY_SIZE * TINY_SIZE, dimension: 3 },
    },
    metric: 'cosine',
    golden: { path: 'golden.json', tolerance: 0.0001 },
  };
}

/** Channel means of a golden picture after (x − mean) / scale, by hand. */
function expectedMeans(name: string): number[] {
  const picture = goldenPicture(name, TINY_SIZE);
  if (!picture) throw new Error('no such picture');
  const { channels, pixels } = picture;
  return [0, 1, 2].map((channel) => {
    const of = pixels.filter((_, at) => channels === 1 || at % 3 === channel);
    const mean = of.reduce((sum, each) => sum + each, 0) / of.length;
    return (mean - ([127, 100, 50][channel] ?? 0)) / ([128, 64, 32][channel] ?? 1);
  });
}

const base64 = (values: readonly number[]): string => Buffer.from(Float32Array.from(values).buffer).toString('base64');

export function tinyGolden(): { size: number; pictures: { name: string; embedding: string; tokenRows: object }[] } {
  const pictures = ['rings', 'ramps'].map((name) => ({ name, embedding: base64(expectedMeans(name)), tokenRows: {} }));
  return { size: TINY_SIZE, pictures };
}

/** A models directory of its own with the tiny model in it. @param changes replace keys of the manifest. */
export async function tinyModels(changes: Record<string, unknown> = {}): Promise<{ models: string; folder: string }> {
  const models = await mkdtemp(join(tmpdir(), 'precedent-models-'));
  const folder = join(models, 'tiny', '1');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'manifest.yaml'), stringify({ ...tinyManifest(), ...changes }));
  await writeFile(join(folder, 'model.onnx'), tinyGraph());
  await writeFile(join(folder, 'golden.json'), JSON.stringify(tinyGolden()));
  return { models, folder };
}
