import type { Grid } from './grid.ts';
import { voxelsOf } from './grid.ts';
import type { Stack } from './stacks.ts';
import { placesOf, spacingOf } from './stacks.ts';
import type { PlaneGeometry } from './types.ts';
import { along, dot, minus } from './vectors.ts';

/** About the size of a coarse voxel: fine enough for a depth of a few mm, small enough that 1,000 slices are 10 MB. */
const STEP_MM = 2.5;
/** More voxels than any head needs at that size (a body of 2 m at 500 mm); larger ones are made coarser. */
const MAX_VOXELS = 16_000_000;

export interface CoarseVolume {
  readonly grid: Grid;
  /** Mean of the pixels in each voxel after the modality's rescale; NaN where no pixel lies (a tilted gantry's corners). */
  readonly values: Float32Array;
}

/** The grid of a stack: along its own axes, whole pixels a voxel, as fine as `STEP_MM` where the pixels allow it. */
export function gridOf(stack: Stack<unknown>, stepMm = STEP_MM): Grid {
  const first = stack.planes[0]?.plane;
  if (first === undefined) throw new RangeError('a stack has planes');
  const places = placesOf(stack);
  const start = places[0] ?? 0;
  const spacing = spacingOf(places) ?? 1;
  const axes = [first.rowDirection, first.columnDirection, stack.normal] as const;
  const [u, v] = [0, 1].map((axis) => extentOf(stack, axes[axis] ?? axes[0])) as [Extent, Extent];
  const step = [first.columnSpacing, first.rowSpacing, spacing].map(
    (pixel) => pixel * Math.max(1, Math.round(stepMm / pixel)),
  ) as [number, number, number];
  const size = [
    Math.ceil((u.shift + first.columns * first.columnSpacing) / step[0]),
    Math.ceil((v.shift + first.rows * first.rowSpacing) / step[1]),
    Math.floor(((places.at(-1) ?? 0) - start) / step[2] + 1.5),
  ] as [number, number, number];
  if (size[0] * size[1] * size[2] > MAX_VOXELS) return gridOf(stack, stepMm * 1.3);
  const half = [(step[0] - first.columnSpacing) / 2, (step[1] - first.rowSpacing) / 2] as const;
  const corner = along(
    along(along(first.position, axes[0], u.start + half[0]), axes[1], v.start + half[1]),
    axes[2],
    start,
  );
  return { size, step, origin: corner, axes };
}

interface Extent {
  readonly start: number;
  readonly shift: number;
}

/** How far the planes' corners are shifted against the first plane's along an axis (a tilted gantry shears the stack). */
function extentOf({ planes }: Stack<unknown>, axis: PlaneGeometry['rowDirection']): Extent {
  const origin = planes[0]?.plane.position ?? [0, 0, 0];
  let [low, high] = [0, 0];
  for (const { plane } of planes) {
    const shift = dot(minus(plane.position, origin), axis);
    low = Math.min(low, shift);
    high = Math.max(high, shift);
  }
  return { start: low, shift: high - low };
}

/**
 * Gathers a stack's pixels into a coarse volume, image by image: no more than one image is in memory at a time. Where
 * several images share a place the brighter value counts, so that tissue seen by any of them is tissue.
 */
export class CoarseVolumeBuilder {
  readonly grid: Grid;
  readonly #values: Float32Array;
  readonly #seen: Uint8Array;

  constructor(stack: Stack<unknown>) {
    this.grid = gridOf(stack);
    this.#values = new Float32Array(voxelsOf(this.grid)).fill(NaN);
    this.#seen = new Uint8Array(this.grid.size[2]);
  }

  /** @param pixels rows × columns values, row by row, after rescale */
  add(plane: PlaneGeometry, pixels: ArrayLike<number>): void {
    const [nu, nv, nk] = this.grid.size;
    const { u, v, k } = indexOf(this.grid, plane);
    const layer = Math.min(nk - 1, Math.max(0, Math.round(k)));
    const { sums, counts } = sumLayer(plane, pixels, { u, v, grid: this.grid });
    const base = layer * nu * nv;
    for (let i = 0; i < nu * nv; i++) {
      if (counts[i] === 0) continue;
      const mean = (sums[i] ?? 0) / (counts[i] ?? 1);
      const before = this.#values[base + i] ?? NaN;
      this.#values[base + i] = before >= mean ? before : mean;
    }
    this.#seen[layer] = 1;
  }

  /** Layers that no image fell into (a lost slice) take the values of the nearest that has some. */
  finish(): CoarseVolume {
    const [nu, nv, nk] = this.grid.size;
    const filled = this.#values.slice();
    for (let k = 0; k < nk; k++) {
      const from = this.#nearestSeen(k);
      if (from !== undefined && from !== k)
        filled.set(this.#values.subarray(from * nu * nv, (from + 1) * nu * nv), k * nu * nv);
    }
    return { grid: this.grid, values: filled };
  }

  #nearestSeen(k: number): number | undefined {
    for (let off = 0; off < this.#seen.length; off++)
      for (const at of [k - off, k + off]) if (this.#seen[at] === 1) return at;
    return undefined;
  }
}

/** Coarse coordinates of a plane's first pixel, in voxels. */
export function indexOf({ origin, axes, step }: Grid, plane: PlaneGeometry): { u: number; v: number; k: number } {
  const off = minus(plane.position, origin);
  return { u: dot(off, axes[0]) / step[0], v: dot(off, axes[1]) / step[1], k: dot(off, axes[2]) / step[2] };
}

function sumLayer(
  plane: PlaneGeometry,
  pixels: ArrayLike<number>,
  { u, v, grid }: { u: number; v: number; grid: Grid },
): { sums: Float64Array; counts: Uint32Array } {
  const [nu, nv] = grid.size;
  const sums = new Float64Array(nu * nv);
  const counts = new Uint32Array(nu * nv);
  const columns = Int32Array.from({ length: plane.columns }, (_, c) =>
    clamp(Math.round(u + (c * plane.columnSpacing) / grid.step[0]), nu),
  );
  for (let r = 0, at = 0; r < plane.rows; r++) {
    const row = nu * clamp(Math.round(v + (r * plane.rowSpacing) / grid.step[1]), nv);
    for (let c = 0; c < plane.columns; c++, at++) {
      const cell = row + (columns[c] ?? 0);
      sums[cell] = (sums[cell] ?? 0) + (pixels[at] ?? 0);
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
  }
  return { sums, counts };
}

function clamp(index: number, count: number): number {
  return Math.min(count - 1, Math.max(0, index));
}
