import type { Body } from './body.ts';
import type { CoarseVolume } from './coarse-volume.ts';
import type { Grid } from './grid.ts';
import { eachVoxel, placeOf } from './grid.ts';
import { isHounsfield } from './tissue.ts';
import type { Modality, RegionHint, Vector } from './types.ts';
import { minus } from './vectors.ts';

/**
 * Radius of the largest ball that fits into the section of a head: half its breadth. Newborns have 45 mm, adults up to 85;
 * more where the picture's edge cuts the sides off and only forehead and back of the head bound the ball.
 */
const HEAD_RADIUS_MM = { least: 38, most: 112 } as const;
/** Breadth and breadth:length of what is left of a section when 20 mm are taken off all round; shoulders and chests exceed both. */
const HEAD_CORE = { marginMm: 20, mostBreadthMm: 190, mostAspect: 1.4 } as const;
/** A trunk is a trunk for at least this far along the body: arms beside a head are not. */
const TRUNK_MM = 40;
/** The largest ball shrinks by this share from the cranium to the neck. */
const NECK_SHARE = 0.88;
/** From the middle of the cranium to below the chin (adults: 150 to 160 mm). */
export const CENTRE_TO_CHIN_MM = 185;
/** Levels of the body's long axis are this thick. */
const LEVEL_MM = 5;

export interface Head {
  /** Middle of the cranium: centre of its largest ball. */
  readonly centre: Vector;
  readonly radius: number;
  /** The top of the head lies outside of the volume. */
  readonly isCutAbove: boolean;
}

interface Level {
  readonly z: number;
  readonly radius: number;
  readonly centre: Vector;
  readonly isTrunk: boolean;
  /** Sides of the pictures that the section runs into. */
  readonly cutSides: number;
}

/**
 * The heads a volume may show, by the shape of the body's surface: sections as broad as a head, above the shoulders. What
 * the header says counts only for limbs and for trunks cut by the picture's edges, and not against a ring of skull in CT.
 */
export function headsIn(
  volume: CoarseVolume,
  body: Body,
  about: { modality: Modality; hint: RegionHint },
): readonly Head[] {
  if (body.outerShare < 0.005) return [];
  const levels = levelsOf(body);
  const above = levels.slice(0, trunkStart(levels));
  return candidates(above)
    .filter((level) => isPlausible(level, volume, body, about))
    .map(({ centre, radius, z }) => ({ centre, radius, isCutAbove: (levels[0]?.z ?? z) - z < 0.5 * radius }));
}

function isPlausible(
  level: Level,
  volume: CoarseVolume,
  body: Body,
  { modality, hint }: { modality: Modality; hint: RegionHint },
): boolean {
  if (hint === 'head' || hint === 'unknown') return true;
  if (hint === 'trunk' && level.cutSides < 2) return true;
  return modality === 'CT' && isHounsfield(volume.values) && hasSkullRing(volume, body, level.centre);
}

/** Levels from the head down. */
function levelsOf({ grid, depth }: Body): readonly Level[] {
  const found = new Map<number, LevelScan>();
  eachVoxel(grid, (index, i, j, k) => {
    const mm = depth[index] ?? 0;
    if (mm <= HEAD_CORE.marginMm) return;
    const place = placeOf(grid, i, j, k);
    const key = Math.round(place[2] / LEVEL_MM);
    const scan = found.get(key) ?? new LevelScan();
    found.set(key, scan);
    scan.add(place, mm, sidesAt(grid, i, j));
  });
  const keys = [...found.keys()].sort((a, b) => b - a);
  return keys.flatMap((key) => found.get(key)?.level(key * LEVEL_MM) ?? []);
}

/** Bit per side of the picture that the voxel lies at. */
function sidesAt({ size: [nx, ny] }: Grid, i: number, j: number): number {
  return (i === 0 ? 1 : 0) | (i === nx - 1 ? 2 : 0) | (j === 0 ? 4 : 0) | (j === ny - 1 ? 8 : 0);
}

/** Extents of the core of one level, and its deepest point. */
class LevelScan {
  #low: [number, number] = [Infinity, Infinity];
  #high: [number, number] = [-Infinity, -Infinity];
  #radius = 0;
  #centre: Vector = [0, 0, 0];
  #sides = 0;

