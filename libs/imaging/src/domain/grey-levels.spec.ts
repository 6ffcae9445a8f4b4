// Real: the formulas. The expectations are worked out by hand from PS3.3 C.11.
import { describe, expect, it } from '@jest/globals';
import { greyLevels, windowFunction } from './grey-levels.ts';
import type { GreyTransform } from './pixel-header.ts';

const KIND = { bits: 12, signed: false };
const noRange = (): readonly [number, number] => {
  throw new Error('the range of the frame is not to be asked for');
};

function shown(transform: GreyTransform, values: readonly number[], inverted = false): number[] {
  const { level } = greyLevels(KIND, transform, inverted, noRange);
  return values.map(level);
}

describe('VOI window', () => {
  it('LINEAR is the width−1 form: 2048/4096 maps 0..4095 onto 0..255 exactly', () => {
    const window = { center: 2048, width: 4096, function: 'LINEAR' } as const;
    const values = [0, 1, 8, 9, 2047, 2048, 4094, 4095, 5000, -5];
    expect(shown({ window }, values)).toEqual([0, 0, 0, 1, 127, 128, 255, 255, 255, 0]);
  });

  it('LINEAR of width 1 is a threshold at centre − 0.5 and divides nothing by zero', () => {
    const at = windowFunction({ center: 10, width: 1, function: 'LINEAR' });
    expect([9, 9.5, 9.6, 10].map(at)).toEqual([0, 0, 255, 255]);
  });

  it('LINEAR_EXACT and SIGMOID have their centre at half', () => {
    const exact = windowFunction({ center: 100, width: 50, function: 'LINEAR_EXACT' });
    expect([75, 100, 125, 60, 200].map(exact)).toEqual([0, 128, 255, 0, 255]);
    const sigmoid = windowFunction({ center: 100, width: 50, function: 'SIGMOID' });
    expect([100, 150, 50].map(sigmoid)).toEqual([128, 250, 5]);
  });

  it('is applied after the rescale, inversion comes last', () => {
    const transform = {
      rescale: { slope: 2, intercept: -1000 },
      window: { center: 0.5, width: 256, function: 'LINEAR' },
    } as const;
    expect(shown(transform, [436, 500, 563, 564])).toEqual([0, 128, 254, 255]);
    expect(shown(transform, [436, 500, 563, 564], true)).toEqual([255, 127, 1, 0]);
  });
});

describe('tables', () => {
  const entries = Uint16Array.from([0, 100, 65_535]);

  it('clamp what lies outside, start at a negative first value, scale by their bits', () => {
    const voiLut = { first: -1, bits: 16, entries };
    expect(shown({ voiLut }, [-5, -1, 0, 1, 9])).toEqual([0, 0, 0, 255, 255]);
  });

  it('modality table comes before the window', () => {
    const modalityLut = { first: 0, bits: 16, entries: Uint16Array.from([10, 20, 30]) };
    const window = { center: 20.5, width: 11, function: 'LINEAR' } as const;
    expect(shown({ modalityLut, window }, [0, 1, 2])).toEqual([0, 128, 255]);
  });
});

describe('without window and table', () => {
  it('8-bit pictures are shown as they are', () => {
    const { level, voi } = greyLevels({ bits: 8, signed: false }, {}, false, noRange);
    expect([voi, level(0), level(77), level(255)]).toEqual(['none', 0, 77, 255]);
  });

  it('all others from their smallest to their largest value, also with a negative slope', () => {
    const transform = { rescale: { slope: -1, intercept: 0 } };
    const { level, voi } = greyLevels(KIND, transform, false, () => [100, 300]);
    expect([voi, level(100), level(200), level(300)]).toEqual(['min-max', 255, 128, 0]);
  });

  it('a flat frame is black and divides nothing by zero', () => {
    expect(greyLevels(KIND, {}, false, () => [7, 7]).level(7)).toBe(0);
  });
});
