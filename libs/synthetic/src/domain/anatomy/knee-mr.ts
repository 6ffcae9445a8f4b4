import { arc, ellipse, rod, without } from '../shapes.ts';
import type { Painter, Scene } from './scene.ts';
import { cut, from } from './scene.ts';

const FAT = 620;
const MUSCLE = 210;
const MARROW = 520;
const DARK = 35;
const FLUID = 950;

/** Sagittal knee, proton-density: femur, tibia, patella, tendons, menisci as dark triangles, cruciate ligament, fat pads, muscles behind. */
export const paintKneePd: Painter = (scene) => {
  paintSoftParts(scene);
  paintBones(scene);
  paintLigaments(scene);
  paintKneeFinding(scene);
};

function paintSoftParts({ canvas, body }: Scene): void {
  const stout = body.between(0.9, 1.08);
  canvas.fill(rod(0.08, -1.6, 0.02, -0.1, 0.74 * stout, 0.64 * stout), { value: FAT });
  canvas.fill(rod(0.02, -0.1, 0.12, 1.6, 0.64 * stout, 0.6 * stout), { value: FAT, coarse: 30 });
  canvas.fill(rod(0.42, -1.6, 0.38, -0.35, 0.27 * stout, 0.14), { value: MUSCLE, coarse: 60, fine: 40 });
  canvas.fill(rod(0.38, 0.1, 0.48, 1.6, 0.14, 0.26 * stout), { value: MUSCLE, coarse: 60, fine: 40 });
  canvas.fill(rod(-0.34, -1.6, -0.36, -0.75, 0.2, 0.1), { value: MUSCLE, coarse: 50, fine: 30 });
  canvas.fill(rod(0.42, -0.9, 0.44, 0.8, 0.035), { value: 90, soft: 0.03 });
}

function paintBones({ canvas, body, z }: Scene): void {
  const wide = body.between(0.34, 0.4) * (1 - 0.12 * z * z);
  const cartilage = { value: 700, soft: 0.03 };
  const femur = [ellipse(0.0, -0.3, wide + 0.05, 0.33), rod(-0.02, -1.7, 0, -0.5, 0.18, 0.26)] as const;
  canvas.fill(ellipse(0.01, -0.29, wide + 0.08, 0.36), cartilage);
  canvas.fill(ellipse(0.04, 0.22, wide + 0.06, 0.13), cartilage);
  for (const part of femur) canvas.fill(part, { value: DARK });
  canvas.fill(ellipse(0.0, -0.3, wide + 0.025, 0.305), { value: MARROW, coarse: 50, fine: 40 });
  canvas.fill(rod(-0.02, -1.7, 0, -0.5, 0.15, 0.235), { value: MARROW, coarse: 50, fine: 40 });
  canvas.fill(ellipse(0.06, 0.34, wide + 0.03, 0.16), { value: DARK });
  canvas.fill(rod(0.05, 0.4, 0.0, 1.7, 0.3, 0.17), { value: DARK });
  canvas.fill(ellipse(0.06, 0.345, wide, 0.135), { value: MARROW, coarse: 50, fine: 40 });
  canvas.fill(rod(0.05, 0.4, 0.0, 1.7, 0.275, 0.14), { value: MARROW, coarse: 50, fine: 40 });
  canvas.fill(rod(-0.22, 0.48, 0.34, 0.5, 0.006), { value: 230, soft: 0.02 });
  canvas.fill(rod(-0.3, -0.52, 0.26, -0.46, 0.006), { value: 260, soft: 0.02 });
  canvas.fill(ellipse(-0.49, -0.44, 0.1, 0.2, -0.12), { value: DARK });
  canvas.fill(ellipse(-0.49, -0.44, 0.078, 0.178, -0.12), { value: MARROW, fine: 40 });
}

function paintLigaments({ canvas, found, z }: Scene): void {
  canvas.fill(rod(-0.38, -1.6, -0.5, -0.6, 0.045), { value: DARK, soft: 0.02 });
  canvas.fill(rod(-0.54, -0.28, -0.3, 0.48, 0.034), { value: DARK, soft: 0.02 });
  canvas.fill(ellipse(-0.4, 0.06, 0.12, 0.19, -0.2), { value: FAT + 30, coarse: 50, soft: 0.04 });
  for (const side of [-1, 1]) {
    canvas.fill(rod(0.04 + side * 0.38, 0.1, 0.04 + side * 0.16, 0.14, 0.06, 0.012), { value: DARK, soft: 0.02 });
  }
  if (Math.abs(z) < 0.5) {
    const torn = found.kind === 'cruciate tear';
    canvas.fill(rod(0.17, -0.18, -0.06, 0.18, 0.04), {
      value: torn ? 520 : 60,
      fine: torn ? 280 : 20,
      soft: torn ? 0.07 : 0.02,
    });
    canvas.fill(arc(0.12, 0.06, 0.22, 0.26, -1.4, 0.6, 0.036), { value: DARK, soft: 0.02 });
  }
}

function paintKneeFinding(scene: Scene): void {
  const { canvas, found, body } = scene;
  const size = cut(scene, 1.2);
  if (size < 0.1) return;
  if (found.kind === 'effusion' || found.kind === 'cruciate tear') {
    const much = size * (found.kind === 'effusion' ? from(0.08, 0.17, found.size) : 0.06);
    canvas.fill(ellipse(-0.3, -0.82, much, 0.26 + much, 0.12), { value: FLUID, soft: 0.03 });
    canvas.fill(without(ellipse(0.0, -0.3, 0.5, 0.42), ellipse(0.02, -0.3, 0.46, 0.38)), {
      value: FLUID,
      opacity: 0.75,
    });
    canvas.fill(ellipse(0.37, -0.02, much * 0.7, much * 1.5), { value: FLUID, soft: 0.03 });
  }
  if (found.kind === 'bone tumour') {
    const r = size * from(0.13, 0.3, found.size);
    const y = from(-0.75, -0.4, found.along);
    canvas.fill(ellipse(0.1 * found.side, y, r * 1.1, r * 1.3), { value: 250, coarse: 160, fine: 120, soft: 0.05 });
    canvas.fill(ellipse(0.25 * found.side, y, r * 0.9, r), { value: 330, coarse: 150, fine: 100, soft: 0.05 });
  }
  if (found.kind === 'contusion') {
    const y = found.along > 0.5 ? 0.36 : -0.22;
    canvas.fill(ellipse(0.12 * found.side, y, size * from(0.12, 0.24, found.size), size * 0.13), {
      value: 250,
      coarse: 120,
      soft: 0.12,
    });
    if (body.chance(0.5)) canvas.fill(rod(-0.1, y + 0.04, 0.2, y - 0.02, 0.008), { value: DARK, soft: 0.02 });
  }
}
