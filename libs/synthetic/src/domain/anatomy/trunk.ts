import type { Canvas } from '../canvas.ts';
import type { Random } from '../random.ts';
import { arc, ellipse, rod } from '../shapes.ts';

/** Signals of the trunk's tissues, for CT (Hounsfield units) and MR (arbitrary units). */
export interface TrunkTissues {
  readonly skin: number;
  readonly fat: number;
  readonly muscle: number;
  readonly cortex: number;
  readonly marrow: number;
  readonly blood: number;
  readonly fluid: number;
  readonly liver: number;
  readonly spleen: number;
  readonly kidney: number;
  readonly bowel: number;
  readonly gas: number;
  readonly lesion: number;
  readonly grain: number;
}

export const CT_TRUNK: TrunkTissues = {
  skin: 30,
  fat: -100,
  muscle: 55,
  cortex: 620,
  marrow: 190,
  blood: 170,
  fluid: 6,
  liver: 108,
  spleen: 122,
  kidney: 165,
  bowel: 45,
  gas: -950,
  lesion: 58,
  grain: 9,
};

/** Cortical bone is dark and fat bright in a T2-weighted picture; flowing blood has no signal. */
export const T2_TRUNK: TrunkTissues = {
  skin: 380,
  fat: 640,
  muscle: 190,
  cortex: 30,
  marrow: 330,
  blood: 60,
  fluid: 950,
  liver: 260,
  spleen: 430,
  kidney: 540,
  bowel: 480,
  gas: 10,
  lesion: 560,
  grain: 30,
};

/** Skin, fat and muscle wall of an axial trunk of half-axes rx and ry, and what lies inside the wall. */
export function paintWall(
  canvas: Canvas,
  tissue: TrunkTissues,
  rx: number,
  ry: number,
  fat: number,
  inside: number,
): void {
  canvas.fill(ellipse(0, 0, rx, ry), { value: tissue.skin });
  canvas.fill(ellipse(0, 0, rx - 0.02, ry - 0.02), { value: tissue.fat, coarse: tissue.grain });
  canvas.fill(ellipse(0, 0.01, rx - fat, ry - fat), { value: tissue.muscle, coarse: tissue.grain, fine: tissue.grain });
  canvas.fill(ellipse(0, -0.02, rx - fat - 0.08, ry - fat - 0.09), {
    value: inside,
    coarse: 2 * tissue.grain,
    soft: 0.03,
  });
}

/** A vertebra seen from above with the muscles beside it; `y` is the middle of its body. */
export function paintVertebra(canvas: Canvas, tissue: TrunkTissues, y: number, size: number): void {
  for (const side of [-1, 1]) {
    const back = ellipse(side * size * 1.15, y + size * 1.55, size * 0.95, size * 0.75, side * 0.2);
    canvas.fill(back, { value: tissue.muscle, fine: tissue.grain });
    canvas.fill(rod(side * size * 0.4, y + size * 0.8, side * size * 1.3, y + size * 1.0, size * 0.2, size * 0.12), {
      value: tissue.cortex,
    });
  }
  canvas.fill(rod(0, y + size * 1.3, 0, y + size * 2.1, size * 0.2, size * 0.1), { value: tissue.cortex });
  canvas.fill(ellipse(0, y + size * 0.75, size * 0.72, size * 0.66), { value: tissue.cortex });
  canvas.fill(ellipse(0, y, size, size * 0.78), { value: tissue.cortex });
  canvas.fill(ellipse(0, y, size * 0.86, size * 0.65), { value: tissue.marrow, fine: 0.3 * tissue.marrow });
  canvas.fill(ellipse(0, y + size * 0.92, size * 0.42, size * 0.34), { value: tissue.fluid + 20 });
}

/** Ribs cut obliquely around the wall of half-axes rx and ry. */
export function paintRibs(canvas: Canvas, tissue: TrunkTissues, rx: number, ry: number, turn: number): void {
  for (let rib = 0; rib < 7; rib += 1) {
    const angle = -1.15 + rib * 0.42 + turn;
    for (const side of [0, Math.PI]) {
      const at = side === 0 ? angle : Math.PI - angle;
      canvas.fill(arc(0, 0, rx, ry, at - 0.075, at + 0.075, 0.032), { value: tissue.cortex });
      canvas.fill(arc(0, 0, rx, ry, at - 0.06, at + 0.06, 0.017), { value: tissue.marrow });
    }
  }
}

/** A tree of vessels that leaves (x, y) to one side and thins out. */
export function paintVessels(
  random: Random,
  start: readonly [number, number],
  reach: number,
  draw: (x1: number, y1: number, x2: number, y2: number, r: number) => void,
): void {
  const grow = (x: number, y: number, angle: number, length: number, r: number, depth: number): void => {
    const endX = x + Math.cos(angle) * length;
    const endY = y + Math.sin(angle) * length;
    draw(x, y, endX, endY, r);
    if (depth === 0) return;
    const spread = random.between(0.25, 0.65);
    for (const turn of [-spread, spread]) {
      grow(
        endX,
        endY,
        angle + turn + random.between(-0.2, 0.2),
        length * random.between(0.65, 0.9),
        r * 0.68,
        depth - 1,
      );
    }
  };
  for (const angle of [-1.3, -0.5, 0.2, 0.9, 1.5]) {
    grow(
      start[0],
      start[1],
      reach > 0 ? angle : Math.PI - angle,
      Math.abs(reach) * random.between(0.25, 0.36),
      0.026,
      3,
    );
  }
}

/** Loops of bowel: walls, contents, now and then gas. */
export function paintBowel(
  canvas: Canvas,
  random: Random,
  tissue: TrunkTissues,
  loops: number,
  area: readonly [number, number, number, number],
): void {
  for (let loop = 0; loop < loops; loop += 1) {
    const x = random.between(area[0], area[2]);
    const y = random.between(area[1], area[3]);
    const r = random.between(0.06, 0.11);
    const long = r * random.between(1, 1.7);
    const angle = random.between(0, 3);
    const gas = random.chance(0.3);
    canvas.fill(ellipse(x, y, long, r, angle), { value: tissue.muscle + tissue.grain });
    canvas.fill(ellipse(x, y, long - 0.02, r - 0.02, angle), {
      value: tissue.bowel - tissue.grain,
      coarse: 2 * tissue.grain,
    });
    if (gas) canvas.fill(ellipse(x, y - 0.3 * r, long * 0.6, r * 0.45), { value: tissue.gas });
  }
}
