import type { Shape } from '../shapes.ts';
import { arc, ellipse, rod, within } from '../shapes.ts';
import { paintTable } from './head.ts';
import type { Painter, Scene } from './scene.ts';
import { cut, from } from './scene.ts';
import type { TrunkTissues } from './trunk.ts';
import { CT_TRUNK, paintBowel, paintRibs, paintVertebra, paintVessels, paintWall, T2_TRUNK } from './trunk.ts';

/** Axial upper abdomen: liver on the left of the picture, spleen, stomach, kidneys in the lower slices, great vessels. */
function paintAbdomen(scene: Scene, tissue: TrunkTissues): void {
  const { canvas, body, z } = scene;
  const rx = body.between(0.82, 0.92);
  const ry = body.between(0.58, 0.7);
  const fat = body.between(0.07, 0.14);
  paintWall(canvas, tissue, rx, ry, fat, tissue.fat);
  paintRibs(canvas, tissue, rx - fat - 0.05, ry - fat - 0.05, 0.2 * z);
  const liver = paintSolidOrgans(scene, tissue, rx - fat - 0.1, ry - fat - 0.11);
  paintStomach(scene, tissue);
  if (z < 0.3) paintKidneys(scene, tissue);
  paintVertebra(canvas, tissue, ry * 0.5, 0.15);
  paintGreatVessels(scene, tissue);
  paintAbdomenFinding(scene, tissue, liver);
}

function paintSolidOrgans({ canvas, body, z }: Scene, tissue: TrunkTissues, rx: number, ry: number): Shape {
  const cavity = ellipse(0, -0.01, rx, ry);
  const big = body.between(0.9, 1.1) * (1 - 0.35 * Math.max(0, -z - 0.2));
  const liver = within(cavity, ellipse(-rx * 0.58, -0.08, 0.47 * big, 0.46 * big, 0.25));
  const left = within(cavity, ellipse(-0.05, -ry * 0.62, 0.34 * big, 0.15 * big, -0.1));
  const spleen = within(cavity, ellipse(rx * 0.78, 0.16, 0.17, 0.3, 0.35));
  canvas.fill(spleen, { value: tissue.spleen, coarse: tissue.grain });
  if (z > -0.4) canvas.fill(left, { value: tissue.liver, coarse: tissue.grain });
  canvas.fill(liver, { value: tissue.liver, coarse: tissue.grain, fine: 0.6 * tissue.grain });
  paintVessels(body, [-0.12, 0.03], -0.42, (x1, y1, x2, y2, r) =>
    canvas.fill(rod(x1, y1, x2, y2, r * 0.9, r * 0.5), {
      value: from(tissue.liver, tissue.blood, 0.6),
      soft: 0.03,
      clip: liver,
      opacity: 0.7,
    }),
  );
  if (z < 0.1) canvas.fill(ellipse(-0.3, -0.24, 0.1, 0.07, 0.6), { value: tissue.fluid + 4, soft: 0.03 });
  return liver;
}

function paintStomach({ canvas, body, z }: Scene, tissue: TrunkTissues): void {
  if (z > -0.1) {
    canvas.fill(ellipse(0.3, -0.2, 0.26, 0.17, 0.4), { value: tissue.muscle + tissue.grain });
    canvas.fill(ellipse(0.3, -0.2, 0.235, 0.145, 0.4), { value: tissue.bowel, fine: 2 * tissue.grain });
    canvas.fill(ellipse(0.3, -0.27, 0.17, 0.06), { value: tissue.gas });
  } else {
    paintBowel(canvas, body, tissue, 9, [0, -0.38, 0.5, 0.0]);
  }
  canvas.fill(rod(-0.08, -0.02, 0.35, 0.04, 0.05, 0.035), {
    value: tissue.muscle + 40,
    fine: 2 * tissue.grain,
    soft: 0.04,
  });
}

function paintKidneys({ canvas }: Scene, tissue: TrunkTissues): void {
  for (const side of [-1, 1]) {
    canvas.fill(ellipse(side * 0.42, 0.27, 0.19, 0.18), { value: tissue.fat });
    canvas.fill(ellipse(side * 0.42, 0.27, 0.15, 0.14, side * 0.5), { value: tissue.kidney, coarse: tissue.grain });
    canvas.fill(ellipse(side * 0.34, 0.25, 0.085, 0.06, side * 0.5), {
      value: tissue.fat,
      coarse: 3 * tissue.grain,
      soft: 0.04,
    });
  }
}

