import type { PlacedPlane } from './stacks.ts';
import type { Modality, PlaneGeometry, Vector } from './types.ts';
import { along, cross, dot, minus } from './vectors.ts';

/**
 * Heads that never were: a cranium, a face of soft parts and a neck made of ellipsoids whose sizes and places differ from
 * subject to subject about as much as people's do. Millimetres; origin in the middle of the cranium; x left, y back, z up.
 */
export type Tissue = 'air' | 'soft' | 'bone' | 'brain' | 'table';

interface Blob {
  readonly centre: Vector;
  readonly radii: Vector;
}

export interface Subject {
  readonly blobs: readonly Blob[];
  readonly ears: readonly Blob[];
  readonly sockets: readonly Blob[];
  readonly cranium: Blob;
  readonly scale: number;
}

/** Small, fast and the same everywhere (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @param scale 1 for an adult, 0.75 for a child of about two years */
export function subjectOf(seed: number, scale = 1): Subject {
  const random = randomOf(seed * 7919 + 13);
  const vary = (amount: number): number => (random() * 2 - 1) * amount;
  const blob = (centre: Vector, radii: Vector, move = 3, grow = 0.1): Blob => ({
    centre: [centre[0], (centre[1] + vary(move)) * scale, (centre[2] + vary(move)) * scale],
    radii: radii.map((radius) => radius * (1 + vary(grow)) * scale) as unknown as Vector,
  });
  const pair = ({ centre: [x, y, z], radii }: Blob): Blob[] =>
    [x, -x].map((at) => ({ centre: [at * scale, y, z], radii }));
  const cranium: Blob = {
    centre: [0, 0, 0],
    radii: [75 + vary(4), 95 + vary(5), 82 + vary(4)].map((r) => r * scale) as unknown as Vector,
  };
  return {
    cranium,
    scale,
    blobs: [
      cranium,
      blob([0, -34, -72], [62, 58, 68], 2, 0.05),
      blob([0, -96, -72], [13, 24, 22], 5, 0.2),
      blob([0, -90, -50], [8, 14, 26], 4, 0.2),
      blob([0, -80, -128], [24, 18, 17], 5, 0.2),
      blob([0, -91, -100], [22, 9, 10], 3, 0.2),
      blob([0, -86, -16], [46, 11, 9], 3, 0.2),
      ...pair(blob([36, -70, -62], [22, 22, 20], 5, 0.2)),
      ...pair(blob([32, -76, -35], [12, 12, 12], 2, 0.05)),
    ],
    ears: pair(blob([76, 12, -35], [9, 14, 30], 5, 0.2)),
    sockets: pair(blob([32, -97, -36], [15, 13, 11], 3, 0.15)),
  };
}

/** Centres and inverse radii in one row of numbers: the innermost loop of every test. */
type Packed = Float64Array;

function pack(blobs: readonly Blob[], grow = 0): Packed {
  return Float64Array.from(
    blobs.flatMap(({ centre, radii }) => [...centre, ...radii.map((radius) => 1 / (radius + grow))]),
  );
}

function holds(blobs: Packed, x: number, y: number, z: number): boolean {
  for (let i = 0; i < blobs.length; i += 6) {
    const a = (x - (blobs[i] ?? 0)) * (blobs[i + 3] ?? 0);
    const b = (y - (blobs[i + 1] ?? 0)) * (blobs[i + 4] ?? 0);
    const c = (z - (blobs[i + 2] ?? 0)) * (blobs[i + 5] ?? 0);
    if (a * a + b * b + c * c <= 1) return true;
  }
  return false;
}

