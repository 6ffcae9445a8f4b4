import type { Paint } from '../canvas.ts';
import type { Shape } from '../shapes.ts';
import { arc, ellipse, rod, within, without } from '../shapes.ts';
import type { Painter, Scene } from './scene.ts';
import { from } from './scene.ts';
import { paintVessels } from './trunk.ts';

const add = (value: number, more: Partial<Paint> = {}): Paint => ({ value, mode: 'add', soft: 0.03, ...more });

/** Frontal chest film as a sum of attenuations: trunk, minus lungs, plus spine, ribs, clavicles, heart, diaphragm, vessels. */
export const paintChestFrontal: Painter = (scene) => {
  const { canvas, body } = scene;
  const wide = body.between(0.92, 1.05);
  const dome = body.between(0.42, 0.56);
  paintTrunk(scene, wide);
  const lungs = [lungOf(-1, wide, dome - 0.03), lungOf(1, wide, dome + 0.03)] as const;
  for (const lung of lungs) canvas.fill(lung, add(-0.36, { soft: 0.07, coarse: 0.015 }));
  paintSkeleton(scene, wide);
  paintHeart(scene, dome);
  for (const [side, clip] of [
    [-1, lungs[0]],
    [1, lungs[1]],
  ] as const) {
    paintVessels(body, [side * 0.13, -0.12], side * 0.62, (x1, y1, x2, y2, r) =>
      canvas.fill(rod(x1, y1, x2, y2, r * 0.9, r * 0.5), add(0.055, { profile: 'dome', clip })),
    );
  }
  paintChestFilmFinding(scene, lungs, dome);
};

function paintTrunk({ canvas, body, sex }: Scene, wide: number): void {
  const stout = body.between(0.34, 0.44);
  canvas.fill(ellipse(0, 0.35, wide, 1.45, 0, true), add(stout, { soft: 0.06 }));
  canvas.fill(rod(0, -1.6, 0, -0.95, 0.25, 0.33), add(0.2, { soft: 0.08 }));
  for (const side of [-1, 1]) {
    canvas.fill(rod(side * 0.35, -1.0, side * 1.1, -0.7, 0.2, 0.28), add(0.15, { soft: 0.1 }));
    canvas.fill(rod(side * 1.22, -0.6, side * 1.32, 0.8, 0.25, 0.2), add(0.3, { profile: 'dome' }));
    if (sex === 'F') canvas.fill(ellipse(side * 0.46, 0.28, 0.34, 0.3), add(0.12, { profile: 'dome' }));
  }
}

function lungOf(side: number, wide: number, dome: number): Shape {
  const field = ellipse(side * 0.46 * wide, -0.12, 0.36 * wide, 0.82, side * 0.08, true);
  return without(field, ellipse(side * 0.46 * wide, dome + 0.38, 0.5 * wide, 0.42));
}

function paintSkeleton({ canvas, body }: Scene, wide: number): void {
  for (let level = 0; level < 15; level += 1) {
    const y = -1.15 + level * 0.155;
    canvas.fill(ellipse(0, y, 0.105, 0.062, 0, true), add(0.085, { soft: 0.03 }));
    for (const side of [-1, 1]) canvas.fill(ellipse(side * 0.06, y, 0.018, 0.026), add(0.04));
  }
  canvas.fill(rod(0, -0.75, 0, 0.35, 0.07, 0.05), add(0.03, { soft: 0.06 }));
  const slope = body.between(0.1, 0.25);
  for (let rib = 0; rib < 10; rib += 1) paintRib(canvas, wide, -0.78 + rib * 0.15, rib, slope);
  for (const side of [-1, 1]) {
    canvas.fill(rod(side * 0.1, -0.7, side * 0.5, -0.86, 0.042), add(0.16, { profile: 'tube' }));
    canvas.fill(rod(side * 0.5, -0.86, side * 0.88, -0.84, 0.042, 0.036), add(0.16, { profile: 'tube' }));
    canvas.fill(ellipse(side * 0.86, -0.5, 0.12, 0.32, side * 0.25), add(0.06, { soft: 0.05 }));
    canvas.fill(ellipse(side * 1.04, -0.74, 0.13, 0.13), add(0.18, { profile: 'tube' }));
  }
}

