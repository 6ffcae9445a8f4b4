import { CoarseVolumeBuilder } from './coarse-volume.ts';
import { leastSquares } from './least-squares.ts';
import type { Scan, Tissue } from './head-phantom.testkit.ts';
import { pixelPlace } from './head-phantom.testkit.ts';
import { findRemoval, maskOf } from './removal.ts';
import type { Removal } from './removal.ts';
import { stacksOf } from './stacks.ts';
import type { RegionHint, RemovalRules, Vector } from './types.ts';

export const RULES: RemovalRules = { depthMm: 6, faceDepthMm: 25 };

export function removalOf(
  { planes, pixels, modality }: Scan,
  hint: RegionHint = 'unknown',
  rules = RULES,
  seed = 1,
): Removal {
  const [stack] = stacksOf(planes);
  if (stack === undefined) throw new Error('a scan has planes');
  const builder = new CoarseVolumeBuilder(stack);
  for (const { id, plane } of planes) builder.add(plane, pixels[id] ?? []);
  return findRemoval(builder.finish(), { modality, hint, seed }, rules);
}

/** The scan with its masks filled; as it was where nothing is to go. */
export function defaced(
  scan: Scan,
  hint: RegionHint = 'unknown',
  rules = RULES,
  seed = 1,
): { scan: Scan; masks: readonly Uint8Array[]; removal: Removal } {
  const removal = removalOf(scan, hint, rules, seed);
  const masks = scan.planes.map(({ plane }) =>
    removal.kind === 'head' ? maskOf(removal.field, plane) : new Uint8Array(plane.rows * plane.columns),
  );
  const fill = scan.modality === 'CT' ? -1000 : 0;
  const pixels = scan.pixels.map((slice, k) => slice.map((value, i) => (masks[k]?.[i] === 1 ? fill : value)));
  return { scan: { ...scan, pixels }, masks, removal };
}

/** Share of a tissue's voxels that the masks take. */
export function shareLost(scan: Scan, masks: readonly Uint8Array[], wanted: Tissue): number {
  let [all, lost] = [0, 0];
  for (const [k, slice] of scan.truth.entries())
    for (const [i, tissue] of slice.entries()) {
      if (tissue !== wanted) continue;
      all++;
      if (masks[k]?.[i] === 1) lost++;
    }
  return all === 0 ? 0 : lost / all;
}

export interface DepthMap {
  /** Along x and z, from −size to size. */
  readonly width: number;
  readonly height: number;
  /** Distance in mm behind the front of the window to the first voxel of tissue; NaN where there is none. */
  readonly values: Float32Array;
}

const WINDOW = { x: 70, top: 20, bottom: -140, front: -150, back: 20, step: 2 } as const;

/** What a rendering from the front shows: for every line of sight the first tissue above the threshold. */
export function frontView(scan: Scan, threshold = scan.modality === 'CT' ? -300 : 150): DepthMap {
  const width = (2 * WINDOW.x) / WINDOW.step + 1;
  const height = (WINDOW.top - WINDOW.bottom) / WINDOW.step + 1;
  const values = new Float32Array(width * height).fill(NaN);
  const splat = Math.max(1, Math.ceil(spread(scan) / WINDOW.step));
  for (const { id, plane } of scan.planes)
    for (let r = 0, at = 0; r < plane.rows; r++)
      for (let c = 0; c < plane.columns; c++, at++)
        if ((scan.pixels[id]?.[at] ?? threshold) > threshold)
          see(values, width, height, pixelPlace(plane, r, c), splat);
  return { width, height, values };
}

/** Largest distance of voxels of the scan: lines of sight must not pass between them. */
function spread({ planes }: Scan): number {
  const [first, second] = planes;
  if (first === undefined || second === undefined) return 1;
  const gap = Math.hypot(...first.plane.position.map((value, i) => value - (second.plane.position[i] ?? value)));
  return Math.max(gap, first.plane.rowSpacing, first.plane.columnSpacing);
}

function see(values: Float32Array, width: number, height: number, [x, y, z]: Vector, splat: number): void {
  if (y < WINDOW.front || y > WINDOW.back) return;
  const i0 = Math.round((x + WINDOW.x) / WINDOW.step);
  const j0 = Math.round((WINDOW.top - z) / WINDOW.step);
  for (let j = Math.max(0, j0); j < Math.min(height, j0 + splat); j++)
    for (let i = Math.max(0, i0); i < Math.min(width, i0 + splat); i++) {
      const depth = y - WINDOW.front;
      if (!((values[i + j * width] ?? NaN) <= depth)) values[i + j * width] = depth;
    }
}