/** @returns what lies at a place of a subject that looks straight ahead */
export function anatomyOf(subject: Subject): (x: number, y: number, z: number) => Tissue {
  const { cranium, scale: s, blobs } = subject;
  const [brain, skull] = [pack([cranium], -13 * s), pack([cranium], -6 * s)];
  const [sockets, eyes, soft] = [pack(subject.sockets), pack(blobs.slice(-2)), pack([...blobs, ...subject.ears])];
  return (x, y, z) => {
    if (z > brainFloor(y, s) && holds(brain, x, y, z)) return 'brain';
    if (z > brainFloor(y, s) - 7 * s && holds(skull, x, y, z)) return 'bone';
    if (isAirway(x, y, z, s)) return 'air';
    if (holds(sockets, x, y, z) && !holds(eyes, x, y, z)) return 'air';
    return holds(soft, x, y, z) || isNeck(x, y, z, s) ? 'soft' : 'air';
  };
}

/** The base of the skull falls from the brow to the back. */
function brainFloor(y: number, s: number): number {
  return -22 * s - 0.3 * (y + 80 * s);
}

function isNeck(x: number, y: number, z: number, s: number): boolean {
  return z < -60 * s && z > -330 * s && (x / (57 * s)) ** 2 + ((y - 14 * s) / (58 * s)) ** 2 <= 1;
}

/** Nostrils, nasal cavity, throat and windpipe. */
function isAirway(x: number, y: number, z: number, s: number): boolean {
  if (Math.abs(Math.abs(x) - 6 * s) < 3.5 * s && Math.abs(z + 90 * s) < 4 * s && y < -85 * s) return true;
  if (Math.abs(x) < 14 * s && Math.abs(z + 75 * s) < 15 * s && y > -85 * s && y < -25 * s) return true;
  return Math.hypot(x, y + 20 * s) < 9 * s && z < -75 * s;
}

/** How a subject lies in the scanner: degrees about x (chin up), y and z, then a shift in mm. */
export interface Pose {
  readonly pitch?: number;
  readonly roll?: number;
  readonly yaw?: number;
  readonly shift?: Vector;
}

type Matrix = readonly [Vector, Vector, Vector];

/** Rows of the matrix that takes a place in the scanner to the subject's own system. */
function matrixOf({ pitch = 0, roll = 0, yaw = 0 }: Pose): Matrix {
  const [p, r, w] = [pitch, roll, yaw].map((degrees) => (degrees * Math.PI) / 180) as [number, number, number];
  const rx: Matrix = [
    [1, 0, 0],
    [0, Math.cos(p), -Math.sin(p)],
    [0, Math.sin(p), Math.cos(p)],
  ];
  const ry: Matrix = [
    [Math.cos(r), 0, Math.sin(r)],
    [0, 1, 0],
    [-Math.sin(r), 0, Math.cos(r)],
  ];
  const rz: Matrix = [
    [Math.cos(w), -Math.sin(w), 0],
    [Math.sin(w), Math.cos(w), 0],
    [0, 0, 1],
  ];
  return times(times(rx, ry), rz);
}

function times(a: Matrix, b: Matrix): Matrix {
  const columns = [0, 1, 2].map((i) => b.map((row) => row[i] ?? 0) as unknown as Vector);
  return a.map((row) => columns.map((column) => dot(row, column)) as unknown as Vector) as unknown as Matrix;
}

/** What a scanner sees at a place: the subject in its pose, and with `table` a headrest under it and a table board. */
export function sceneOf(subject: Subject, pose: Pose = {}, table = false): (place: Vector) => Tissue {
  const m = matrixOf(pose);
  const shift = pose.shift ?? [0, 0, 0];
  const rest = subject.cranium.radii[1] + 4;
  const anatomy = anatomyOf(subject);
  return (place) => {
    const p = minus(place, shift);
    const tissue = anatomy(dot(m[0], p), dot(m[1], p), dot(m[2], p));
    if (tissue !== 'air' || !table) return tissue;
    const isBoard = p[1] > rest + 12 && p[1] < rest + 22 && Math.abs(p[0]) < 110;
    const isRest = Math.abs(Math.hypot(p[0] / 0.95, p[1]) - rest) < 3 && p[1] > 55 && p[2] > -60 && p[2] < 60;
    return isBoard || isRest ? 'table' : 'air';
  };
}