function paintGreatVessels({ canvas, body }: Scene, tissue: TrunkTissues): void {
  canvas.fill(ellipse(0.07, 0.14, 0.062, 0.062), { value: tissue.blood + tissue.grain, soft: 0.02 });
  if (body.chance(0.4) && tissue.cortex > 100)
    canvas.fill(arc(0.07, 0.14, 0.06, 0.06, 0.2, 1.4, 0.009), { value: 500 });
  canvas.fill(ellipse(-0.1, 0.12, 0.075, 0.055), { value: tissue.blood - tissue.grain, soft: 0.02 });
}

function paintAbdomenFinding(scene: Scene, tissue: TrunkTissues, liver: Shape): void {
  const { canvas, found } = scene;
  const size = cut(scene) * from(0.07, 0.2, found.size);
  const x = from(-0.62, -0.35, found.across);
  const y = from(-0.28, 0.16, found.along);
  if (size < 0.02) return;
  if (found.kind === 'cyst')
    canvas.fill(within(ellipse(x, y, size, size * 0.92), liver), { value: tissue.fluid, soft: 0.02 });
  if (found.kind === 'metastases') paintMetastases(scene, tissue, liver);
  if (found.kind === 'renal mass') {
    const kidney = found.side * from(0.44, 0.52, found.across);
    canvas.fill(ellipse(kidney, 0.25, size * 1.05, size), {
      value: tissue.lesion + 30,
      coarse: 4 * tissue.grain,
      soft: 0.02,
    });
    canvas.fill(ellipse(kidney + 0.02, 0.25, size * 0.5, size * 0.4), { value: tissue.fluid + 15, soft: 0.05 });
  }
  if (found.kind === 'aneurysm') {
    canvas.fill(ellipse(0.07, 0.1, size * 1.1, size), { value: tissue.muscle - 5, coarse: tissue.grain });
    canvas.fill(ellipse(0.09, 0.12, size * 0.62, size * 0.55), { value: tissue.blood + tissue.grain, soft: 0.02 });
    canvas.fill(arc(0.07, 0.1, size * 1.1, size, 2.2, 4.4, 0.01), { value: tissue.cortex });
  }
  if (found.kind === 'haemangioma') {
    canvas.fill(within(ellipse(x, y, size, size * 0.85, y), liver), {
      value: from(tissue.lesion, tissue.fluid, 0.6),
      coarse: tissue.grain,
      soft: 0.02,
    });
  }
}

function paintMetastases({ canvas, body, found, z }: Scene, tissue: TrunkTissues, liver: Shape): void {
  for (let spot = 0; spot < 5 + 7 * found.size; spot += 1) {
    const x = body.between(-0.75, -0.2);
    const y = body.between(-0.4, 0.22);
    const r = body.between(0.035, 0.09);
    const depth = body.between(-1, 1);
    if (Math.abs(depth - z) > 0.7) continue;
    canvas.fill(within(ellipse(x, y, r, r * 0.9), liver), { value: tissue.lesion, soft: 0.03 });
    canvas.fill(within(ellipse(x, y, r * 0.45, r * 0.4), liver), {
      value: from(tissue.lesion, tissue.fluid, 0.5),
      soft: 0.03,
    });
  }
}

export const paintAbdomenCt: Painter = (scene) => {
  paintTable(scene, 0.82);
  paintAbdomen(scene, CT_TRUNK);
};
export const paintAbdomenT2: Painter = (scene) => paintAbdomen(scene, T2_TRUNK);

/** Axial pelvis: iliac wings above, acetabula and femoral heads below, sacrum, bladder, rectum. */
export const paintPelvisCt: Painter = (scene) => {
  const { canvas, body, z } = scene;
  const rx = body.between(0.88, 0.95);
  const ry = body.between(0.54, 0.64);
  paintTable(scene, ry + 0.17);
  paintWall(canvas, CT_TRUNK, rx, ry, body.between(0.1, 0.18), CT_TRUNK.fat);
  for (const side of [-1, 1]) {
    canvas.fill(ellipse(side * 0.4, 0.34, 0.3, 0.19, side * -0.35), { value: CT_TRUNK.muscle, fine: 14, coarse: 10 });
    canvas.fill(ellipse(side * 0.3, -0.3, 0.12, 0.1), { value: CT_TRUNK.muscle, fine: 10 });
  }
  paintBowel(canvas, body, CT_TRUNK, z > 0 ? 12 : 4, [-0.36, -0.4, 0.36, -0.12]);
  if (z > 0) paintIliac(scene);
  else paintHips(scene);
  paintPelvicOrgans(scene);
};

