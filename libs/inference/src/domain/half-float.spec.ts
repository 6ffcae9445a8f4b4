import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { floatsFromHalf, halfFromFloats } from './half-float.ts';

const half = (value: number): number => halfFromFloats(Float32Array.of(value))[0] ?? -1;
const value = (bits: number): number => floatsFromHalf(Uint16Array.of(bits))[0] ?? NaN;

describe('half floats (real: everything; every one of the 65,536 values)', () => {
  it('gives every half back unchanged', () => {
    const all = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);
    const again = halfFromFloats(floatsFromHalf(all));
    const different = [...all].filter((bits) => bits !== again[bits] && !Number.isNaN(value(bits)));
    expect(different).toEqual([]);
  });

  it('rounds the middle between any two neighbours to the even one, and a hair beside it to the near one', () => {
    const neighbours = floatsFromHalf(Uint16Array.from({ length: 0x7c00 }, (_, bits) => bits));
    const middles = neighbours.slice(0, -1).map((low, bits) => (low + (neighbours[bits + 1] ?? NaN)) / 2);
    const rounded = (factor: number): number[] => [...halfFromFloats(middles.map((middle) => middle * factor))];
    expect(rounded(1)).toEqual([...middles.keys()].map((bits) => bits + (bits % 2)));
    expect(rounded(1 + 2 ** -22)).toEqual([...middles.keys()].map((bits) => bits + 1));
    expect(rounded(-1 + 2 ** -22)).toEqual([...middles.keys()].map((bits) => 0x8000 | bits));
  });

  it('knows zeros, infinities, not-a-number, and what is too large or too small', () => {
    expect([0, -0, Infinity, -Infinity, 65_519, 65_520, 2 ** -25, -(2 ** -40)].map(half)).toEqual([
      0, 0x8000, 0x7c00, 0xfc00, 0x7bff, 0x7c00, 0, 0x8000,
    ]);
    expect(value(half(NaN))).toBeNaN();
  });

  it('is off by half a unit in the last place at most', () => {
    fc.assert(
      fc.property(fc.float({ min: Math.fround(2 ** -14), max: 65_504, noNaN: true }), (of) => {
        expect(Math.abs(value(half(of)) - of)).toBeLessThanOrEqual(of * 2 ** -11);
      }),
    );
  });
});