export interface Scan {
  readonly modality: Modality;
  readonly planes: readonly PlacedPlane<number>[];
  /** One array a plane, after rescale. */
  readonly pixels: readonly Float32Array[];
  readonly truth: readonly (readonly Tissue[])[];
}

export interface ScanPlan {
  readonly modality: Modality;
  readonly rowDirection?: Vector;
  readonly columnDirection?: Vector;
  readonly pixelMm?: number;
  readonly spacingMm?: number;
  /** Middle of the scanned block, and its size along row, column and normal. */
  readonly middle?: Vector;
  readonly extentMm?: Vector;
  readonly seed?: number;
  readonly noise?: number;
  /** Shift of every slice along the column direction per mm of travel: a tilted gantry. */
  readonly shear?: number;
}

const CT_VALUES: Readonly<Record<Tissue, number>> = { air: -1000, soft: 30, bone: 900, brain: 38, table: 60 };
const MR_VALUES: Readonly<Record<Tissue, number>> = { air: 0, soft: 620, bone: 45, brain: 480, table: 0 };

/** Scans a scene plane by plane. */
export function scan(scene: (place: Vector) => Tissue, plan: ScanPlan): Scan {
  const { modality, pixelMm = 2, spacingMm = 2.5, middle = [0, -5, -50], extentMm = [230, 260, 270], seed = 1 } = plan;
  const u = plan.rowDirection ?? [1, 0, 0];
  const v = plan.columnDirection ?? [0, 1, 0];
  const n = cross(u, v);
  const [columns, rows, slices] = [extentMm[0] / pixelMm, extentMm[1] / pixelMm, extentMm[2] / spacingMm].map(
    Math.round,
  ) as [number, number, number];
  const corner = along(along(along(middle, u, -extentMm[0] / 2), v, -extentMm[1] / 2), n, -extentMm[2] / 2);
  const random = randomOf(seed);
  const planes = Array.from({ length: slices }, (_, k): PlacedPlane<number> => ({
    id: k,
    plane: {
      rows,
      columns,
      position: along(along(corner, n, k * spacingMm), v, (plan.shear ?? 0) * (k - slices / 2) * spacingMm),
      rowDirection: u,
      columnDirection: v,
      columnSpacing: pixelMm,
      rowSpacing: pixelMm,
    },
  }));
  const truth = planes.map(({ plane }) => tissuesOf(scene, plane));
  const noise = plan.noise ?? (modality === 'CT' ? 20 : 22);
  const pixels = truth.map((tissues) =>
    Float32Array.from(tissues, (tissue) => valueOf(tissue, modality, noise, random)),
  );
  return { modality, planes, pixels, truth };
}

export function pixelPlace(
  { position, rowDirection, columnDirection, columnSpacing, rowSpacing }: PlaneGeometry,
  r: number,
  c: number,
): Vector {
  return along(along(position, rowDirection, c * columnSpacing), columnDirection, r * rowSpacing);
}

function tissuesOf(scene: (place: Vector) => Tissue, plane: PlaneGeometry): readonly Tissue[] {
  const tissues: Tissue[] = [];
  for (let r = 0; r < plane.rows; r++)
    for (let c = 0; c < plane.columns; c++) tissues.push(scene(pixelPlace(plane, r, c)));
  return tissues;
}

/** Gaussian noise in CT, Rician in MR (Gudbjartsson and Patz 1995). */
function valueOf(tissue: Tissue, modality: Modality, sigma: number, random: () => number): number {
  const [a, b] = [gauss(random) * sigma, gauss(random) * sigma];
  return modality === 'CT' ? Math.max(-1024, CT_VALUES[tissue] + a) : Math.hypot(MR_VALUES[tissue] + a, b);
}

function gauss(random: () => number): number {
  return random() + random() + random() + random() + random() + random() - 3 + (random() - random()) * 0.5;
}

/** A subject that looks straight ahead, on a table. */
export function headScan(seed: number, modality: Modality, plan: Partial<ScanPlan> = {}): Scan {
  return scan(sceneOf(subjectOf(seed), {}, true), { modality, ...plan });
}
