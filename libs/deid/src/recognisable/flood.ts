import type { Grid } from './grid.ts';
import { voxelsOf } from './grid.ts';

/** Indices of a voxel's neighbours over faces. */
function forNeighbours({ size: [nx, ny, nz] }: Grid, index: number, visit: (neighbour: number) => void): void {
  const i = index % nx;
  const j = Math.floor(index / nx) % ny;
  const k = Math.floor(index / (nx * ny));
  if (i > 0) visit(index - 1);
  if (i < nx - 1) visit(index + 1);
  if (j > 0) visit(index - nx);
  if (j < ny - 1) visit(index + nx);
  if (k > 0) visit(index - nx * ny);
  if (k < nz - 1) visit(index + nx * ny);
}

/** Marks, over faces, every open voxel that can be reached from the seeds. */
export function flood(grid: Grid, seeds: Iterable<number>, isOpen: (index: number) => boolean): Uint8Array {
  const reached = new Uint8Array(voxelsOf(grid));
  const queue = new Int32Array(reached.length);
  let tail = 0;
  const take = (index: number): void => {
    if (reached[index] === 1 || !isOpen(index)) return;
    reached[index] = 1;
    queue[tail++] = index;
  };
  for (const seed of seeds) take(seed);
  for (let head = 0; head < tail; head++) forNeighbours(grid, queue[head] ?? 0, take);
  return reached;
}

/** The open voxels without connected parts smaller than `share` of the largest. */
export function largestParts(grid: Grid, open: Uint8Array, share: number): Uint8Array {
  const label = new Int32Array(open.length);
  const sizes: number[] = [0];
  const queue = new Int32Array(open.length);
  for (let seed = 0; seed < open.length; seed++) {
    if (open[seed] === 0 || label[seed] !== 0) continue;
    sizes.push(labelPart(grid, seed, { open, label, queue }, sizes.length));
  }
  const least = sizes.reduce((most, size) => Math.max(most, size), 0) * share;
  return open.map((value, index) => (value === 1 && (sizes[label[index] ?? 0] ?? 0) >= least ? 1 : 0));
}

function labelPart(
  grid: Grid,
  seed: number,
  { open, label, queue }: { open: Uint8Array; label: Int32Array; queue: Int32Array },
  name: number,
): number {
  let tail = 0;
  const take = (index: number): void => {
    if (open[index] === 0 || label[index] !== 0) return;
    label[index] = name;
    queue[tail++] = index;
  };
  take(seed);
  for (let head = 0; head < tail; head++) forNeighbours(grid, queue[head] ?? 0, take);
  return tail;
}
