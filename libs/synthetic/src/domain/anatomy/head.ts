import { arc, ellipse, rod, within, without } from '../shapes.ts';
import type { Painter, Scene } from './scene.ts';
import { cut, from } from './scene.ts';

/** Signal of each tissue: Hounsfield units for CT, arbitrary units for MR. */
interface HeadTissues {
  readonly air: number;
  readonly scalp: number;
  readonly skull: number;
  readonly marrow: number;
  readonly grey: number;
  readonly white: number;
  readonly fluid: number;
  readonly falx: number;
  readonly bleed: number;
  readonly oedema: number;
  readonly tumour: number;
  readonly necrosis: number;
}

const CT: HeadTissues = {
  air: -1000,
  scalp: -20,
  skull: 1250,
  marrow: 700,
  grey: 39,
  white: 29,
  fluid: 5,
  falx: 52,
  bleed: 74,
  oedema: 17,
  tumour: 58,
  necrosis: 18,
};

const T2: HeadTissues = {
  air: 8,
  scalp: 520,
  skull: 40,
  marrow: 230,
  grey: 430,
  white: 300,
  fluid: 900,
  falx: 120,
  bleed: 180,
  oedema: 720,
  tumour: 520,
  necrosis: 850,
};

const FLAIR: HeadTissues = {
  ...T2,
  scalp: 480,
  grey: 400,
  white: 320,
  fluid: 70,
  oedema: 760,
  tumour: 600,
  necrosis: 260,
};

/** Axial head: scalp, skull, cortex with furrows, white matter, ventricles, falx; low slices show petrous bone and sinus. */
function paintHead(scene: Scene, tissue: HeadTissues): void {
  const { body, z } = scene;
  const squeeze = 1 - 0.3 * Math.max(0, z) ** 2;
  const rx = body.between(0.62, 0.7) * squeeze;
  const ry = body.between(0.8, 0.88) * squeeze;
  const wall = body.between(0.05, 0.075);
  paintVault(scene, tissue, rx, ry, wall);
  paintBrain(scene, tissue, rx - wall - 0.045, ry - wall - 0.045);
  if (z < -0.45) paintBase(scene, tissue, rx, ry);
  paintHeadFinding(scene, tissue, rx - wall - 0.05, ry - wall - 0.05);
}

function paintVault({ canvas, z }: Scene, tissue: HeadTissues, rx: number, ry: number, wall: number): void {
  canvas.fill(ellipse(0, 0, rx + 0.035, ry + 0.03), { value: tissue.scalp, fine: 0.06 * Math.abs(tissue.scalp) });
  for (const side of [-1, 1]) {
    canvas.fill(ellipse(side * (rx + 0.04), 0.12, 0.03, 0.12), { value: tissue.scalp, opacity: z < -0.3 ? 0.9 : 0 });
  }
  canvas.fill(ellipse(0, 0, rx, ry), { value: tissue.skull });
  const diploe = without(
    ellipse(0, 0, rx - 0.3 * wall, ry - 0.3 * wall),
    ellipse(0, 0, rx - 0.65 * wall, ry - 0.65 * wall),
  );
  canvas.fill(diploe, { value: tissue.marrow, soft: 0.03, coarse: 0.15 * tissue.marrow });
  canvas.fill(ellipse(0, 0, rx - wall, ry - wall), { value: tissue.fluid });
}

function paintBrain(scene: Scene, tissue: HeadTissues, rx: number, ry: number): void {
  const { canvas, body, z } = scene;
  const atrophy = body.between(0.01, 0.05);
  const brain = ellipse(0, 0, rx - 0.3 * atrophy, ry - 0.3 * atrophy);
  canvas.fill(brain, { value: tissue.grey });
  // White matter reaches into the gyri: the coarse noise bends its border; furrows are the ridges of the fine noise near the rim.
  canvas.change(brain, (value, coarse, fine, level) => {
    const inner = level + 0.13 * coarse + 0.05 * fine;
    if (inner < 0.8) return tissue.white + (value - tissue.white) * Math.max(0, (inner - 0.7) / 0.1);
    const furrow = Math.abs(fine + 0.4 * coarse) < 0.07 + atrophy && level > 0.74;
    return furrow ? from(value, tissue.fluid, 0.75) : value;
  });
  canvas.fill(rod(0, -ry, 0, -0.28, 0.012), { value: tissue.falx, soft: 0.02 });
  canvas.fill(rod(0, 0.42, 0, ry, 0.012), { value: tissue.falx, soft: 0.02 });
  if (z < 0.72) paintDeep(scene, tissue, atrophy);
}

function paintDeep({ canvas, body, z }: Scene, tissue: HeadTissues, atrophy: number): void {
  const wide = body.between(0.045, 0.07) + atrophy;
  const calcified = body.chance(0.5) && tissue.skull > 1000 && z < 0.4;
  for (const side of [-1, 1]) {
    canvas.fill(ellipse(side * 0.2, -0.06, 0.07, 0.14, side * -0.35), { value: tissue.grey, soft: 0.05 });
    canvas.fill(ellipse(side * 0.12, 0.06, 0.07, 0.09), { value: tissue.grey, soft: 0.05 });
    canvas.fill(ellipse(side * 0.1, -0.26, wide * 0.8, 0.17, side * 0.3), { value: tissue.fluid, soft: 0.03 });
    canvas.fill(ellipse(side * 0.17, 0.28, wide * 0.75, 0.17, side * -0.35), { value: tissue.fluid, soft: 0.03 });
    if (z > 0.1) canvas.fill(rod(side * 0.09, -0.2, side * 0.14, 0.2, wide * 0.7), { value: tissue.fluid, soft: 0.03 });
    if (calcified) canvas.fill(ellipse(side * 0.16, 0.24, 0.022, 0.03), { value: 220 });
  }
  if (z < 0.2) canvas.fill(ellipse(0, 0.05, 0.018 + 0.3 * atrophy, 0.11), { value: tissue.fluid, soft: 0.02 });
}

