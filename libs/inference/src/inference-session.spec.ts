import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from '@precedent/kernel';
import { floatsFromHalf } from './domain/half-float.ts';
import type { EncoderInput } from './domain/types.ts';
import { InferenceSession } from './inference-session.ts';
import type { InferenceOptions } from './inference-session.ts';
import { ModelRegistry } from './model-registry.ts';
import { TINY_SIZE, tinyGolden, tinyModels } from './tiny-model.testkit.ts';

const PLANE = TINY_SIZE * TINY_SIZE;
const grey = (level: number): EncoderInput => ({ channels: 1, pixels: new Uint8Array(PLANE).fill(level) });
const means = (level: number): number[] =>
  [(level - 127) / 128, (level - 100) / 64, (level - 50) / 32].map(Math.fround);

describe('InferenceSession (real: forked process, ONNX Runtime on CPU, signals; the model is a tiny real one)', () => {
  const folders: string[] = [];
  const sessions: InferenceSession[] = [];
  afterEach(() => Promise.all(sessions.splice(0).map((session) => session.close())));
  afterAll(() => Promise.all(folders.map((path) => rm(path, { recursive: true, force: true }))));

  const model = async () => {
    const { models, folder } = await tinyModels();
    folders.push(models);
    return { folder, load: () => new ModelRegistry(models).load('tiny') };
  };
  const open = async (options: Partial<InferenceOptions> = {}) => {
    const loaded = await (await model()).load();
    const session = await InferenceSession.open(loaded, { provider: 'cpu', threads: 1, timeoutMs: 20_000, ...options });
    sessions.push(session);
    return session;
  };
  const stop = (session: InferenceSession) => process.kill(session.childPid ?? 0, 'SIGSTOP');
  const settled = (promises: readonly Promise<unknown>[]) =>
    Promise.all(promises.map((promise) => promise.then(() => 'answered', codeOf)));

  it('normalises, replicates grey, keeps colour apart, and answers in the order asked over many batches', async () => {
    const session = await open();
    const colour = {
      channels: 3,
      pixels: Uint8Array.from({ length: PLANE * 3 }, (_, at) => [10, 20, 30][at % 3] ?? 0),
    } as const;
    const inputs = [...Array.from({ length: 21 }, (_, level) => grey(level * 12)), colour];
    const outputs = await session.encode(inputs);
    outputs.slice(0, 21).forEach(({ embedding }, index) => {
      means(index * 12).forEach((mean, channel) => expect(embedding[channel]).toBeCloseTo(mean, 5));
    });
    const [red = 0, green = 0, blue = 0] = outputs[21]?.embedding ?? [];
    expect([red * 128 + 127, green * 64 + 100, blue * 32 + 50].map(Math.round)).toEqual([10, 20, 30]);
  });

  it('gives token maps as half floats to those who ask, and to nobody else of the same batch', async () => {
    const session = await open();
    const [[plain], [withMap]] = await Promise.all([
      session.encode([grey(1)]),
      session.encode([grey(91)], { tokens: true }),
    ]);
    expect(plain?.tokens).toBeUndefined();
    const map = floatsFromHalf(withMap?.tokens ?? new Uint16Array());
    expect(map).toHaveLength(PLANE * 3);
    expect(
      [...map.subarray(PLANE * 3 - 3)].map((of, channel) => Math.abs(of - (means(91)[channel] ?? 0)) < 1e-3),
    ).toEqual([true, true, true]);
  });

  it('takes several calls at once, and leaves an empty call alone', async () => {
    const session = await open({ batch: 3 });
    const calls = await Promise.all(
      [1, 2, 3, 4, 5, 6, 7].map((level) => session.encode([grey(level), grey(level + 100)])),
    );
    expect(calls.map(([, second]) => second?.embedding[0])).toEqual(
      [1, 2, 3, 4, 5, 6, 7].map((l) => means(l + 100)[0]),
    );
    expect(await session.encode([])).toEqual([]);
  });

  it('refuses a picture of another size by itself, without a process lost', async () => {
    const session = await open();
    const wrong = { channels: 1, pixels: new Uint8Array(PLANE - 1) } as const;
    expect(await settled([session.encode([wrong]), session.encode([grey(5)])])).toEqual([
      'INFERENCE_INPUT_INVALID',
      'answered',
    ]);
    expect(session.restarts).toBe(0);
  });

  it('survives SIGKILL in the middle: the batch in hand fails with a code, all behind it is answered by a new process', async () => {
    const session = await open({ batch: 2 });
    const before = session.childPid ?? 0;
    stop(session);
    const calls = [1, 2, 3, 4, 5, 6, 7].map((level) => session.encode([grey(level)]));
    process.kill(before, 'SIGKILL');
    expect(await settled(calls)).toEqual(['INFERENCE_CHILD_DIED', ...Array<string>(6).fill('answered')]);
    expect(session.restarts).toBe(1);
    expect(session.childPid).not.toBe(before);
  });

  it('kills and replaces a process that hangs, and goes on', async () => {
    const session = await open({ timeoutMs: 500, batch: 2 });
    stop(session);
    const calls = [1, 2, 3, 4].map((level) => session.encode([grey(level)]));
    expect(await settled(calls)).toEqual(['INFERENCE_TIMEOUT', 'answered', 'answered', 'answered']);
    expect((await session.encode([grey(9)]))[0]?.embedding[0]).toBe(means(9)[0]);
  });

  it('starts again by itself after it died idle', async () => {
    const session = await open();
    const before = session.childPid ?? 0;
    process.kill(before, 'SIGKILL');
    while (session.childPid === before) await sleep(5);
    expect((await session.encode([grey(3)]))[0]?.embedding[0]).toBe(means(3)[0]);
  });

  it('does not start again from weights that were changed on disk, and says so', async () => {
    const { folder, load } = await model();
    const session = await InferenceSession.open(await load(), { provider: 'cpu', threads: 1, timeoutMs: 20_000 });
    sessions.push(session);
    const before = session.childPid ?? 0;
    await writeFile(`${folder}/model.onnx`, 'not the model');
    process.kill(before, 'SIGKILL');
    while (session.childPid === before) await sleep(5);
    expect(await settled([session.encode([grey(1)])])).toEqual(['MODEL_WEIGHTS_DAMAGED']);
  });

  it('refuses a model that does not compute its golden vectors', async () => {
    const { folder, load } = await model();
    const golden = tinyGolden();
    const [first, second] = golden.pictures;
    await writeFile(
      `${folder}/golden.json`,
      JSON.stringify({ ...golden, pictures: [{ ...first, embedding: second?.embedding }] }),
    );
    const opening = InferenceSession.open(await load(), { provider: 'cpu', threads: 1, timeoutMs: 20_000 });
    expect(await settled([opening])).toEqual(['MODEL_GOLDEN_MISMATCH']);
  });

  it('tries CUDA first when left to choose, falls back openly, and refuses where CUDA was demanded', async () => {
    const session = await open({ provider: 'auto' });
    const { used, tried } = session.provider;
    expect(tried.map(({ name }) => name)).toEqual(used === 'cuda' ? ['cuda'] : ['cuda', 'cpu']);
    if (used === 'cuda') return;
    expect(tried[0]?.error).toMatch(/libonnxruntime_providers|CUDA/i);
    expect(await settled([open({ provider: 'cuda' })])).toEqual(['INFERENCE_PROVIDER_UNAVAILABLE']);
  });

  it('ends its process when closed, tells the waiting, and takes nothing more', async () => {
    const session = await open({ batch: 1 });
    const pid = session.childPid ?? 0;
    stop(session);
    const calls = settled([1, 2, 3].map((level) => session.encode([grey(level)])));
    await session.close();
    expect([...(await calls), ...(await settled([session.encode([grey(4)])]))]).toEqual(
      Array<string>(4).fill('INFERENCE_CLOSED'),
    );
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});