/** One pair of ribs: the back part falls outward from the spine, the front part crosses it on its way inward. */
function paintRib(canvas: Scene['canvas'], wide: number, y: number, rib: number, slope: number): void {
  const reach = wide * (0.5 + 0.28 * Math.sqrt(rib / 9));
  const paint = add(0.105, { profile: 'tube', soft: 0.02 });
  for (const side of [-1, 1]) {
    const right = side > 0;
    canvas.fill(
      arc(side * 0.07, y + 0.3, reach, 0.3, right ? -1.45 : -Math.PI + 0.25, right ? -0.25 : -Math.PI + 1.45, 0.027),
      paint,
    );
    if (rib < 7) {
      const low = y + 0.18 + slope;
      canvas.fill(
        arc(side * 0.2, low, reach - 0.13, 0.34, right ? 0.25 : Math.PI - 1.2, right ? 1.2 : Math.PI - 0.25, 0.026),
        { ...paint, value: 0.06 },
      );
    }
  }
}

function paintHeart({ canvas, body, found }: Scene, dome: number): void {
  const large = body.between(0.27, 0.33) * (found.kind === 'cardiomegaly' ? from(1.25, 1.6, found.size) : 1);
  canvas.fill(ellipse(0.1, dome - 0.24, large, large * 0.8, 0.5), add(0.26, { soft: 0.06 }));
  canvas.fill(ellipse(-0.06, dome - 0.26, large * 0.62, large * 0.75), add(0.1, { soft: 0.06 }));
  canvas.fill(rod(0.02, -0.8, 0.03, 0.0, 0.11, 0.13), add(0.12, { soft: 0.05 }));
  canvas.fill(ellipse(0.12, -0.42, 0.1, 0.1), add(0.1, { soft: 0.04 }));
  canvas.fill(rod(-0.005, -1.2, 0, -0.32, 0.05, 0.055), add(-0.12, { profile: 'dome' }));
  for (const side of [-1, 1]) {
    canvas.fill(rod(0, -0.32, side * 0.16, -0.18, 0.035), add(-0.06, { profile: 'dome' }));
    canvas.fill(ellipse(side * 0.17, -0.1, 0.1, 0.16, side * -0.3), add(0.09, { profile: 'dome', fine: 0.03 }));
    canvas.fill(ellipse(side * 0.48, dome + 0.55, 0.55, 0.56), add(side < 0 ? 0.2 : 0.15, { soft: 0.03 }));
  }
  canvas.fill(ellipse(0.5, dome + 0.17, 0.13, 0.09), add(-0.14, { profile: 'dome' }));
}

function paintChestFilmFinding(scene: Scene, lungs: readonly [Shape, Shape], dome: number): void {
  const { canvas, found } = scene;
  const lung = found.side < 0 ? lungs[0] : lungs[1];
  const x = found.side * from(0.34, 0.62, found.across);
  const y = from(-0.55, 0.22, found.along);
  if (found.kind === 'mass') {
    const r = from(0.07, 0.19, found.size);
    canvas.fill(ellipse(x, y, r, r * 0.9, found.along), add(0.3, { profile: 'dome', clip: lung, fine: 0.03 }));
  }
  if (found.kind === 'pneumonia') {
    const r = from(0.22, 0.42, found.size);
    canvas.change(
      within(ellipse(x, y + 0.15, r, r * 0.85), ellipse(0, 0, 1, 1.2)),
      (value, coarse, fine, level) =>
        value + Math.max(0, 1 - level + 0.25 * coarse) * (0.2 + 0.1 * coarse + 0.08 * fine),
    );
  }
  if (found.kind === 'effusion') paintPleuralFluid(scene, lung, dome);
  if (found.kind === 'pneumothorax') {
    const gap = from(0.06, 0.2, found.size);
    const free = without(lung, ellipse(found.side * (0.4 - gap), 0.0, 0.38, 0.78 - gap, 0, true));
    canvas.change(free, (value) => value - 0.075);
    canvas.fill(
      arc(
        found.side * (0.4 - gap),
        0.0,
        0.38,
        0.78 - gap,
        found.side > 0 ? -1.5 : 1.64,
        found.side > 0 ? 1.3 : 4.64,
        0.009,
      ),
      add(0.09, { clip: lung }),
    );
  }
}

