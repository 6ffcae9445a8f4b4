import type { Shape } from '../shapes.ts';
import { arc, ellipse, rod, within } from '../shapes.ts';
import type { Painter, Scene } from './scene.ts';
import { cut, from } from './scene.ts';

/**
 * Echo strength 0 to 1 over the insonated plane; the skin is at the top. Values above 1.5 stand for a reflector that lets nothing
 * through (stone, air), and negative values for fluid that strengthens what lies behind it: the beam model reads both.
 */
const FLUID = -0.02;
const STONE = 2;

function paintWallLayers({ canvas, body }: Scene, depth: number): void {
  const layers = body.whole(3, 5);
  for (let layer = 0; layer < layers; layer += 1) {
    const y = -0.98 + (depth * layer) / layers;
    canvas.fill(ellipse(0, y, 2, 0.022), { value: 0.75, fine: 0.2, soft: 0.03 });
    canvas.fill(ellipse(0, y + 0.05, 2, 0.02), { value: 0.25, fine: 0.1, soft: 0.03 });
  }
}

/** Liver with its veins, gallbladder, diaphragm. */
export const paintLiverEcho: Painter = (scene) => {
  const { canvas, body, z } = scene;
  canvas.fill(ellipse(0, 0, 3, 3), { value: 0.42, coarse: 0.05, fine: 0.05 });
  paintWallLayers(scene, 0.22);
  const tilt = body.between(-0.2, 0.2);
  for (let vein = 0; vein < 5; vein += 1) {
    const x = body.between(-0.6, 0.5);
    const y = body.between(-0.4, 0.4);
    const turn = body.between(-0.8, 0.8) + tilt;
    const reach = body.between(0.12, 0.35);
    const r = body.between(0.018, 0.042);
    const end = [x + Math.cos(turn) * reach, y + Math.sin(turn) * reach + 0.04 * z] as const;
    if (vein % 2 === 0) canvas.fill(rod(x, y, end[0], end[1], r + 0.02), { value: 0.72, soft: 0.02 });
    canvas.fill(rod(x, y, end[0], end[1], r), { value: 0.03, soft: 0.02 });
  }
  canvas.fill(arc(-0.05, -0.15, 1.05, 1.0, 0.35, 2.3, 0.028), { value: 1, fine: 0.1 });
  canvas.fill(arc(-0.05, -0.15, 1.2, 1.15, 0.3, 2.4, 0.1), { value: 0.3, fine: 0.2, soft: 0.1 });
  const gall = ellipse(0.3, 0.2, 0.25, body.between(0.1, 0.14), 0.5 + tilt);
  if (Math.abs(z) < 0.8) {
    canvas.fill(ellipse(0.3, 0.2, 0.275, 0.145, 0.5 + tilt), { value: 0.8 });
    canvas.fill(gall, { value: FLUID });
  }
  paintLiverFinding(scene, gall);
};

function paintLiverFinding(scene: Scene, gall: Shape): void {
  const { canvas, body, found } = scene;
  const size = cut(scene, 1.2) * from(0.08, 0.2, found.size);
  const x = from(-0.5, 0.05, found.across);
  const y = from(-0.4, 0.35, found.along);
  if (size < 0.02) return;
  if (found.kind === 'gallstones') {
    for (let stone = 0; stone < 1 + 3 * found.size; stone += 1) {
      const r = body.between(0.03, 0.05);
      canvas.fill(within(ellipse(0.22 + 0.09 * stone, 0.24 + 0.05 * stone, r, r * 0.7), gall), { value: STONE });
    }
  }
  if (found.kind === 'cyst') {
    canvas.fill(ellipse(x, y, size + 0.012, size + 0.012), { value: 0.8 });
    canvas.fill(ellipse(x, y, size, size * 0.95), { value: FLUID });
  }
  if (found.kind === 'metastases') {
    for (let spot = 0; spot < 4 + 4 * found.size; spot += 1) {
      const [sx, sy, r] = [body.between(-0.65, 0.2), body.between(-0.45, 0.5), body.between(0.05, 0.1)];
      canvas.fill(ellipse(sx, sy, r, r * 0.9), { value: 0.2, soft: 0.03 });
      canvas.fill(ellipse(sx, sy, r * 0.6, r * 0.55), { value: 0.62, fine: 0.1, soft: 0.03 });
    }
  }
}

/** Kidney along its length: dark cortex with pyramids, bright sinus, liver before it. */
export const paintKidneyEcho: Painter = (scene) => {
  const { canvas, body, z } = scene;
  const angle = body.between(-0.25, 0.25);
  const long = body.between(0.5, 0.6);
  const thick = body.between(0.25, 0.3) * (1 - 0.2 * z * z);
  canvas.fill(ellipse(0, 0, 3, 3), { value: 0.36, coarse: 0.14, fine: 0.06 });
  paintWallLayers(scene, 0.3);
  canvas.fill(ellipse(-0.1, -0.45, 0.95, 0.28, 0.1), { value: 0.42, fine: 0.05 });
  canvas.fill(ellipse(0.03, 0.05, long + 0.045, thick + 0.045, angle), { value: 0.85, soft: 0.05 });
  canvas.fill(ellipse(0.03, 0.05, long, thick, angle), { value: 0.27, fine: 0.05 });
  for (let pyramid = 0; pyramid < 9; pyramid += 1) {
    const turn = (pyramid / 9) * 6.28 + angle;
    canvas.fill(ellipse(0.03 + Math.cos(turn) * long * 0.68, 0.05 + Math.sin(turn) * thick * 0.68, 0.055, 0.045), {
      value: 0.12,
      soft: 0.04,
    });
  }
  canvas.fill(ellipse(0.03, 0.05, long * 0.56, thick * 0.42, angle), {
    value: 0.85,
    coarse: 0.15,
    fine: 0.15,
    soft: 0.08,
  });
  canvas.fill(arc(0, -0.2, 1.1, 1.1, 0.4, 2.6, 0.02), { value: 0.8 });
  paintKidneyFinding(scene, long, thick, angle);
};

