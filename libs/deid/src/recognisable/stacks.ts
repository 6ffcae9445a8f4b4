import type { DensityRules, PlaneGeometry, Vector } from './types.ts';
import { cross, dot, minus } from './vectors.ts';

export interface PlacedPlane<Id> {
  readonly id: Id;
  readonly plane: PlaneGeometry;
}

/** Parallel planes of one pixel grid. Several may share a place (echoes, time points). */
export interface Stack<Id> {
  readonly normal: Vector;
  readonly planes: readonly PlacedPlane<Id>[];
}

/** Cosine of the angle between normals below which planes are of different stacks (1.8 degrees). */
const PARALLEL = 0.9995;
/** Planes nearer than this are one place. */
const SAME_PLACE_MM = 0.05;
const SAME_SPACING = 0.005;

/** Sorts the planes of a series into stacks: a localiser has three, a dynamic series one with many planes at a place. */
export function stacksOf<Id>(planes: readonly PlacedPlane<Id>[]): readonly Stack<Id>[] {
  const stacks: { normal: Vector; planes: PlacedPlane<Id>[] }[] = [];
  for (const placed of planes) {
    const home = stacks.find((stack) => isOfStack(stack, placed.plane));
    if (home === undefined) stacks.push({ normal: normalOf(placed.plane), planes: [placed] });
    else home.planes.push(placed);
  }
  return stacks;
}

function isOfStack(stack: Stack<unknown>, plane: PlaneGeometry): boolean {
  const first = stack.planes[0]?.plane;
  if (first === undefined) return false;
  return (
    Math.abs(dot(first.rowDirection, plane.rowDirection)) > PARALLEL &&
    dot(stack.normal, normalOf(plane)) > PARALLEL &&
    dot(first.rowDirection, plane.rowDirection) > 0 &&
    first.rows === plane.rows &&
    first.columns === plane.columns &&
    isSameSpacing(first.rowSpacing, plane.rowSpacing) &&
    isSameSpacing(first.columnSpacing, plane.columnSpacing)
  );
}

function isSameSpacing(a: number, b: number): boolean {
  return Math.abs(a - b) <= SAME_SPACING * a;
}

export function normalOf({ rowDirection, columnDirection }: PlaneGeometry): Vector {
  return cross(rowDirection, columnDirection);
}

/** Distances of the stack's places along its normal, ascending, each once. */
export function placesOf({ normal, planes }: Stack<unknown>): readonly number[] {
  const origin = planes[0]?.plane.position ?? [0, 0, 0];
  const all = planes.map(({ plane }) => dot(minus(plane.position, origin), normal)).sort((a, b) => a - b);
  return all.filter((place, i) => i === 0 || place - (all[i - 1] ?? place) > SAME_PLACE_MM);
}

/**
 * Whether a face could be rebuilt from the stack. The longest run of places without a gap counts: of a localiser with
 * slices 2 cm apart none does, of a series that lost one slice in the middle both halves do.
 */
export function isDense(stack: Stack<unknown>, rules: DensityRules): boolean {
  const plane = stack.planes[0]?.plane;
  if (plane === undefined || Math.max(plane.rowSpacing, plane.columnSpacing) > rules.maxPixelMm) return false;
  return runsOf(placesOf(stack), rules.maxSpacingMm).some(
    (run) =>
      run.length >= rules.minSlices && (run.at(-1) ?? 0) - (run[0] ?? 0) + (spacingOf(run) ?? 0) >= rules.minExtentMm,
  );
}

function runsOf(places: readonly number[], maxGap: number): readonly (readonly number[])[] {
  const runs: number[][] = [];
  for (const [i, place] of places.entries()) {
    const before = places[i - 1];
    if (before === undefined || place - before > maxGap) runs.push([place]);
    else runs.at(-1)?.push(place);
  }
  return runs;
}

/** Median distance of neighbours; undefined for a single place. */
export function spacingOf(places: readonly number[]): number | undefined {
  const gaps = places.slice(1).map((place, i) => place - (places[i] ?? place));
  return gaps.sort((a, b) => a - b)[gaps.length >> 1];
}
