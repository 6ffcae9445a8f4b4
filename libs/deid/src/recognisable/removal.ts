import { bodyOf } from './body.ts';
import type { Body } from './body.ts';
import { indexOf } from './coarse-volume.ts';
import type { CoarseVolume } from './coarse-volume.ts';
import type { FaceSurface } from './face-surface.ts';
import { faceSurfaceOf, mostDepth, polarOf } from './face-surface.ts';
import type { Grid } from './grid.ts';
import { eachVoxel, placeOf, slackOf } from './grid.ts';
import type { Head } from './head.ts';
import { CENTRE_TO_CHIN_MM, headsIn } from './head.ts';
import type { Modality, PlaneGeometry, RegionHint, RemovalRules, Vector } from './types.ts';

/** What stays of a stack: positive inside, negative where pixels are filled; mm, cut at ±`CLIP`. */
export interface RemovalField {
  readonly grid: Grid;
  readonly kept: Float32Array;
}

export type Removal =
  | { readonly kind: 'head'; readonly field: RemovalField; readonly heads: number; readonly faces: number }
  /** No head in the picture, or no outside of one. */
  | { readonly kind: 'no-head' }
  /** The header says head, and none was made out: nobody can say what a rendering shows. */
  | { readonly kind: 'uncertain' };

const CLIP = 40;

/**
 * What has to go from a volume so that no face can be rebuilt: outside air with all that is in it (table, mask, noise,
 * ghosts), a shell of the set depth all round the head, and the face down to a smooth surface. Pure; below the neck and in
 * volumes without a head nothing goes.
 */
export function findRemoval(
  volume: CoarseVolume,
  about: { readonly modality: Modality; readonly hint: RegionHint; readonly seed: number },
  rules: RemovalRules,
): Removal {
  const body = bodyOf(volume, about.modality);
  const heads = headsIn(volume, body, about);
  if (heads.length === 0) return { kind: about.hint === 'head' ? 'uncertain' : 'no-head' };
  const shell = rules.depthMm + slackOf(body.grid) + Math.min(...body.grid.step) / 2;
  const faces = heads.flatMap((head) => faceSurfaceOf(body, head, shell, about.seed) ?? []);
  const kept = keptField(body, heads, faces, { depthMm: shell, faceDepthMm: Math.max(shell, rules.faceDepthMm) });
  return { kind: 'head', field: { grid: body.grid, kept }, heads: heads.length, faces: faces.length };
}

function keptField(
  body: Body,
  heads: readonly Head[],
  faces: readonly FaceSurface[],
  rules: RemovalRules,
): Float32Array {
  const kept = new Float32Array(body.depth.length);
  const bottom = Math.min(...heads.map(({ centre }) => centre[2])) - CENTRE_TO_CHIN_MM;
  eachVoxel(body.grid, (index, i, j, k) => {
    const place = placeOf(body.grid, i, j, k);
    kept[index] = place[2] < bottom ? CLIP : clip(keptAt(place, body.depth[index] ?? 0, faces, rules));
  });
  return kept;
}

function keptAt(place: Vector, depth: number, faces: readonly FaceSurface[], rules: RemovalRules): number {
  let kept = depth - rules.depthMm;
  for (const face of faces) {
    if (kept <= 0) break;
    const polar = polarOf(face.head, place);
    const most = mostDepth(face, polar, rules);
    if (most === undefined) continue;
    kept = Math.min(kept, Math.max(face.keptRadius(polar.azimuth, polar.elevation) - polar.radius, depth - most));
  }
  return kept;
}

function clip(value: number): number {
  return Math.max(-CLIP, Math.min(CLIP, value));
}

/** @returns rows × columns bytes, 1 where the pixel has to be filled */
export function maskOf({ grid, kept }: RemovalField, plane: PlaneGeometry): Uint8Array {
  const mask = new Uint8Array(plane.rows * plane.columns);
  const { u, v, k } = indexOf(grid, plane);
  const [nu, nv, nk] = grid.size;
  const layer = blendLayer(kept, nu * nv, Math.max(0, Math.min(nk - 1, k)), nk);
  const columns = Array.from({ length: plane.columns }, (_, c) =>
    between(u + (c * plane.columnSpacing) / grid.step[0], nu),
  );
  for (let r = 0, at = 0; r < plane.rows; r++) {
    const row = between(v + (r * plane.rowSpacing) / grid.step[1], nv);
    const [low, high] = [row.at * nu, row.next * nu];
    for (const { at: i, next, share } of columns) {
      const upper = mix(layer[low + i] ?? 0, layer[low + next] ?? 0, share);
      const lower = mix(layer[high + i] ?? 0, layer[high + next] ?? 0, share);
      mask[at++] = mix(upper, lower, row.share) > 0 ? 0 : 1;
    }
  }
  return mask;
}

/** The field in the plane of a slice, between two layers. */
function blendLayer(kept: Float32Array, count: number, k: number, layers: number): Float32Array {
  const { at, next, share } = between(k, layers);
  const layer = new Float32Array(count);
  for (let i = 0; i < count; i++) layer[i] = mix(kept[at * count + i] ?? 0, kept[next * count + i] ?? 0, share);
  return layer;
}

function between(position: number, count: number): { at: number; next: number; share: number } {
  const inside = Math.max(0, Math.min(count - 1, position));
  const at = Math.floor(inside);
  return { at, next: Math.min(count - 1, at + 1), share: inside - at };
}

function mix(a: number, b: number, share: number): number {
  return a + share * (b - a);
}
