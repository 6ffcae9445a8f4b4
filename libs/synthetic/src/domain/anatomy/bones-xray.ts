import type { Canvas, Paint } from '../canvas.ts';
import { arc, ellipse, rod } from '../shapes.ts';
import type { Painter, Scene } from './scene.ts';
import { from } from './scene.ts';

const add = (value: number, more: Partial<Paint> = {}): Paint => ({ value, mode: 'add', soft: 0.02, ...more });
const bone = (value: number, more: Partial<Paint> = {}): Paint =>
  add(value, { profile: 'tube', fine: 0.12 * value, ...more });
const flesh = (value: number): Paint => add(value, { profile: 'dome', soft: 0.04 });

/** A long bone: shaft with cortex and marrow cavity, flared ends of spongy bone. */
function longBone(
  canvas: Canvas,
  from_: readonly [number, number],
  to: readonly [number, number],
  r: number,
  value: number,
): void {
  const [x1, y1] = from_;
  const [x2, y2] = to;
  const angle = Math.atan2(y2 - y1, x2 - x1);
  canvas.fill(rod(x1, y1, x2, y2, r), bone(value));
  canvas.fill(ellipse(x1, y1, r * 1.1, r * 1.45, angle), add(0.5 * value, { profile: 'dome', fine: 0.1 * value }));
  canvas.fill(ellipse(x2, y2, r * 1.1, r * 1.35, angle), add(0.5 * value, { profile: 'dome', fine: 0.1 * value }));
}

/** A break: a dark, slightly ragged line across a bone, with a bright step beside it where the fragments overlap. */
function fracture(
  canvas: Canvas,
  x: number,
  y: number,
  across: number,
  angle: number,
  width: number,
  value: number,
): void {
  const dx = Math.cos(angle) * across;
  const dy = Math.sin(angle) * across;
  canvas.fill(rod(x - dx, y - dy, x - 0.2 * dx, y + 0.15 * dy, width), add(-0.75 * value));
  canvas.fill(rod(x - 0.2 * dx, y + 0.15 * dy, x + dx, y + dy, width), add(-0.75 * value));
  canvas.fill(rod(x - dx, y - dy + 2.2 * width, x + dx, y + dy + 2.2 * width, width), add(0.35 * value));
}

interface Finger {
  readonly x: number;
  readonly lean: number;
  readonly metacarpal: number;
  readonly phalanges: readonly number[];
}

const FINGERS: readonly Finger[] = [
  { x: -0.27, lean: -0.85, metacarpal: 0.3, phalanges: [0.24, 0.2] },
  { x: -0.17, lean: -0.16, metacarpal: 0.44, phalanges: [0.3, 0.19, 0.13] },
  { x: -0.04, lean: -0.03, metacarpal: 0.42, phalanges: [0.33, 0.22, 0.14] },
  { x: 0.09, lean: 0.1, metacarpal: 0.38, phalanges: [0.31, 0.21, 0.14] },
  { x: 0.2, lean: 0.24, metacarpal: 0.34, phalanges: [0.25, 0.15, 0.13] },
];

/** Hand from the back: forearm bones, eight carpals, five rays. */
export const paintHand: Painter = (scene) => {
  const { canvas, body, found } = scene;
  const spread = body.between(0.8, 1.3);
  canvas.fill(rod(0.02, 1.5, 0.0, 0.7, 0.3, 0.27), flesh(0.26));
  canvas.fill(ellipse(0.0, 0.33, 0.4, 0.45), flesh(0.28));
  longBone(canvas, [-0.12, 1.6], [-0.12, 0.84], 0.11, 0.34);
  longBone(canvas, [0.14, 1.6], [0.15, 0.88], 0.075, 0.3);
  paintCarpals(scene);
  const hit = found.kind === 'normal' ? -1 : Math.min(4, 1 + Math.floor(found.along * 4));
  FINGERS.forEach((finger, index) => paintRay(scene, finger, spread, index === hit));
};

function paintCarpals({ canvas, body }: Scene): void {
  const bones = [
    [-0.19, 0.66],
    [-0.05, 0.69],
    [0.09, 0.68],
    [0.19, 0.63],
    [-0.22, 0.53],
    [-0.11, 0.52],
    [0.01, 0.53],
    [0.14, 0.52],
  ] as const;
  for (const [x, y] of bones) {
    const r = body.between(0.062, 0.078);
    canvas.fill(ellipse(x, y, r, r * 0.9, body.between(0, 2), true), add(0.24, { fine: 0.04 }));
    canvas.fill(ellipse(x, y, r * 0.75, r * 0.66), add(-0.06, { soft: 0.03 }));
  }
}

