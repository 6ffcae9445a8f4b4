/** Where a slice lies: Image Position and Image Orientation (Patient), PS3.3 C.7.6.2.1.1, and Instance Number. */
export interface SlicePlace {
  readonly position: readonly number[] | null;
  readonly orientation: readonly number[] | null;
  readonly instanceNumber: number | null;
}

/** Cosine of the angle between normals above which slices count as parallel (about 0.8 degrees). */
const PARALLEL = 0.9999;

/** Row × column direction: the normal of the slice; undefined for a degenerate orientation. */
function normalOf(orientation: readonly number[] | null): readonly number[] | undefined {
  if (orientation?.length !== 6 || !orientation.every(Number.isFinite)) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = orientation;
  const cross = [b * f - c * e, c * d - a * f, a * e - b * d];
  const length = Math.hypot(...cross);
  return length > 0.5 ? cross.map((value) => value / length) : undefined;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}

/** Distance of every slice along the common normal; undefined when one has no geometry or they are not parallel. */
function distances(places: readonly SlicePlace[]): readonly number[] | undefined {
  const normal = normalOf(places[0]?.orientation ?? null);
  if (normal === undefined) return undefined;
  const all = places.map(({ position, orientation }) => {
    const own = normalOf(orientation);
    const placed = position?.length === 3 && position.every(Number.isFinite);
    return placed && own !== undefined && dot(own, normal) > PARALLEL ? dot(position, normal) : NaN;
  });
  return all.some(Number.isNaN) ? undefined : all;
}

/**
 * Order of the slices of one series, as indices into the list: by distance along the slice normal, then Instance Number,
 * then as given; by Instance Number alone (absent last) where the geometry of any slice is missing or not parallel.
 */
export function sortSlices(places: readonly SlicePlace[]): number[] {
  const along = distances(places);
  const number = (i: number): number => places[i]?.instanceNumber ?? Number.MAX_SAFE_INTEGER;
  return places
    .map((_, i) => i)
    .sort((i, j) => (along?.[i] ?? 0) - (along?.[j] ?? 0) || number(i) - number(j) || i - j);
}
