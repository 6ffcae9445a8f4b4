import { afterAll, describe, expect, it } from '@jest/globals';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '@precedent/kernel';
import { preprocessingDigest } from './domain/preprocessing-digest.ts';
import type { ModelManifest } from './domain/types.ts';
import { ModelRegistry } from './model-registry.ts';
import { sha256, tinyGolden, tinyGraph, tinyManifest, tinyModels } from './tiny-model.testkit.ts';

const SOURCE = { path: 'weights.pth', sha256: 'a'.repeat(64), role: 'weights-source' };
const CONVERTED = { files: [SOURCE], converted: { path: 'model.onnx', lock: 'model.lock.json' } };

describe('ModelRegistry (real: files, YAML, SHA-256; fake: nothing)', () => {
  const made: string[] = [];
  afterAll(() => Promise.all(made.map((path) => rm(path, { recursive: true, force: true }))));
  const place = async (changes: Record<string, unknown> = {}) => {
    const { models, folder } = await tinyModels(changes);
    made.push(models);
    const write = (name: string, content: string | Uint8Array) => writeFile(join(folder, name), content);
    return { folder, write, load: () => new ModelRegistry(models).load('tiny') };
  };
  const codeOfLoading = (loading: Promise<unknown>) => loading.then(() => 'loaded', codeOf);

  it('loads a model whose files are what its manifest says, newest revision by number', async () => {
    const { load } = await place();
    const model = await load();
    expect(model).toMatchObject({ graphSha256: sha256(tinyGraph()), weightsSha256: sha256(tinyGraph()) });
    expect(model.golden.map(({ picture }) => picture)).toEqual(['rings', 'ramps']);
  });

  it('finds one flipped bit in the weights', async () => {
    const { write, load } = await place();
    const graph = Uint8Array.from(tinyGraph());
    graph[100] = (graph[100] ?? 0) ^ 1;
    await write('model.onnx', graph);
    expect(await codeOfLoading(load())).toBe('MODEL_WEIGHTS_DAMAGED');
  });

  it('says what to run when the weights are missing', async () => {
    const { folder, load } = await place();
    await rm(join(folder, 'model.onnx'));
    await expect(load()).rejects.toMatchObject({
      code: 'MODEL_WEIGHTS_MISSING',
      message: expect.stringMatching(/npm run setup/),
    });
  });

  it('takes the digest of a converted graph from its lock, and the identity of the weights from their source', async () => {
    const { write, load } = await place(CONVERTED);
    const lock = { graph: 'model.onnx', graphSha256: sha256(tinyGraph()), weightsSha256: SOURCE.sha256 };
    await write('model.lock.json', JSON.stringify(lock));
    expect(await load()).toMatchObject({ graphSha256: lock.graphSha256, weightsSha256: SOURCE.sha256 });
  });

  it.each([
    ['no lock', null, 'MODEL_WEIGHTS_MISSING'],
    ['a lock cut short', '{"graph": "model.o', 'MODEL_WEIGHTS_DAMAGED'],
    ['a lock of other weights', { weightsSha256: 'b'.repeat(64) }, 'MODEL_WEIGHTS_DAMAGED'],
    ['a lock of another graph', { graphSha256: 'c'.repeat(64) }, 'MODEL_WEIGHTS_DAMAGED'],
  ])('refuses a converted graph with %s', async (_, lock, code) => {
    const { write, load } = await place(CONVERTED);
    const right = { graph: 'model.onnx', graphSha256: sha256(tinyGraph()), weightsSha256: SOURCE.sha256 };
    if (lock !== null)
      await write('model.lock.json', typeof lock === 'string' ? lock : JSON.stringify({ ...right, ...lock }));
    expect(await codeOfLoading(load())).toBe(code);
  });

  it.each([
    ['a path out of the folder', { files: [{ path: '../x.onnx', sha256: 'a'.repeat(64), role: 'graph' }] }],
    ['two means for three channels', { input: { ...(tinyManifest().input as object), mean: [1, 2] } }],
    ['a scale of zero', { input: { ...(tinyManifest().input as object), scale: [1, 0, 1] } }],
    ['no graph', { files: [] }],
    ['a converted graph without a source', { files: [], converted: CONVERTED.converted }],
    ['the name of another model', { name: 'other' }],
    ['a key it does not know', { temperature: 1 }],
  ])('refuses a manifest with %s', async (_, changes) => {
    const { load } = await place(changes);
    expect(await codeOfLoading(load())).toBe('MODEL_MANIFEST_INVALID');
  });

  it.each([
    ['not JSON', '{'],
    [
      'vectors that are not floats',
      JSON.stringify({ size: 8, pictures: [{ name: 'rings', embedding: 'AA==', tokenRows: {} }] }),
    ],
    ['an unknown picture', JSON.stringify(tinyGolden()).replace('rings', 'stars')],
  ])('refuses golden vectors that are %s', async (_, golden) => {
    const { write, load } = await place();
    await write('golden.json', golden);
    expect(await codeOfLoading(load())).toBe('MODEL_MANIFEST_INVALID');
  });

  it.each(['../tiny', 'tiny/1', '', 'none'])('knows no model named %j', async (name) => {
    const { folder } = await place();
    expect(await codeOfLoading(new ModelRegistry(join(folder, '..', '..')).load(name))).toBe('MODEL_UNKNOWN');
  });

  it('gives another preprocessing digest for any change of the recipe', () => {
    const manifest = tinyManifest() as unknown as ModelManifest;
    const changes = [
      { size: 9 },
      { resize: 'pad' },
      { kernel: 'cubic' },
      { mean: [1, 2, 3] },
      { scale: [1, 2, 3] },
    ] as const;
    const digests = changes.map((change) =>
      preprocessingDigest({ ...manifest, input: { ...manifest.input, ...change } }),
    );
    expect(new Set([preprocessingDigest(manifest), ...digests]).size).toBe(6);
  });
});
