import type { Vector } from './types.ts';
import { along } from './vectors.ts';

/** A block of voxels along the axes of its stack: index = i + size[0]·(j + size[1]·k). */
export interface Grid {
  readonly size: readonly [number, number, number];
  /** Millimetres between voxels along each axis. */
  readonly step: readonly [number, number, number];
  /** Centre of the first voxel and directions of the axes, in the patient's system. */
  readonly origin: Vector;
  readonly axes: readonly [Vector, Vector, Vector];
}

export function voxelsOf({ size }: Grid): number {
  return size[0] * size[1] * size[2];
}

/** Where the centre of a voxel lies. */
export function placeOf({ origin, axes, step }: Grid, i: number, j: number, k: number): Vector {
  return along(along(along(origin, axes[0], i * step[0]), axes[1], j * step[1]), axes[2], k * step[2]);
}

/** Half the diagonal of a voxel: how far a surface may lie from where the grid sees it. */
export function slackOf({ step }: Grid): number {
  return Math.hypot(...step) / 2;
}

/** Calls with index and the three coordinates of every voxel. */
export function eachVoxel({ size }: Grid, visit: (index: number, i: number, j: number, k: number) => void): void {
  let index = 0;
  for (let k = 0; k < size[2]; k++)
    for (let j = 0; j < size[1]; j++) for (let i = 0; i < size[0]; i++) visit(index++, i, j, k);
}