function paintRay(scene: Scene, finger: Finger, spread: number, hit: boolean): void {
  const { canvas, found } = scene;
  const angle = finger.lean * spread - Math.PI / 2;
  let x = finger.x;
  let y = 0.44;
  [finger.metacarpal, ...finger.phalanges].forEach((length, part) => {
    const r = 0.052 - 0.007 * part;
    const endX = x + Math.cos(angle) * (length - 0.075);
    const endY = y + Math.sin(angle) * (length - 0.075);
    canvas.fill(rod(x, y, endX, endY, r + 0.065), flesh(part === 0 ? 0.08 : 0.2));
    longBone(canvas, [x, y], [endX, endY], r, 0.36);
    if (hit) paintHandFinding(scene, part, [x, y], [endX, endY], r, angle);
    const gap = found.kind === 'osteoarthritis' && part > 0 ? 0.045 : 0.075;
    x = endX + Math.cos(angle) * (gap + r * 0.5);
    y = endY + Math.sin(angle) * (gap + r * 0.5);
    if (found.kind === 'osteoarthritis' && part > 0) paintWornJoint(canvas, x, y, r, found.size);
  });
}

function paintWornJoint(canvas: Canvas, x: number, y: number, r: number, size: number): void {
  for (const side of [-1, 1])
    canvas.fill(ellipse(x + side * r * 1.3, y, r * 0.6, r * 0.4), add(from(0.12, 0.25, size)));
  canvas.fill(ellipse(x, y, r * 1.3, r * 0.7), add(0.12, { soft: 0.03 }));
}

function paintHandFinding(
  { canvas, found }: Scene,
  part: number,
  start: readonly [number, number],
  end: readonly [number, number],
  r: number,
  angle: number,
): void {
  const share = from(0.3, 0.7, found.across);
  const x = from(start[0], end[0], share);
  const y = from(start[1], end[1], share);
  if (found.kind === 'fracture' && part === 0)
    fracture(canvas, x, y, r * 1.5, angle + Math.PI / 2 + 0.5, from(0.008, 0.016, found.size), 0.36);
  if (found.kind === 'enchondroma' && part === 1) {
    canvas.fill(ellipse(x, y, r * 1.6, r * from(1.1, 1.5, found.size), angle), add(-0.16, { soft: 0.02, fine: 0.05 }));
    canvas.fill(arc(x, y, r * 1.5, r * 1.4, 0, 6.28, 0.008), add(0.14));
  }
}

/** Knee from the front: femur with its condyles, tibia, fibula, patella over the femur. */
export const paintKneeFrontal: Painter = (scene) => {
  const { canvas, body, found } = scene;
  const stout = body.between(0.46, 0.58);
  const gap = found.kind === 'osteoarthritis' ? from(0.05, 0.015, found.size) : body.between(0.06, 0.085);
  canvas.fill(rod(0, -1.7, 0, 0, stout + 0.12, stout), flesh(0.36));
  canvas.fill(rod(0, 0, 0, 1.7, stout, stout - 0.08), flesh(0.34));
  canvas.fill(rod(0, -1.7, 0, -0.55, 0.17, 0.2), bone(0.42));
  for (const side of [-1, 1]) {
    canvas.fill(rod(side * 0.06, -0.65, side * 0.2, -0.22, 0.16, 0.2), add(0.15, { fine: 0.05, soft: 0.04 }));
    canvas.fill(ellipse(side * 0.19, -0.2, 0.2, 0.19), add(0.2, { profile: 'tube', fine: 0.05 }));
    canvas.fill(ellipse(side * 0.2, gap + 0.1, 0.2, 0.1, side * -0.08, true), add(0.2, { fine: 0.05 }));
  }
  canvas.fill(ellipse(0, gap + 0.25, 0.35, 0.22), add(0.14, { fine: 0.05, soft: 0.04 }));
  canvas.fill(rod(0, gap + 0.45, 0, 1.7, 0.2, 0.15), bone(0.42));
  canvas.fill(rod(0.36, gap + 0.34, 0.3, 1.7, 0.065, 0.055), bone(0.24));
  canvas.fill(ellipse(0.36, gap + 0.3, 0.09, 0.09), add(0.12, { profile: 'dome', fine: 0.03 }));
  canvas.fill(ellipse(0.01, -0.42, 0.17, 0.19), add(0.09, { soft: 0.03 }));
  for (const side of [-1, 1])
    canvas.fill(rod(side * 0.04, gap + 0.06, side * 0.025, gap - 0.02, 0.025, 0.01), add(0.15));
  paintKneeFilmFinding(scene, gap);
};

