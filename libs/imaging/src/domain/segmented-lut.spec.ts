// Real: the expansion. The expectations are worked out by hand from PS3.3 C.7.9.2.
import { describe, expect, it } from '@jest/globals';
import { expandSegments } from './segmented-lut.ts';

const words = (...values: number[]): Uint16Array => Uint16Array.from(values);

describe('segmented palette', () => {
  it('discrete and linear segments: the entry before is not repeated, the last one is reached', () => {
    expect(expandSegments(words(0, 2, 7, 10, 1, 4, 30, 1, 2, 30), 8)).toEqual([7, 10, 15, 20, 25, 30, 30, 30]);
    expect(expandSegments(words(0, 1, 100, 1, 3, 0), 4)).toEqual([100, 67, 33, 0]);
  });

  it('an indirect segment repeats segments found by their byte offset; a linear one among them goes on from here', () => {
    // Segments at words 0 (discrete), 3 (linear to 9), 6 (discrete); then both from word 3 once more, after 50.
    const table = words(0, 1, 5, 1, 2, 9, 0, 1, 50, 2, 2, 6, 0);
    expect(expandSegments(table, 7)).toEqual([5, 7, 9, 50, 30, 9, 50]);
  });

  it('of 8-bit entries has its opcodes and lengths in bytes, the offset in four; a padding byte is no segment', () => {
    const bytes = Uint8Array.from([0, 2, 1, 2, 1, 2, 4, 2, 1, 0, 0, 0, 0, 0]);
    expect(expandSegments(bytes, 6)).toEqual([1, 2, 3, 4, 1, 2]);
  });

  it.each([
    ['a linear segment first', words(1, 2, 9), 2],
    ['an indirect segment first', words(2, 1, 0, 0), 2],
    ['a kind that does not exist', words(0, 1, 5, 3, 1, 5), 2],
    ['a segment of no entries', words(0, 0, 0, 1, 5), 1],
    ['more entries than announced', words(0, 3, 1, 2, 3), 2],
    ['fewer entries than announced', words(0, 2, 1, 2), 3],
    ['a segment that is cut off', words(0, 3, 1, 2), 3],
    ['an offset between two words', words(0, 1, 5, 2, 1, 1, 0), 2],
    ['an offset to itself, which would go round for ever', words(0, 1, 5, 2, 1, 6, 0), 99],
    ['an indirect segment among the repeated ones', words(0, 1, 5, 2, 1, 0, 0, 2, 1, 6, 0), 99],
  ])('%s is refused', (_, table, count) => {
    expect(expandSegments(table, count)).toBeUndefined();
  });
});
