import { describe, expect, it } from '@jest/globals';
import type { PendingPicture } from './batch.ts';
import { BatchQueue } from './batch-queue.ts';

const picture = (level: number, urgent = false): PendingPicture => ({
  input: { channels: 1, pixels: Uint8Array.of(level) },
  tokens: false,
  urgent,
  retried: false,
  resolve: () => undefined,
  reject: () => undefined,
});
const levels = (batch: readonly PendingPicture[] | null) => batch?.map(({ input }) => input.pixels[0]);

describe('BatchQueue (real: everything)', () => {
  it('gives an idle child what is there, and a busy one a full batch in advance or none', () => {
    const queue = new BatchQueue(3);
    queue.add([picture(1), picture(2)]);
    expect(levels(queue.next(1))).toBeUndefined();
    expect(levels(queue.next(0))).toEqual([1, 2]);
    queue.add([3, 4, 5, 6].map((level) => picture(level)));
    expect(levels(queue.next(1))).toEqual([3, 4, 5]);
    queue.add([7, 8, 9].map((level) => picture(level)));
    expect(levels(queue.next(2))).toBeUndefined();
    expect(queue.length).toBe(4);
  });

  it('lets a query pass everything of the pipeline, and fills its batch up', () => {
    const queue = new BatchQueue(3);
    queue.add([1, 2, 3].map((level) => picture(level)));
    queue.add([picture(9, true)]);
    expect(levels(queue.next(1))).toEqual([9, 1, 2]);
  });

  it('puts back in front what was handed out, each in its lane', () => {
    const queue = new BatchQueue(8);
    queue.add([picture(3), picture(8, true)]);
    queue.putBack([picture(1), picture(7, true), picture(2)]);
    expect(levels(queue.drain())).toEqual([7, 8, 1, 2, 3]);
    expect(queue.next(0)).toEqual(null);
  });
});