function paintIliac({ canvas }: Scene): void {
  for (const side of [-1, 1]) {
    canvas.fill(rod(side * 0.24, 0.36, side * 0.6, -0.14, 0.05, 0.035), { value: CT_TRUNK.cortex + 100 });
    canvas.fill(rod(side * 0.26, 0.34, side * 0.59, -0.12, 0.026, 0.016), { value: CT_TRUNK.marrow, fine: 60 });
    canvas.fill(ellipse(side * 0.34, -0.02, 0.14, 0.19, side * 0.5), { value: CT_TRUNK.muscle, fine: 12 });
  }
  canvas.fill(ellipse(0, 0.33, 0.21, 0.13), { value: CT_TRUNK.cortex });
  canvas.fill(ellipse(0, 0.33, 0.19, 0.11), { value: CT_TRUNK.marrow - 40, fine: 70 });
}

function paintHips({ canvas, found }: Scene): void {
  for (const side of [-1, 1]) {
    canvas.fill(arc(side * 0.5, 0.03, 0.17, 0.17, side > 0 ? 1.9 : -1.3, side > 0 ? 4.4 : 1.3, 0.036), {
      value: CT_TRUNK.cortex + 150,
    });
    canvas.fill(ellipse(side * 0.51, 0.03, 0.125, 0.125), { value: CT_TRUNK.cortex });
    canvas.fill(ellipse(side * 0.51, 0.03, 0.11, 0.11), { value: CT_TRUNK.marrow + 90, fine: 80 });
    canvas.fill(rod(side * 0.6, 0.08, side * 0.76, 0.13, 0.075, 0.09), { value: CT_TRUNK.cortex });
    canvas.fill(rod(side * 0.6, 0.08, side * 0.76, 0.13, 0.055, 0.07), { value: CT_TRUNK.marrow, fine: 60 });
    if (found.kind === 'hip fracture' && side === found.side) {
      canvas.fill(rod(side * 0.64, -0.06, side * 0.68, 0.24, from(0.012, 0.03, found.size)), { value: 40 });
    }
  }
  canvas.fill(ellipse(0, 0.42, 0.07, 0.04), { value: CT_TRUNK.cortex });
}

function paintPelvicOrgans(scene: Scene): void {
  const { canvas, body, found, z, sex } = scene;
  const full = body.between(0.17, 0.27);
  if (sex === 'F' && z < 0.5) canvas.fill(ellipse(0, 0.08, 0.17, 0.1), { value: 85, coarse: 12 });
  if (z < 0.35) {
    canvas.fill(ellipse(0, -0.08, full * 1.1, full * 0.8), { value: 40 });
    canvas.fill(ellipse(0, -0.08, full * 1.1 - 0.02, full * 0.8 - 0.02), { value: CT_TRUNK.fluid, soft: 0.02 });
  }
  canvas.fill(ellipse(0.03, 0.27, 0.09, 0.08), { value: CT_TRUNK.muscle });
  canvas.fill(ellipse(0.03, 0.26, 0.05, 0.035), { value: body.chance(0.6) ? CT_TRUNK.gas : 20, soft: 0.02 });
  const size = cut(scene) * from(0.06, 0.14, found.size);
  if (size > 0.02 && found.kind === 'bladder tumour') {
    canvas.fill(ellipse(found.side * full * 0.85, -0.08 + 0.1 * found.along, size * 1.2, size), {
      value: 78,
      coarse: 18,
      soft: 0.02,
    });
  }
  if (size > 0.02 && found.kind === 'abscess') {
    const x = found.side * from(0.14, 0.3, found.across);
    canvas.fill(ellipse(x, 0.12, size * 1.4, size * 1.2, x), { value: 95, coarse: 10 });
    canvas.fill(ellipse(x, 0.12, size * 1.15, size * 0.95, x), { value: 18, soft: 0.02 });
    canvas.fill(ellipse(x, 0.12 - size * 0.55, size * 0.5, size * 0.22), { value: CT_TRUNK.gas });
  }
}