function paintKneeFilmFinding({ canvas, found }: Scene, gap: number): void {
  const x = found.side * from(0.12, 0.26, found.across);
  if (found.kind === 'fracture')
    fracture(canvas, x, gap + 0.2, 0.2, 1.15 * found.side, from(0.011, 0.022, found.size), 0.34);
  if (found.kind === 'osteoarthritis') {
    for (const side of [-1, 1]) {
      canvas.fill(rod(side * 0.38, -0.1, side * from(0.42, 0.48, found.size), -0.05, 0.04, 0.015), add(0.2));
      canvas.fill(rod(side * 0.38, gap + 0.08, side * from(0.42, 0.48, found.size), gap + 0.05, 0.04, 0.015), add(0.2));
      canvas.fill(ellipse(side * 0.2, gap + 0.02, 0.16, 0.03), add(0.14));
    }
  }
  if (found.kind === 'bone tumour') {
    const y = found.along > 0.5 ? gap + 0.4 : -0.55;
    const r = from(0.1, 0.2, found.size);
    canvas.fill(ellipse(x * 0.7, y, r, r * 1.3), add(-0.19, { soft: 0.05, coarse: 0.1, fine: 0.06 }));
    for (let ray = 0; ray < 7; ray += 1) {
      const turn = y + (ray - 3) * 0.05;
      canvas.fill(rod(found.side * 0.18, turn, found.side * (0.22 + r), turn + 0.03 * (ray - 3), 0.008), add(0.1));
    }
  }
}

/** Knee from the side: the same bones, the condyles over each other, patella in front (left). */
export const paintKneeLateral: Painter = (scene) => {
  const { canvas, body, found } = scene;
  const stout = body.between(0.44, 0.54);
  const gap = found.kind === 'osteoarthritis' ? 0.03 : 0.07;
  canvas.fill(rod(0.12, -1.6, 0, 0, stout + 0.12, stout), flesh(0.34));
  canvas.fill(rod(0, 0, 0.16, 1.6, stout, stout - 0.06), flesh(0.32));
  canvas.fill(rod(0.1, -1.6, 0.02, -0.5, 0.16, 0.19), bone(0.42));
  for (const off of [0, 0.04])
    canvas.fill(ellipse(0.06 + off, -0.22 + off / 2, 0.29, 0.22, 0.5), add(0.16, { fine: 0.05 }));
  canvas.fill(ellipse(0.04, gap + 0.12, 0.3, 0.13, 0.06, true), add(0.24, { fine: 0.05 }));
  canvas.fill(rod(0.02, gap + 0.3, 0.1, 1.7, 0.22, 0.14), bone(0.42));
  canvas.fill(rod(0.26, gap + 0.32, 0.28, 1.7, 0.06, 0.055), bone(0.22));
  canvas.fill(ellipse(-0.36, -0.36, 0.09, 0.18, -0.15), add(0.2, { profile: 'tube', fine: 0.05 }));
  if (found.kind === 'fracture') fracture(canvas, 0.02, gap + 0.22, 0.2, 1.2, 0.014, 0.3);
  if (found.kind === 'bone tumour')
    canvas.fill(
      ellipse(0.02, found.along > 0.5 ? gap + 0.4 : -0.55, 0.16, 0.2),
      add(-0.15, { soft: 0.05, coarse: 0.1 }),
    );
  if (found.kind === 'osteoarthritis') canvas.fill(rod(-0.28, -0.05, -0.36, 0.0, 0.04, 0.015), add(0.18));
};

