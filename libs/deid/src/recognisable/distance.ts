import type { Grid } from './grid.ts';
import { voxelsOf } from './grid.ts';

const FAR = 1e20;

/**
 * Distance in mm of every voxel's centre from the nearest voxel of `from` (0 inside of it; 1e10 where `from` is empty).
 * Exact Euclidean, one pass an axis (Felzenszwalb and Huttenlocher, Theory of Computing 8, 2012).
 */
export function distanceFrom(grid: Grid, from: (index: number) => boolean): Float32Array {
  const squared = new Float32Array(voxelsOf(grid));
  for (let i = 0; i < squared.length; i++) squared[i] = from(i) ? 0 : FAR;
  const [nx, ny, nz] = grid.size;
  sweep(squared, { count: nx, stride: 1, step: grid.step[0] }, (line) => line * nx, ny * nz);
  sweep(
    squared,
    { count: ny, stride: nx, step: grid.step[1] },
    (line) => (line % nx) + Math.floor(line / nx) * nx * ny,
    nx * nz,
  );
  sweep(squared, { count: nz, stride: nx * ny, step: grid.step[2] }, (line) => line, nx * ny);
  for (let i = 0; i < squared.length; i++) squared[i] = Math.sqrt(squared[i] ?? 0);
  return squared;
}

interface Axis {
  readonly count: number;
  readonly stride: number;
  readonly step: number;
}

function sweep(values: Float32Array, axis: Axis, startOf: (line: number) => number, lines: number): void {
  const scratch = {
    f: new Float64Array(axis.count),
    v: new Int32Array(axis.count),
    z: new Float64Array(axis.count + 1),
  };
  for (let line = 0; line < lines; line++) sweepLine(values, startOf(line), axis, scratch);
}

/** Lower envelope of the parabolas rooted at the line's voxels. */
function sweepLine(
  values: Float32Array,
  start: number,
  { count, stride, step }: Axis,
  { f, v, z }: { f: Float64Array; v: Int32Array; z: Float64Array },
): void {
  for (let q = 0; q < count; q++) f[q] = values[start + q * stride] ?? FAR;
  const s2 = step * step;
  let top = 0;
  v[0] = 0;
  z[0] = -Infinity;
  z[1] = Infinity;
  for (let q = 1; q < count; q++) {
    let cut = meet(f, v[top] ?? 0, q, s2);
    while (top > 0 && cut <= (z[top] ?? 0)) cut = meet(f, v[--top] ?? 0, q, s2);
    v[++top] = q;
    z[top] = cut;
    z[top + 1] = Infinity;
  }
  for (let q = 0, at = 0; q < count; q++) {
    while ((z[at + 1] ?? Infinity) < q) at++;
    const root = v[at] ?? 0;
    values[start + q * stride] = Math.min(FAR, (q - root) * (q - root) * s2 + (f[root] ?? FAR));
  }
}

function meet(f: Float64Array, p: number, q: number, s2: number): number {
  return ((f[q] ?? 0) - (f[p] ?? 0) + s2 * (q * q - p * p)) / (2 * s2 * (q - p));
}