/** Grey picture of a depth map, lit from the upper left. */
export function shaded({ width, height, values }: DepthMap): Uint8Array {
  const at = (i: number, j: number): number =>
    values[Math.min(width - 1, Math.max(0, i)) + Math.min(height - 1, Math.max(0, j)) * width] ?? NaN;
  return Uint8Array.from({ length: width * height }, (_, index) => {
    const [i, j] = [index % width, Math.floor(index / width)];
    if (Number.isNaN(at(i, j))) return 0;
    const gx = (or(at(i + 1, j), at(i, j)) - or(at(i - 1, j), at(i, j))) / (2 * WINDOW.step);
    const gy = (or(at(i, j + 1), at(i, j)) - or(at(i, j - 1), at(i, j))) / (2 * WINDOW.step);
    const light = (0.45 * gx + 0.55 * gy + 0.7) / Math.hypot(gx, gy, 1);
    return Math.round(Math.max(20, Math.min(255, 40 + 215 * light)));
  });
}

function or(value: number, otherwise: number): number {
  return Number.isNaN(value) ? otherwise : value;
}

/** The part of a view that is the face: below the brow, between the cheeks; `dx`, `dz` shift it. */
function faceOf({ width, height, values }: DepthMap, dx = 0, dz = 0): Float64Array {
  const [left, right] = [7, width - 8];
  const [top, bottom] = [20, 76];
  const face = new Float64Array((right - left + 1) * (bottom - top + 1));
  for (let j = top, at = 0; j <= bottom; j++)
    for (let i = left; i <= right; i++, at++) {
      const [x, z] = [i + dx, j + dz];
      const inside = x >= 0 && x < width && z >= 0 && z < height;
      face[at] = inside ? (values[x + z * width] ?? NaN) : NaN;
    }
  return withoutTilt(face, right - left + 1);
}

/** Distance and tilt of the head do not count: the best plane is taken off, and what is far from it is cut at 20 mm. */
function withoutTilt(face: Float64Array, width: number): Float64Array {
  const basis = (index: number): number[] => [1, (index % width) / 28 - 1, Math.floor(index / width) / 28 - 1];
  const rows: number[][] = [];
  for (const [index, value] of face.entries()) if (value < 110) rows.push([...basis(index), value]);
  const model = leastSquares(rows) ?? [];
  return face.map((value, index) => {
    const off = value - basis(index).reduce((sum, term, i) => sum + term * (model[i] ?? 0), 0);
    return Math.max(-20, Math.min(20, off));
  });
}

/**
 * A simple face matcher: every probe is compared with the whole gallery, shifted by up to 4 mm, by the correlation of what
 * sets it apart from the gallery's mean face.
 * @returns how many probes match the gallery's entry of the same index best
 */
export function identified(gallery: readonly DepthMap[], probes: readonly DepthMap[]): number {
  const faces = gallery.map((view) => faceOf(view));
  const mean = meanOf(faces);
  const own = meanOf(probes.map((view) => faceOf(view)));
  const hits = probes.filter((probe, i) => {
    const scores = faces.map((face) => bestLikeness(probe, face, mean, own));
    return scores.indexOf(Math.max(...scores)) === i;
  });
  return hits.length;
}

function meanOf(faces: readonly Float64Array[]): Float64Array {
  return Float64Array.from({ length: faces[0]?.length ?? 0 }, (_, k) => {
    const seen = faces.map((face) => face[k] ?? NaN).filter((value) => !Number.isNaN(value));
    return seen.reduce((sum, value) => sum + value, 0) / seen.length;
  });
}

const SHIFTS = [-2, -1, 0, 1, 2];

function bestLikeness(probe: DepthMap, face: Float64Array, mean: Float64Array, own: Float64Array): number {
  return Math.max(...SHIFTS.flatMap((dx) => SHIFTS.map((dz) => likeness(faceOf(probe, dx, dz), face, mean, own))));
}

function likeness(a: Float64Array, b: Float64Array, meanB: Float64Array, meanA: Float64Array): number {
  let [xy, xx, yy] = [0, 0, 0];
  for (let k = 0; k < a.length; k++) {
    const [x, y] = [(a[k] ?? NaN) - (meanA[k] ?? NaN), (b[k] ?? NaN) - (meanB[k] ?? NaN)];
    if (Number.isNaN(x) || Number.isNaN(y)) continue;
    [xy, xx, yy] = [xy + x * y, xx + x * x, yy + y * y];
  }
  return xx * yy === 0 ? 0 : xy / Math.sqrt(xx * yy);
}

/** Lines of sight that get farther than this went into a nostril. */
const DEEPEST_SKIN_MM = 95;

/** Least distance in mm by which the face lies farther back than before, over all of it; where it is gone, it has receded. */
export function leastRecession(before: DepthMap, after: DepthMap): number {
  const [was, is] = [before.values, after.values];
  let least = Infinity;
  for (let j = 20; j <= 70; j++)
    for (let i = 12; i <= before.width - 13; i++) {
      const at = i + j * before.width;
      const isSkin = (was[at] ?? NaN) < DEEPEST_SKIN_MM;
      const moved = (is[at] ?? NaN) - (was[at] ?? NaN);
      if (isSkin && !Number.isNaN(moved)) least = Math.min(least, moved);
    }
  return least;
}
