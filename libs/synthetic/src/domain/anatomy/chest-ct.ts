import type { Shape } from '../shapes.ts';
import { ellipse, rod, within } from '../shapes.ts';
import { paintTable } from './head.ts';
import type { Painter, Scene } from './scene.ts';
import { cut, from } from './scene.ts';
import { CT_TRUNK, paintRibs, paintVertebra, paintVessels, paintWall } from './trunk.ts';

const LUNG = -860;

/** Axial chest: wall with ribs, two lungs with vessels, mediastinum by level (arch above, heart below), vertebra, table. */
export const paintChestCt: Painter = (scene) => {
  const { canvas, body, sex } = scene;
  const rx = body.between(0.84, 0.94);
  const ry = body.between(0.56, 0.66);
  const fat = body.between(0.05, 0.1);
  paintTable(scene, ry + 0.16);
  if (sex === 'F') {
    for (const side of [-1, 1]) canvas.fill(ellipse(side * 0.42, -ry + 0.03, 0.27, 0.2), { value: -90, coarse: 40 });
  }
  paintWall(canvas, CT_TRUNK, rx, ry, fat, CT_TRUNK.fat);
  paintRibs(canvas, CT_TRUNK, rx - fat - 0.045, ry - fat - 0.045, 0.25 * scene.z);
  const lungs = lungShapes(scene, rx - fat - 0.09, ry - fat - 0.1);
  for (const lung of lungs) canvas.fill(lung, { value: LUNG, coarse: 25, fine: 20 });
  paintLungVessels(scene, lungs);
  paintVertebra(canvas, CT_TRUNK, ry * 0.52, 0.14);
  paintMediastinum(scene, ry);
  paintChestFinding(scene, lungs);
};

function lungShapes({ z }: Scene, rx: number, ry: number): [Shape, Shape] {
  const height = ry * (1 - 0.12 * z * z);
  const lobe = (side: number): Shape =>
    within(
      ellipse(0, -0.01, rx, ry),
      ellipse(side * rx * 0.62, 0.02, rx * 0.5 * (1 - 0.15 * Math.max(0, z)), height, side * -0.12),
    );
  return [lobe(-1), lobe(1)];
}

function paintLungVessels({ canvas, body }: Scene, lungs: readonly [Shape, Shape]): void {
  for (const [side, clip] of [
    [-1, lungs[0]],
    [1, lungs[1]],
  ] as const) {
    paintVessels(body, [side * 0.2, 0.02], side * 0.55, (x1, y1, x2, y2, r) =>
      canvas.fill(rod(x1, y1, x2, y2, r * 0.8, r * 0.5), { value: -120, soft: 0.02, clip, opacity: 0.85 }),
    );
  }
}

function paintMediastinum({ canvas, body, z }: Scene, ry: number): void {
  const heart = body.between(0.28, 0.36);
  const soft = { value: 45, coarse: 12, soft: 0.03 };
  canvas.fill(ellipse(0, -0.08, 0.2, ry * 0.6), { value: -60, coarse: 50, soft: 0.04 });
  if (z < 0.05) {
    canvas.fill(ellipse(0.12, -0.12, heart, heart * 0.8, 0.6), { ...soft, value: 60 });
    canvas.fill(ellipse(0.2, -0.06, heart * 0.55, heart * 0.4, 0.7), { value: 175, soft: 0.05 });
    canvas.fill(ellipse(0.0, -0.22, heart * 0.5, heart * 0.35, 0.4), { value: 165, soft: 0.05 });
  } else {
    canvas.fill(ellipse(-0.06, -0.16, 0.1, 0.1), { value: 190, soft: 0.02 });
    canvas.fill(ellipse(0.1, -0.1, 0.13, 0.075, 0.5), { value: 200, soft: 0.02 });
    canvas.fill(ellipse(-0.13, -0.09, 0.05, 0.06), { value: 150, soft: 0.02 });
  }
  canvas.fill(ellipse(0.13, ry * 0.3, 0.075, 0.075), { value: 185, soft: 0.02 });
  paintAirways(canvas, z);
  canvas.fill(rod(-0.09, -ry + 0.13, 0.09, -ry + 0.13, 0.04), { value: 380 });
}

function paintAirways(canvas: Scene['canvas'], z: number): void {
  if (z > 0.3) {
    canvas.fill(ellipse(0, 0.06, 0.06, 0.065), { value: 30 });
    canvas.fill(ellipse(0, 0.06, 0.045, 0.05), { value: -990 });
    return;
  }
  for (const side of [-1, 1]) canvas.fill(rod(side * 0.04, 0.08, side * 0.17, 0.11, 0.03), { value: -980, soft: 0.02 });
}

function paintChestFinding(scene: Scene, lungs: readonly [Shape, Shape]): void {
  const { canvas, found } = scene;
  const lung = found.side < 0 ? lungs[0] : lungs[1];
  const size = cut(scene, 0.75);
  if (size === 0) return;
  const x = found.side * from(0.4, 0.62, found.across);
  const y = from(-0.25, 0.28, found.along);
  if (found.kind === 'carcinoma') paintMass(scene, lung, x, y, size * from(0.06, 0.19, found.size));
  if (found.kind === 'effusion') {
    const level = from(0.33, 0.1, found.size * size);
    canvas.fill(within(lung, ellipse(found.side * 0.5, level + 0.5, 0.8, 0.5)), { value: 12, fine: 4, soft: 0.02 });
  }
  if (found.kind === 'pneumonia') {
    const field = within(lung, ellipse(x, y + 0.1, from(0.2, 0.4, found.size), from(0.18, 0.32, found.size)));
    canvas.change(field, (value, coarse, fine, level) =>
      from(value, 35 + 30 * fine, Math.min(1, Math.max(0, (1.1 - level + 0.5 * coarse) * 1.4))),
    );
    paintBronchogram(scene, field, x);
  }
}

function paintMass({ canvas, body }: Scene, clip: Shape, x: number, y: number, r: number): void {
  for (let spike = 0; spike < 11; spike += 1) {
    const angle = body.between(0, 6.28);
    const reach = r * body.between(1.2, 1.7);
    canvas.fill(rod(x, y, x + Math.cos(angle) * reach, y + Math.sin(angle) * reach, r * 0.3, 0.006), {
      value: -80,
      soft: 0.03,
      clip,
    });
  }
  canvas.fill(ellipse(x, y, r, r * 0.88, y), { value: 42, coarse: 14, soft: 0.02 });
}

function paintBronchogram({ canvas, body }: Scene, clip: Shape, x: number): void {
  for (let branch = 0; branch < 4; branch += 1) {
    const y = body.between(-0.1, 0.3);
    canvas.fill(rod(x * 0.6, y * 0.6, x * 1.25, y * 1.2, 0.016, 0.008), {
      value: -850,
      soft: 0.02,
      clip,
      opacity: 0.8,
    });
  }
}