/** Fluid with its meniscus: higher along the chest wall than at the heart. */
function paintPleuralFluid({ canvas, found }: Scene, lung: Shape, dome: number): void {
  const top = dome - from(0.12, 0.62, found.size);
  const fluid = without(
    ellipse(found.side * 0.5, dome, 0.56, dome - top + 0.3),
    ellipse(found.side * 0.28, top - 0.32, 0.44, 0.42),
  );
  canvas.fill({ ...fluid, thickness: 0.3 }, add(0.36, { soft: 0.14, clip: lung }));
}

/** Lateral chest film: spine behind (right), sternum in front (left), one lung field, heart in front, two domes. */
export const paintChestLateral: Painter = (scene) => {
  const { canvas, body } = scene;
  const deep = body.between(0.62, 0.74);
  canvas.fill(ellipse(0, 0.3, deep + 0.1, 1.5, 0, true), add(0.5, { soft: 0.08 }));
  canvas.fill(rod(-0.1, -1.5, 0, -0.9, 0.3, 0.5), add(0.2, { soft: 0.1 }));
  const lung = without(ellipse(0, -0.1, deep, 0.9, 0.05, true), ellipse(0, 0.98, deep * 1.05, 0.5, 0.25));
  canvas.fill(lung, add(-0.34, { soft: 0.1 }));
  for (let level = 0; level < 14; level += 1) {
    const x = deep * 0.72 + 0.1 * Math.sin(level / 4);
    canvas.fill(ellipse(x, -1.1 + level * 0.165, 0.1, 0.065, 0.1, true), add(0.15));
  }
  canvas.fill(rod(-deep * 0.9, -0.6, -deep * 0.95, 0.35, 0.03), add(0.16, { profile: 'tube' }));
  for (let rib = 0; rib < 9; rib += 1) {
    canvas.fill(arc(0.05, -1.2 + rib * 0.19, deep * 0.85, 0.55, 0.4, 2.3, 0.024), add(0.065, { profile: 'tube' }));
  }
  canvas.fill(ellipse(-0.22, 0.22, 0.4, 0.34, 0.5), add(0.26, { profile: 'dome' }));
  canvas.fill(rod(0.06, -1.1, 0.12, -0.2, 0.05), add(-0.09, { profile: 'dome' }));
  canvas.fill(ellipse(0.1, -0.1, 0.16, 0.14), add(0.1, { profile: 'dome' }));
  for (const low of [0, 0.07]) canvas.fill(ellipse(0.02, 1.0 + low, deep * 1.02, 0.5, 0.25), add(0.1, { soft: 0.02 }));
  paintLateralFinding(scene, lung);
};

function paintLateralFinding({ canvas, found }: Scene, lung: Shape): void {
  const x = from(-0.3, 0.4, found.across);
  const y = from(-0.5, 0.3, found.along);
  const r = from(0.08, 0.3, found.size);
  if (found.kind === 'mass') canvas.fill(ellipse(x, y, r * 0.6, r * 0.55), add(0.25, { profile: 'dome', clip: lung }));
  if (found.kind === 'pneumonia')
    canvas.fill(ellipse(x, y + 0.1, r * 1.3, r), add(0.18, { profile: 'dome', clip: lung, coarse: 0.1 }));
  if (found.kind === 'effusion')
    canvas.fill(ellipse(0.45, 0.62, 0.4, r + 0.1, -0.5), add(0.3, { soft: 0.1, clip: lung }));
}