/** Pelvis from the front: iliac wings, sacrum, pubic rami around the obturator openings, hip joints, femora. */
export const paintPelvis: Painter = (scene) => {
  const { canvas, body } = scene;
  canvas.fill(ellipse(0, 0.1, 1.15, 1.15, 0, true), add(0.42, { soft: 0.1, coarse: 0.03 }));
  for (let bubble = 0; bubble < 9; bubble += 1) {
    canvas.fill(
      ellipse(body.between(-0.5, 0.5), body.between(-0.85, -0.3), body.between(0.05, 0.13), body.between(0.04, 0.08)),
      add(-0.09, { profile: 'dome' }),
    );
  }
  for (let level = 0; level < 3; level += 1)
    canvas.fill(ellipse(0, -0.98 + 0.2 * level, 0.16, 0.085, 0, true), add(0.16, { fine: 0.03 }));
  canvas.fill(rod(0, -0.42, 0, 0.02, 0.2, 0.06), add(0.15, { fine: 0.05, soft: 0.05 }));
  for (const side of [-1, 1]) paintHemipelvis(scene, side);
  canvas.fill(rod(0, 0.3, 0, 0.4, 0.012), add(-0.1));
};

function paintHemipelvis(scene: Scene, side: number): void {
  const { canvas, found } = scene;
  const ill = found.side === side ? found.kind : 'normal';
  canvas.fill(ellipse(side * 0.5, -0.4, 0.31, 0.37, side * 0.5), add(0.17, { fine: 0.05, coarse: 0.03 }));
  canvas.fill(arc(side * 0.5, -0.4, 0.31, 0.37, side > 0 ? -2.4 : -2.9, side > 0 ? -0.2 : -0.7, 0.025), add(0.12));
  canvas.fill(rod(side * 0.36, -0.1, side * 0.5, 0.08, 0.12, 0.13), add(0.16, { fine: 0.04 }));
  canvas.fill(arc(side * 0.24, 0.36, 0.15, 0.17, 0, 6.28, 0.048), add(0.24, { profile: 'tube' }));
  canvas.fill(rod(side * 0.08, 0.3, side * 0.4, 0.14, 0.055), add(0.14, { fine: 0.03 }));
  canvas.fill(arc(side * 0.58, 0.1, 0.185, 0.185, side > 0 ? -2.9 : -1.5, side > 0 ? -1.6 : -0.2, 0.02), add(0.2));
  if (ill === 'prosthesis') {
    paintProsthesis(canvas, side);
    return;
  }
  paintFemur(scene, side, ill);
}

function paintFemur({ canvas, found }: Scene, side: number, ill: string): void {
  const near = ill === 'osteoarthritis' ? 0.025 : 0;
  canvas.fill(ellipse(side * (0.58 - near), 0.1 - near, 0.15, 0.15), add(0.22, { fine: 0.04 }));
  canvas.fill(rod(side * 0.62, 0.14, side * 0.82, 0.32, 0.1, 0.1), add(0.18, { fine: 0.04, soft: 0.03 }));
  canvas.fill(ellipse(side * 0.9, 0.28, 0.09, 0.12, side * -0.3), add(0.16, { profile: 'dome', fine: 0.04 }));
  canvas.fill(rod(side * 0.82, 0.42, side * 0.78, 1.5, 0.13, 0.11), bone(0.46));
  canvas.fill(ellipse(side * 0.72, 0.47, 0.05, 0.06), add(0.1));
  if (ill === 'fracture')
    fracture(canvas, side * 0.71, 0.22, 0.14, side * -0.75 + Math.PI / 2 + 0.75, from(0.012, 0.026, found.size), 0.34);
  if (ill === 'osteoarthritis') {
    canvas.fill(
      arc(side * 0.58, 0.09, 0.16, 0.16, side > 0 ? -2.6 : -1.6, side > 0 ? -1.5 : -0.5, 0.04),
      add(0.22, { soft: 0.04 }),
    );
    canvas.fill(ellipse(side * 0.75, 0.03, 0.06, 0.035, side * 0.5), add(0.18));
    canvas.fill(ellipse(side * 0.56, 0.02, 0.03, 0.03), add(-0.14));
  }
}

function paintProsthesis(canvas: Canvas, side: number): void {
  canvas.fill(rod(side * 0.82, 0.42, side * 0.78, 1.5, 0.13, 0.11), bone(0.46));
  canvas.fill(ellipse(side * 0.58, 0.1, 0.17, 0.17), add(0.7));
  canvas.fill(rod(side * 0.6, 0.13, side * 0.8, 0.32, 0.05), add(0.7));
  canvas.fill(rod(side * 0.81, 0.32, side * 0.79, 1.05, 0.075, 0.035), add(0.7));
}