function paintKidneyFinding(scene: Scene, long: number, thick: number, angle: number): void {
  const { canvas, body, found } = scene;
  const size = cut(scene, 1.2);
  if (size < 0.1) return;
  if (found.kind === 'hydronephrosis') {
    const wide = from(0.4, 0.75, found.size) * size;
    canvas.fill(ellipse(0.03, 0.07, long * 0.5 * wide, thick * 0.6 * wide, angle), { value: FLUID });
    for (let calyx = 0; calyx < 6; calyx += 1) {
      const turn = (calyx / 6) * 6.28;
      const [x, y] = [0.03 + Math.cos(turn) * long * 0.55, 0.05 + Math.sin(turn) * thick * 0.5];
      canvas.fill(rod(0.03, 0.07, x, y, 0.025, 0.05 + 0.03 * wide), { value: FLUID });
    }
  }
  if (found.kind === 'cyst') {
    const r = size * from(0.09, 0.2, found.size);
    const end = found.side * long * from(0.5, 0.9, found.across);
    canvas.fill(ellipse(0.03 + end, 0.02, r + 0.012, r + 0.012), { value: 0.8 });
    canvas.fill(ellipse(0.03 + end, 0.02, r, r), { value: FLUID });
  }
  if (found.kind === 'stone') {
    const r = from(0.03, 0.06, found.size);
    canvas.fill(ellipse(body.between(-0.15, 0.2), 0.06, r * 1.3, r * 0.8), { value: STONE });
  }
}

/** Neck across: skin and strap muscles, two thyroid lobes with isthmus over the trachea, carotid arteries at the sides. */
export const paintThyroidEcho: Painter = (scene) => {
  const { canvas, body, found } = scene;
  canvas.fill(ellipse(0, 0, 3, 3), { value: 0.3, coarse: 0.12, fine: 0.1 });
  paintWallLayers(scene, 0.25);
  const lobe = body.between(0.2, 0.26);
  for (const side of [-1, 1]) {
    canvas.fill(ellipse(side * 0.3, -0.55, 0.38, 0.085, side * 0.15), { value: 0.16, fine: 0.1 });
    canvas.fill(ellipse(side * 0.72, -0.4, 0.22, 0.14, side * 0.5), { value: 0.18, fine: 0.12 });
    canvas.fill(ellipse(side * 0.34, -0.16, lobe, lobe * 0.92), { value: 0.6, fine: 0.05 });
    canvas.fill(ellipse(side * 0.72, -0.08, 0.125, 0.125), { value: 0.8 });
    canvas.fill(ellipse(side * 0.72, -0.08, 0.1, 0.1), { value: FLUID });
    canvas.fill(ellipse(side * 0.4, 0.35, 0.42, 0.14, side * -0.15), { value: 0.2, fine: 0.12 });
  }
  canvas.fill(ellipse(0, -0.34, 0.26, 0.06), { value: 0.6, fine: 0.05 });
  canvas.fill(arc(0, 0.05, 0.22, 0.3, -2.7, -0.44, 0.03), { value: STONE });
  const r = cut(scene, 1.2) * from(0.07, 0.16, found.size);
  const x = found.side * from(0.28, 0.4, found.across);
  if (r < 0.02) return;
  if (found.kind === 'cyst') canvas.fill(ellipse(x, -0.16, r, r * 0.9), { value: FLUID });
  if (found.kind === 'nodule' || found.kind === 'carcinoma') paintNodule(scene, x, r);
};

function paintNodule({ canvas, body, found }: Scene, x: number, r: number): void {
  const malign = found.kind === 'carcinoma';
  const shape = malign ? ellipse(x, -0.16, r * 0.8, r * 1.15) : ellipse(x, -0.16, r * 1.2, r * 0.9);
  canvas.fill(ellipse(x, -0.16, r * 1.3, r * 1.02), { value: malign ? 0.5 : 0.2, soft: 0.03 });
  canvas.fill(shape, { value: malign ? 0.2 : 0.72, fine: 0.1, coarse: malign ? 0.1 : 0, soft: malign ? 0.06 : 0.02 });
  for (let grain = 0; malign && grain < 6; grain += 1) {
    canvas.fill(ellipse(x + body.between(-0.5, 0.5) * r, -0.16 + body.between(-0.6, 0.6) * r, 0.014, 0.012), {
      value: 1.2,
    });
  }
}
