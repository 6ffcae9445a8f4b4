// Real: the geometry; fake: the slices.
import { describe, expect, it } from '@jest/globals';
import { sortSlices } from './sort-slices.ts';
import type { SlicePlace } from './sort-slices.ts';

const AXIAL = [1, 0, 0, 0, 1, 0];
const place = (
  z: number,
  instanceNumber: number | null,
  orientation: readonly number[] | null = AXIAL,
): SlicePlace => ({
  position: [0, 0, z],
  orientation,
  instanceNumber,
});

describe('sortSlices', () => {
  it('goes by position along the normal, not by instance number', () => {
    expect(sortSlices([place(30, 1), place(-10, 2), place(7.5, 3)])).toEqual([1, 2, 0]);
  });

  it('projects oblique slices on their own normal', () => {
    const tilted = [1, 0, 0, 0, Math.SQRT1_2, Math.SQRT1_2];
    const at = (d: number, n: number): SlicePlace => ({
      position: [d, -d * 2 + 100, d],
      orientation: tilted,
      instanceNumber: n,
    });
    // normal (0, −√½, √½): the distance grows with 3d, though x and z alone would say the same and y the opposite.
    expect(sortSlices([at(3, 1), at(1, 2), at(2, 3)])).toEqual([1, 2, 0]);
  });

  it('orders slices of one place (time points) by instance number', () => {
    expect(sortSlices([place(5, 4), place(0, 3), place(5, 2), place(0, 1)])).toEqual([3, 1, 2, 0]);
  });

  it.each([
    ['one position is missing', { position: null, orientation: AXIAL, instanceNumber: 1 }],
    ['one slice is not parallel', { position: [0, 0, 9], orientation: [0, 1, 0, 0, 0, 1], instanceNumber: 1 }],
    ['an orientation is degenerate', { position: [0, 0, 9], orientation: [1, 0, 0, 1, 0, 0], instanceNumber: 1 }],
  ])('falls back to instance numbers for all when %s', (_, odd) => {
    expect(sortSlices([place(0, 3), place(1, 2), odd])).toEqual([2, 1, 0]);
  });

  it('without anything keeps the order given', () => {
    const nothing = { position: null, orientation: null, instanceNumber: null };
    expect(sortSlices([nothing, nothing, nothing])).toEqual([0, 1, 2]);
    expect(sortSlices([])).toEqual([]);
  });
});