  add(place: Vector, depth: number, sides: number): void {
    for (const axis of [0, 1] as const) {
      this.#low[axis] = Math.min(this.#low[axis], place[axis]);
      this.#high[axis] = Math.max(this.#high[axis], place[axis]);
    }
    this.#sides |= sides;
    if (depth <= this.#radius) return;
    this.#radius = depth;
    this.#centre = place;
  }

  level(z: number): Level {
    const breadth = this.#high[0] - this.#low[0];
    const length = this.#high[1] - this.#low[1];
    const isBroad = breadth > HEAD_CORE.mostBreadthMm || (breadth > 60 && breadth > HEAD_CORE.mostAspect * length);
    return {
      z,
      radius: this.#radius,
      centre: this.#centre,
      isTrunk:
        this.#radius > HEAD_RADIUS_MM.most || (isBroad && this.#sides === 0) || breadth > 1.6 * HEAD_CORE.mostBreadthMm,
      cutSides: [1, 2, 4, 8].filter((side) => (this.#sides & side) !== 0).length,
    };
  }
}

/** Number of levels above the shoulders: all where there are none. */
function trunkStart(levels: readonly Level[]): number {
  const least = TRUNK_MM / LEVEL_MM;
  const at = levels.findIndex(
    (_, i) => i + least <= levels.length && levels.slice(i, i + least).every(({ isTrunk }) => isTrunk),
  );
  if (at >= 0) return at;
  return levels.length < least && levels.every(({ isTrunk }) => isTrunk) ? 0 : levels.length;
}

/** Every swelling of the body along its long axis: the cranium, and in a body with raised arms what lies above it too. */
function candidates(levels: readonly Level[]): readonly Level[] {
  const found: Level[] = [];
  let peak: Level | undefined;
  for (const level of levels) {
    if (level.isTrunk) continue;
    if (peak === undefined || level.radius > peak.radius) peak = level;
    if (level.radius > NECK_SHARE * peak.radius) continue;
    if (isHeadSize(peak) && !isBelow(peak, found)) found.push(peak);
    peak = isHeadSize(peak) ? level : undefined;
  }
  if (peak !== undefined && isHeadSize(peak) && !isBelow(peak, found)) found.push(peak);
  return found;
}

function isHeadSize({ radius }: Level): boolean {
  return radius >= HEAD_RADIUS_MM.least && radius <= HEAD_RADIUS_MM.most;
}

/** The neck under a head that was found is no second head. */
function isBelow(level: Level, found: readonly Level[]): boolean {
  return found.some(({ z, radius }) => radius >= level.radius && z - level.z < CENTRE_TO_CHIN_MM + 60);
}

const RING = { rays: 72, boneHu: 250, shellMm: 25, innerShare: 0.6, innerHu: 200, least: 0.75 } as const;

/** Looks from the centre of a section outwards: bone all round, close below the skin, and none in the middle. */
export function hasSkullRing(volume: CoarseVolume, body: Body, centre: Vector): boolean {
  let bone = 0;
  let empty = 0;
  for (let ray = 0; ray < RING.rays; ray++) {
    const angle = (2 * Math.PI * ray) / RING.rays;
    const seen = lookAlong(volume, body, centre, [Math.cos(angle), Math.sin(angle), 0]);
    if (seen.shellMost > RING.boneHu) bone++;
    if (seen.innerMean < RING.innerHu) empty++;
  }
  return bone >= RING.least * RING.rays && empty >= RING.least * RING.rays;
}

function lookAlong(
  { grid, values }: CoarseVolume,
  body: Body,
  centre: Vector,
  direction: Vector,
): { shellMost: number; innerMean: number } {
  const profile: { hu: number; depth: number }[] = [];
  for (let r = 0; r < 140; r += 2) {
    const index = indexAt(grid, [
      centre[0] + r * direction[0],
      centre[1] + r * direction[1],
      centre[2] + r * direction[2],
    ]);
    const depth = index === undefined ? 0 : (body.depth[index] ?? 0);
    if (depth === 0 || index === undefined) break;
    profile.push({ hu: values[index] ?? -1000, depth });
  }
  const inner = profile.slice(0, Math.floor(profile.length * RING.innerShare)).map(({ hu }) => hu);
  const shell = profile.slice(inner.length).filter(({ depth }) => depth <= RING.shellMm);
  return {
    shellMost: Math.max(-1000, ...shell.map(({ hu }) => hu)),
    innerMean: inner.reduce((sum, hu) => sum + hu, 0) / Math.max(1, inner.length),
  };
}

/** Voxel that a place falls into; undefined outside of the volume. */
export function indexAt({ origin, axes, step, size }: Grid, place: Vector): number | undefined {
  const off = minus(place, origin);
  const at = axes.map((axis, i) =>
    Math.round((off[0] * axis[0] + off[1] * axis[1] + off[2] * axis[2]) / (step[i] ?? 1)),
  );
  const [i = -1, j = -1, k = -1] = at;
  if (i < 0 || j < 0 || k < 0 || i >= size[0] || j >= size[1] || k >= size[2]) return undefined;
  return i + size[0] * (j + size[1] * k);
}
