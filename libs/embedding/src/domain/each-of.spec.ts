import { describe, expect, it } from '@jest/globals';
import { eachOf, Gate } from './each-of.ts';

const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('eachOf and Gate (real: everything)', () => {
  it('keeps as many under way as allowed, never more, and does all', async () => {
    let running = 0;
    let most = 0;
    const done: number[] = [];
    await eachOf([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      most = Math.max(most, (running += 1));
      await tick();
      running -= 1;
      done.push(item);
    });
    expect([most, done.sort()]).toEqual([3, [1, 2, 3, 4, 5, 6, 7]]);
  });

  it('starts nothing after a fault, waits for what runs, and throws the first', async () => {
    const started: number[] = [];
    const ended: number[] = [];
    const work = eachOf([1, 2, 3, 4, 5], 2, async (item) => {
      started.push(item);
      await tick();
      if (item === 1) throw new Error('first');
      await tick();
      ended.push(item);
    });
    await expect(work).rejects.toThrow('first');
    expect([started, ended]).toEqual([[1, 2], [2]]);
  });

  it('opens a gate again after a fault behind it', async () => {
    const gate = new Gate(1);
    await expect(gate.pass(() => Promise.reject(new Error('inside')))).rejects.toThrow('inside');
    expect(await Promise.all([gate.pass(() => Promise.resolve(1)), gate.pass(() => Promise.resolve(2))])).toEqual([
      1, 2,
    ]);
  });
});
