import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { imageKey, seriesKey } from '@precedent/kernel';
import type { FrameSource } from './choose-frames.ts';
import { chooseFrames, FRAMES_PER_SERIES } from './choose-frames.ts';

const AXIAL = [1, 0, 0, 0, 1, 0];

/** A stack whose Instance Numbers run against its geometry, as scanners do it. */
function stack(series: string, slices: number, frames = 1): FrameSource[] {
  return Array.from({ length: slices }, (_, index) => ({
    imageKey: imageKey(`${series}-${index}`),
    seriesKey: seriesKey(series),
    frames,
    position: [0, 0, index * 2.5],
    orientation: AXIAL,
    instanceNumber: slices - index,
  }));
}

const places = (chosen: readonly { imageKey: string }[]): number[] =>
  chosen.map((each) => Number(each.imageKey.split('-')[1]));

describe('chooseFrames (real: everything)', () => {
  it('takes all frames of a short series, along the geometry and not by number', () => {
    expect(places(chooseFrames(stack('a', 5)))).toEqual([0, 1, 2, 3, 4]);
  });

  it('spreads its choice evenly over a long one, for any length and limit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 64 }), (slices, perSeries) => {
        const chosen = places(chooseFrames(stack('a', slices), { perSeries }));
        expect(chosen).toHaveLength(Math.min(slices, perSeries));
        const gaps = chosen.slice(1).map((place, index) => place - (chosen[index] ?? 0));
        expect(Math.max(...gaps, 1) - Math.min(...gaps, Infinity)).toBeLessThanOrEqual(1);
        expect(Math.min(...gaps, 1)).toBe(1);
      }),
    );
  });

  it('does not depend on the order images arrived in', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(stack('a', 60), { minLength: 60, maxLength: 60 }), (shuffled) => {
        expect(chooseFrames(shuffled)).toEqual(chooseFrames(stack('a', 60)));
      }),
    );
  });

  it('counts the frames of multi-frame objects one by one, and never one twice', () => {
    const chosen = chooseFrames(stack('cine', 3, 50));
    expect(chosen).toHaveLength(FRAMES_PER_SERIES);
    expect(new Set(chosen.map(({ imageKey: key, frame }) => `${key}.${frame}`)).size).toBe(FRAMES_PER_SERIES);
    expect(new Set(places(chosen))).toEqual(new Set([0, 1, 2]));
    expect(Math.max(...chosen.map(({ frame }) => frame))).toBeLessThan(50);
  });

  it('limits each series for itself, so that a long one does not crowd out a scout', () => {
    const chosen = chooseFrames([...stack('scout', 2), ...stack('volume', 900)]);
    expect(chosen.filter(({ imageKey: key }) => key.startsWith('scout'))).toHaveLength(2);
    expect(chosen).toHaveLength(2 + FRAMES_PER_SERIES);
  });

  it('asks for the first frame of an object that says it has none, so that its failure is told', () => {
    expect(chooseFrames(stack('a', 1, 0))).toEqual([{ imageKey: 'a-0', frame: 0 }]);
  });
});
