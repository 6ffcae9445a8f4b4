import type { Body } from './body.ts';
import type { Head } from './head.ts';
import { indexAt } from './head.ts';
import { leastSquares } from './least-squares.ts';
import type { Relief } from './relief.ts';
import { reliefOf } from './relief.ts';
import type { Vector } from './types.ts';
import { minus } from './vectors.ts';

/**
 * A shell of even depth leaves the face in relief: the new surface runs parallel to the old one, and growing it back gives
 * the face again. So below the brow the cut follows a smooth surface of seven numbers, which fits any face, and in front
 * of it nothing stays. Directions are seen from the middle of the cranium.
 */
const FACE = {
  /** Degrees to either side of straight ahead: to in front of the ears. */
  azimuth: 85,
  /** Degrees above and below the level of the centre; below it the rays leave through the chest. */
  top: 5,
  bottom: -74,
  step: 3,
  /** Rays that must leave through skin for there to be a face at all. */
  leastRays: 60,
  longestRayMm: 260,
};

/** Where the tip of the nose lies in a head that looks straight ahead, seen from the middle of the cranium. */
const NOSE_ELEVATION = -42;
const MOST_PITCH = 25;
/** How far a nose must stand out of the smooth surface to be believed. */
const NOSE_MM = 5;
/** Between these elevations (after pitch) the depth of the cut grows from that of the shell to that of the face. */
const BROW = { from: -9, to: -30 } as const;
/**
 * Degrees to the side within which the face is deep. Beside the eyes the temporal lobes lie close below the skin, so the
 * deep part is narrow there and widens over the cheeks and the jaw, by `widening` per degree below `below`.
 */
const SIDES = { deepTo: 32, shallowFrom: 56, below: -38, widening: 1.6 } as const;
/** Share of the rays along which the smooth surface must lie at the shell's depth or deeper. */
const DEEP_ENOUGH = 0.96;

/** How much deeper than the smooth surface the waves go, at most. */
const RELIEF_MM = 20;
/** Share of the face's depth by which they lift the deepest cut. */
const LIFT = 0.6;

export interface FaceSurface {
  readonly head: Head;
  /** Degrees by which the face looks up from level. */
  readonly pitch: number;
  /** Distance in mm from the centre up to which tissue may stay. */
  keptRadius(azimuth: number, elevation: number): number;
  /** Waves from 0 to 1 over the face, from the seed: nobody without the key can tell them from its shape. */
  readonly relief: Relief;
}

interface Ray {
  readonly azimuth: number;
  readonly elevation: number;
  /** Distances from the centre at which the ray reaches the shell's depth, and the skin. */
  readonly shell: number;
  readonly skin: number;
}

/** @returns undefined when too little of a face lies in the volume for a surface to be fitted */
export function faceSurfaceOf(body: Body, head: Head, depthMm: number, seed: number): FaceSurface | undefined {
  const rays = raysThroughFace(body, head, depthMm);
  if (rays.length < FACE.leastRays) return undefined;
  const model = fitted(rays);
  if (model === undefined) return undefined;
  const pitch = head.isCutAbove ? MOST_PITCH : pitchOf(rays, model);
  const excess = rays.map((ray) => radiusOf(model, ray.azimuth, ray.elevation) - ray.shell).sort((a, b) => a - b);
  const sink = Math.max(0, excess[Math.floor(excess.length * DEEP_ENOUGH)] ?? 0);
  const relief = reliefOf(seed);
  return {
    head,
    pitch,
    relief,
    keptRadius: (azimuth, elevation) =>
      radiusOf(model, azimuth, elevation) - sink - RELIEF_MM * relief(azimuth, elevation),
  };
}

function raysThroughFace(body: Body, head: Head, depthMm: number): readonly Ray[] {
  const rays: Ray[] = [];
  for (let azimuth = -FACE.azimuth; azimuth <= FACE.azimuth; azimuth += FACE.step)
    for (let elevation = FACE.bottom; elevation <= FACE.top; elevation += FACE.step) {
      const hit = shoot(body, head.centre, directionOf(azimuth, elevation), depthMm);
      if (hit !== undefined) rays.push({ azimuth, elevation, ...hit });
    }
  return rays;
}

