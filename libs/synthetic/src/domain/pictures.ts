import { acquireCt, acquireFilm, acquireMr } from './acquisition.ts';
import type { View } from './canvas.ts';
import { Canvas } from './canvas.ts';
import type { StoredPixels } from './pixels.ts';
import { Random } from './random.ts';
import type { StudyPlan } from './study-plan.ts';
import type { Projection } from './study-types.ts';
import type { Sector } from './ultrasound-beam.ts';
import { echoPixels, insonate, sectorBox, sectorOf } from './ultrasound-beam.ts';

/** One picture of a study: an image object to be. */
export interface Picture {
  readonly pixels: StoredPixels;
  readonly projection: Projection;
  /** Slices of one projection are one series; position from 0 within it. */
  readonly series: number;
  readonly index: number;
  /** Where the slice lies along the stack, in millimetres from its middle. */
  readonly offset: number;
  /** The fan of an ultrasound picture as [left, top, right, bottom], edges included. */
  readonly region?: readonly [number, number, number, number];
}

/** Rows above the fan that an ultrasound device keeps for its own text. */
export const HEADER_ROWS = 44;

/** The pictures of a study, one after another: a picture in hand is all that is held in memory. */
export function* picturesOf(plan: StudyPlan): Generator<Picture> {
  const random = Random.named(plan.seed, plan.patient, plan.visit, 'pictures');
  const count = random.whole(plan.type.pictures[0], plan.type.pictures[1]);
  const pose = poseOf(plan, random);
  const { modality, projections } = plan.type;
  if (modality === 'CT' || modality === 'MR') {
    const chosen = random.pick(projections);
    for (let index = 0; index < count; index += 1) yield slice(plan, pose, chosen, index, count);
    return;
  }
  for (let index = 0; index < count; index += 1) {
    const projection = projections[Math.min(index, projections.length - 1)] ?? projections[0];
    yield modality === 'US' ? still(plan, pose, projection, index) : film(plan, pose, projection, index);
  }
}

/** How the body lies for one study: patients never lie twice alike. */
function poseOf(plan: StudyPlan, random: Random): Omit<View, 'z'> {
  const { columns, rows } = plan.scanner;
  const { modality, tall } = plan.type;
  const tight = modality === 'US' ? 1 : random.between(0.93, 1.12);
  const turn = modality === 'US' ? 0.06 : 0.11;
  return {
    width: columns,
    height: modality === 'US' ? rows : Math.round((rows * tall) / 2) * 2,
    zoom: tight,
    shiftX: random.between(-0.06, 0.06),
    shiftY: random.between(-0.06, 0.06),
    angle: random.between(-turn, turn),
    bend: random.between(0.025, 0.05),
    breadth: random.between(0.94, 1.06),
  };
}

function paintedCanvas(plan: StudyPlan, view: View, projection: Projection, background: number): Canvas {
  const canvas = new Canvas(view, Random.named(plan.seed, plan.patient, 'texture'), background);
  const body = Random.named(plan.seed, plan.patient, 'body');
  projection.paint({ canvas, body, z: view.z, sex: plan.sex, found: plan.found });
  return canvas;
}

function slice(plan: StudyPlan, pose: Omit<View, 'z'>, projection: Projection, index: number, count: number): Picture {
  const { type, scanner } = plan;
  const z = count === 1 ? 0 : -0.7 + (1.4 * index) / (count - 1);
  const noise = Random.named(plan.seed, plan.patient, plan.visit, 'noise', index);
  const canvas = paintedCanvas(plan, { ...pose, z }, projection, type.modality === 'CT' ? -1000 : 8);
  const pixels =
    type.modality === 'CT' ? acquireCt(canvas, scanner, noise, type.window) : acquireMr(canvas, scanner, noise);
  return { pixels, projection, series: 1, index, offset: (index - (count - 1) / 2) * type.gap };
}

function film(plan: StudyPlan, pose: Omit<View, 'z'>, projection: Projection, index: number): Picture {
  const noise = Random.named(plan.seed, plan.patient, plan.visit, 'noise', index);
  const turned = { ...pose, z: 0, angle: pose.angle + 0.04 * index, breadth: pose.breadth * (1 - 0.08 * index) };
  const canvas = paintedCanvas(plan, turned, projection, 0);
  return { pixels: acquireFilm(canvas, plan.scanner, noise), projection, series: index + 1, index: 0, offset: 0 };
}

/** An ultrasound still, or now and then a short loop while the probe moves. */
function still(plan: StudyPlan, pose: Omit<View, 'z'>, projection: Projection, index: number): Picture {
  const noise = Random.named(plan.seed, plan.patient, plan.visit, 'noise', index);
  const loop = noise.chance(0.25) && !plan.scanner.colour ? noise.whole(4, 6) : 1;
  const sector = sectorOf(pose.width, pose.height, HEADER_ROWS, noise);
  const drift = noise.between(-0.3, 0.3);
  const frames: Uint8Array[] = [];
  let canvas = echoCanvas(plan, pose, projection, sector, drift);
  for (let frame = 0; frame < loop; frame += 1) {
    if (frame > 0) canvas = echoCanvas(plan, pose, projection, sector, drift + 0.06 * frame);
    frames.push(insonate(canvas, sector, plan.scanner, noise));
  }
  const colour = plan.scanner.colour && noise.chance(0.5);
  const region = sectorBox(sector, pose.width, pose.height);
  return { pixels: echoPixels(canvas, frames, colour), projection, series: 1, index, offset: 0, region };
}

/** The insonated plane is laid into the fan: skin at its top, its full depth within reach. */
function echoCanvas(plan: StudyPlan, pose: Omit<View, 'z'>, projection: Projection, sector: Sector, z: number): Canvas {
  const top = sector.apexY + sector.near * Math.cos(sector.halfAngle);
  const reach = (sector.apexY + sector.far - top) / 2;
  const unit = Math.min(pose.width, pose.height) / 2;
  const view = { ...pose, z, zoom: unit / reach, shiftX: pose.shiftX, shiftY: (top + reach - pose.height / 2) / reach };
  return paintedCanvas(plan, view, projection, 0.4);
}
