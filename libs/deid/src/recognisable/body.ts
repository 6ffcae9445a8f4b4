import type { CoarseVolume } from './coarse-volume.ts';
import { distanceFrom } from './distance.ts';
import { flood, largestParts } from './flood.ts';
import type { Grid } from './grid.ts';
import { tissueThreshold } from './tissue.ts';
import type { Modality } from './types.ts';

/** Air passages narrower than twice this (nostrils, mouth, windpipe, ear canals) do not let the outer air in. */
const PASSAGE_MM = 6;
/** How far the outer air then creeps back into folds of the skin. */
const FOLD_MM = 10;
/** Twice this is the thickness up to which something on the skin (headrest, pad, tube, hair, ear) is no body. */
const THIN_MM = 4.5;
/** Parts smaller than this share of the largest (hands, a phantom beside the head) are no body of their own. */
const PART_SHARE = 0.02;

export interface Body {
  readonly grid: Grid;
  /** Depth in mm below the outer surface; 0 outside the body. What the volume's edge cuts off is no surface. */
  readonly depth: Float32Array;
  /** Share of voxels in the outer air; 0 where the picture shows no outside at all. */
  readonly outerShare: number;
}

/** Parts the body from outer air, table, headrest and whatever thin lies on the skin. */
export function bodyOf({ grid, values }: CoarseVolume, modality: Modality): Body {
  const threshold = tissueThreshold(values, modality);
  const isTissue = (index: number): boolean => (values[index] ?? NaN) > threshold;
  const outer = outerAir(grid, isTissue);
  const body = opened(grid, (index) => outer[index] === 0);
  const depth = distanceFrom(grid, (index) => body[index] === 0);
  return { grid, depth, outerShare: outer.reduce((sum, value) => sum + value, 0) / outer.length };
}

/** Air that is reached from the sides of the slices, not through narrow passages. */
function outerAir(grid: Grid, isTissue: (index: number) => boolean): Uint8Array {
  const room = distanceFrom(grid, isTissue);
  const wide = flood(grid, sideVoxels(grid), (index) => (room[index] ?? 0) > PASSAGE_MM);
  const narrow = sideVoxels(grid).filter((index) => (room[index] ?? 0) > PASSAGE_MM / 2);
  for (const index of narrow) wide[index] = 1;
  const away = distanceFrom(grid, (index) => wide[index] === 1);
  const near = (index: number): boolean => !isTissue(index) && (away[index] ?? Infinity) <= FOLD_MM;
  return flood(grid, indicesOf(wide), near);
}

function indicesOf(marks: Uint8Array): number[] {
  const indices: number[] = [];
  for (let index = 0; index < marks.length; index++) if (marks[index] === 1) indices.push(index);
  return indices;
}

/** Edges of the slices; not the first and last slice, where a cut windpipe would open into the outer air. */
function sideVoxels({ size: [nx, ny, nz] }: Grid): number[] {
  const sides: number[] = [];
  for (let k = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++)
        if (i === 0 || j === 0 || i === nx - 1 || j === ny - 1) sides.push(i + nx * (j + ny * k));
  return sides;
}

/** Morphological opening by a ball, then the large parts only. */
function opened(grid: Grid, isBody: (index: number) => boolean): Uint8Array {
  const inside = distanceFrom(grid, (index) => !isBody(index));
  const core = largestParts(
    grid,
    Uint8Array.from(inside, (depth) => (depth > THIN_MM ? 1 : 0)),
    PART_SHARE,
  );
  const away = distanceFrom(grid, (index) => core[index] === 1);
  return Uint8Array.from(away, (distance, index) => (distance <= THIN_MM && isBody(index) ? 1 : 0));
}