/** Straight ahead is −y; azimuth turns to the left, elevation to the head. */
function directionOf(azimuth: number, elevation: number): Vector {
  const [a, e] = [(azimuth * Math.PI) / 180, (elevation * Math.PI) / 180];
  return [Math.sin(a) * Math.cos(e), -Math.cos(a) * Math.cos(e), Math.sin(e)];
}

/** Azimuth, elevation (degrees) and distance (mm) of a place from a head's centre. */
export function polarOf(head: Head, place: Vector): { azimuth: number; elevation: number; radius: number } {
  const [x, y, z] = minus(place, head.centre);
  const radius = Math.hypot(x, y, z);
  const degrees = 180 / Math.PI;
  return { azimuth: Math.atan2(x, -y) * degrees, elevation: Math.asin(z / (radius || 1)) * degrees, radius };
}

/** From the outside in, so that hollows inside of the head do not end a ray; a ray that leaves the volume inside the body is none. */
function shoot(
  { grid, depth }: Body,
  centre: Vector,
  d: Vector,
  depthMm: number,
): { shell: number; skin: number } | undefined {
  let skin: number | undefined;
  let sawOutside = false;
  for (let r = FACE.longestRayMm; r > 0; r -= 1.25) {
    const index = indexAt(grid, [centre[0] + r * d[0], centre[1] + r * d[1], centre[2] + r * d[2]]);
    if (index === undefined) continue;
    const mm = depth[index] ?? 0;
    if (mm === 0) sawOutside = true;
    else if (!sawOutside) return undefined;
    else skin ??= r;
    if (skin !== undefined && mm >= depthMm) return { shell: r, skin };
  }
  return undefined;
}

/** Seven numbers: a quadratic in both angles with one cubic term. Angles in units of 45 degrees. */
function basis(azimuth: number, elevation: number): readonly number[] {
  const [a, e] = [azimuth / 45, elevation / 45];
  return [1, a, e, a * a, a * e, e * e, e * e * e];
}

/** Fits the inverse radius, in which a flat face is nearly flat. */
function fitted(rays: readonly Ray[]): readonly number[] | undefined {
  return leastSquares(rays.map(({ azimuth, elevation, shell }) => [...basis(azimuth, elevation), 100 / shell]));
}

function radiusOf(model: readonly number[], azimuth: number, elevation: number): number {
  const inverse = basis(azimuth, elevation).reduce((sum, value, i) => sum + value * (model[i] ?? 0), 0);
  return inverse < 0.2 ? 500 : 100 / inverse;
}

/** The nose is what stands out most of the smooth surface near the middle. */
function pitchOf(rays: readonly Ray[], model: readonly number[]): number {
  const middle = rays.filter(({ azimuth }) => Math.abs(azimuth) <= 24);
  let nose = { out: NOSE_MM, elevation: NOSE_ELEVATION };
  for (const { azimuth, elevation, skin, shell } of middle) {
    const out = skin - radiusOf(model, azimuth, elevation) - Math.max(0, shell - skin);
    if (elevation > -12 || elevation < -66 || out <= nose.out) continue;
    nose = { out, elevation };
  }
  return Math.max(-MOST_PITCH, Math.min(MOST_PITCH, nose.elevation - NOSE_ELEVATION));
}

/**
 * How deep below the skin the cut may go in a direction: `depthMm` on the cranium, `faceDepthMm` on the face. Undefined
 * where there is no face.
 */
export function mostDepth(
  { pitch, relief }: FaceSurface,
  { azimuth, elevation }: { azimuth: number; elevation: number },
  { depthMm, faceDepthMm }: { depthMm: number; faceDepthMm: number },
): number | undefined {
  const level = elevation - pitch;
  const wider = SIDES.widening * Math.max(0, SIDES.below - level);
  const side = Math.abs(azimuth);
  if (side > Math.min(FACE.azimuth, SIDES.shallowFrom + wider)) return undefined;
  if (level >= BROW.from || elevation < FACE.bottom - 6) return undefined;
  const down = (BROW.from - level) / (BROW.from - BROW.to);
  const inward = (SIDES.shallowFrom + wider - side) / (SIDES.shallowFrom - SIDES.deepTo);
  const lift = 1 - LIFT * relief(azimuth + 90, elevation);
  return depthMm + Math.min(1, down, inward) * lift * (faceDepthMm - depthMm);
}