/** The skull base: petrous ridges, frontal sinus and orbits' roofs, cerebellum behind. */
function paintBase({ canvas, body }: Scene, tissue: HeadTissues, rx: number, ry: number): void {
  const cellular = body.between(0.03, 0.06);
  for (const side of [-1, 1]) {
    canvas.fill(rod(side * rx * 0.92, 0.22, side * 0.17, 0.02, 0.1, 0.04), {
      value: tissue.skull,
      coarse: 0.2 * tissue.skull,
    });
    canvas.fill(ellipse(side * rx * 0.78, 0.24, cellular * 1.5, cellular), {
      value: tissue.air,
      fine: 0.3 * Math.abs(tissue.air),
    });
    canvas.fill(ellipse(side * 0.24, -ry * 0.72, 0.16, 0.15), { value: tissue.scalp, soft: 0.03 });
    canvas.fill(ellipse(side * 0.24, -ry * 0.76, 0.09, 0.09), { value: from(tissue.fluid, tissue.grey, 0.3) });
  }
  canvas.fill(ellipse(0, -ry * 0.78, 0.07, 0.16), { value: tissue.air });
  canvas.fill(ellipse(0, 0.5, 0.035, 0.05), { value: tissue.fluid, soft: 0.03 });
}

function paintHeadFinding(scene: Scene, tissue: HeadTissues, rx: number, ry: number): void {
  const { canvas, found } = scene;
  const size = cut(scene) * from(0.1, 0.26, found.size);
  if (size <= 0.01) return;
  const x = found.side * from(0.2, 0.38, found.across);
  const y = from(-0.35, 0.35, found.along);
  const brain = ellipse(0, 0, rx, ry);
  switch (found.kind) {
    case 'haemorrhage':
      canvas.fill(ellipse(x, y, size * 1.5, size * 1.4), { value: tissue.oedema, soft: 0.08, clip: brain });
      canvas.fill(ellipse(x, y, size, size * 0.8, found.along), {
        value: tissue.bleed,
        fine: 0.05 * tissue.bleed,
        soft: 0.03,
      });
      return;
    case 'subdural':
      paintSubdural(scene, tissue, rx, ry);
      return;
    case 'infarct':
      paintInfarct(scene, tissue, brain);
      return;
    case 'tumour':
      paintTumour(scene, tissue, x, y, size);
      return;
    case 'sclerosis':
      paintPlaques(scene, tissue);
      return;
  }
}

function paintSubdural(scene: Scene, tissue: HeadTissues, rx: number, ry: number): void {
  const { canvas, found } = scene;
  const deep = cut(scene, 1.4) * from(0.07, 0.2, found.size);
  const lens = without(ellipse(0, 0, rx + 0.03, ry + 0.03), ellipse(-found.side * deep, 0, rx + 0.02, ry + 0.02));
  const fresh = found.along > 0.4 ? tissue.bleed : from(tissue.fluid, tissue.grey, 0.55);
  canvas.fill({ ...lens, thickness: 0.3 }, { value: fresh, fine: 3, soft: 0.02 });
}

function paintInfarct({ canvas, found }: Scene, tissue: HeadTissues, brain: ReturnType<typeof ellipse>): void {
  const wide = from(0.2, 0.42, found.size);
  const wedge = ellipse(found.side * 0.48, from(-0.25, 0.3, found.along), wide, wide * 0.85, found.side * 0.3);
  canvas.fill(within(wedge, brain), { value: tissue.oedema, soft: 0.1, coarse: 0.1 * tissue.oedema, opacity: 0.9 });
}

function paintTumour({ canvas }: Scene, tissue: HeadTissues, x: number, y: number, size: number): void {
  canvas.fill(ellipse(x, y, size * 1.9, size * 1.7, x), {
    value: tissue.oedema,
    soft: 0.12,
    coarse: 0.1 * tissue.oedema,
  });
  canvas.fill(ellipse(x, y, size, size * 0.9, y), { value: tissue.tumour, coarse: 0.15 * tissue.tumour, soft: 0.03 });
  canvas.fill(ellipse(x + 0.02, y, size * 0.62, size * 0.55, y), { value: tissue.necrosis, soft: 0.04 });
}

function paintPlaques({ canvas, body, found, z }: Scene, tissue: HeadTissues): void {
  for (let spot = 0; spot < 6 + 10 * found.size; spot += 1) {
    const side = body.side();
    const depth = body.between(-1, 1);
    const plaque = ellipse(
      side * body.between(0.16, 0.33),
      body.between(-0.4, 0.42),
      0.055,
      0.03,
      side * body.between(0.3, 1.2),
    );
    if (Math.abs(depth - z) < 0.6) canvas.fill(plaque, { value: tissue.oedema, soft: 0.03 });
  }
}

export const paintHeadCt: Painter = (scene) => paintHead(scene, CT);
export const paintHeadT2: Painter = (scene) => paintHead(scene, T2);
export const paintHeadFlair: Painter = (scene) => paintHead(scene, FLAIR);

/** The table or head rest under a body, seen in CT. */
export function paintTable({ canvas, body }: Scene, top: number): void {
  const deep = body.between(0.5, 0.9);
  canvas.fill(arc(0, top - deep, 0.95, deep, 0.5, Math.PI - 0.5, 0.012), { value: -350 });
  canvas.fill(arc(0, top - deep + 0.09, 0.95, deep, 0.5, Math.PI - 0.5, 0.01), { value: -500 });
}
