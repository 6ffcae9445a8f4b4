import { ellipse, rod } from '../shapes.ts';
import type { Painter, Scene } from './scene.ts';
import { cut, from } from './scene.ts';

const FAT = 640;
const MARROW = 330;
const DISC = 560;
const FLUID = 900;
const DARK = 45;

interface Level {
  readonly x: number;
  readonly y: number;
  /** Turn of the vertebra against the horizontal. */
  readonly tilt: number;
  readonly half: number;
}

/** Sagittal lumbar spine, T2-weighted: vertebrae and discs along a lordosis, thecal sac with its roots, spinous processes, back fat. */
export const paintSpineT2: Painter = (scene) => {
  const { canvas, body } = scene;
  const levels = levelsOf(scene);
  canvas.fill(ellipse(-0.05, 0, 1.05, 1.6), { value: 230, coarse: 90 });
  canvas.fill(ellipse(0.62, 0, 0.3, 1.6), { value: FAT, coarse: 40 });
  canvas.fill(ellipse(1.16, 0, 0.32, 1.9), { value: 8 });
  canvas.fill(ellipse(-0.72, 0, 0.42, 1.5), { value: 330, coarse: 230, fine: 80 });
  paintBackMuscle(scene, levels);
  paintSac(scene, levels);
  const worn = levels.map(() => body.between(0.25, 1));
  levels.forEach((level, index) => paintLevel(scene, level, levels[index + 1], index, worn[index] ?? 1));
  paintAorta(scene, levels);
  paintSpineFinding(scene, levels);
};

function levelsOf({ body, found, z }: Scene): Level[] {
  const lordosis = body.between(0.1, 0.24);
  const pitch = body.between(0.36, 0.42);
  const off = body.between(-0.06, 0.06) + 0.015 * z;
  return Array.from({ length: 7 }, (_, index) => {
    const y = -1.28 + index * pitch;
    const bow = y - 0.2;
    const crushed = found.kind === 'compression' && index === hitLevel(found.along) ? from(0.75, 0.5, found.size) : 1;
    return { x: off - 0.12 - lordosis * (1 - bow * bow), y, tilt: -1.1 * lordosis * bow, half: pitch * 0.36 * crushed };
  });
}

/** Which of the seven vertebrae the finding touches: one of the middle four. */
function hitLevel(along: number): number {
  return 2 + Math.min(3, Math.floor(along * 4));
}

function paintBackMuscle({ canvas }: Scene, levels: readonly Level[]): void {
  for (const level of levels) {
    canvas.fill(rod(level.x + 0.42, level.y - 0.1, level.x + 0.46, level.y + 0.3, 0.13), {
      value: 240,
      coarse: 120,
      fine: 60,
      soft: 0.05,
    });
    const process = rod(level.x + 0.4, level.y + 0.05, level.x + 0.62, level.y + 0.16, 0.065, 0.08);
    canvas.fill(process, { value: DARK });
    canvas.fill(rod(level.x + 0.41, level.y + 0.05, level.x + 0.61, level.y + 0.15, 0.045, 0.06), {
      value: 400,
      coarse: 60,
    });
  }
}

/** The thecal sac behind the bodies: bright fluid, the cord ending in the conus, dark threads of the roots. */
function paintSac({ canvas, body }: Scene, levels: readonly Level[]): void {
  for (let index = 0; index + 1 < levels.length; index += 1) {
    const top = levels[index];
    const low = levels[index + 1];
    if (!top || !low) continue;
    canvas.fill(rod(top.x + 0.28, top.y, low.x + 0.28, low.y, 0.125 - 0.008 * index), { value: DARK, soft: 0.02 });
    canvas.fill(rod(top.x + 0.28, top.y, low.x + 0.28, low.y, 0.105 - 0.009 * index), { value: FLUID, coarse: 40 });
    const cord = index < 2 ? 0.048 : 0.05 - 0.02 * (index - 1);
    if (cord > 0.008) canvas.fill(rod(top.x + 0.29, top.y, low.x + 0.3, low.y, cord), { value: 380, soft: 0.03 });
    for (let thread = 0; thread < 3; thread += 1) {
      const aside = 0.24 + 0.035 * thread + body.between(-0.01, 0.01);
      if (index >= 2)
        canvas.fill(rod(top.x + aside + 0.02, top.y, low.x + aside + 0.02, low.y, 0.008), { value: 420, soft: 0.02 });
    }
  }
}

function paintLevel(scene: Scene, level: Level, next: Level | undefined, index: number, wet: number): void {
  const { canvas, found } = scene;
  const wedge = found.kind === 'compression' && index === hitLevel(found.along) ? 0.12 * (1 + found.size) : 0;
  canvas.fill(ellipse(level.x, level.y, 0.235, level.half, level.tilt + wedge, true), { value: DARK });
  canvas.fill(ellipse(level.x, level.y, 0.215, level.half - 0.018, level.tilt + wedge, true), {
    value: MARROW,
    coarse: 45,
    fine: 25,
  });
  canvas.fill(rod(level.x + 0.12, level.y, level.x + 0.22, level.y, 0.012), { value: 480, soft: 0.02 });
  if (!next) return;
  const x = (level.x + next.x) / 2;
  const y = (level.y + level.half + next.y - next.half) / 2;
  const herniated = found.kind === 'herniation' && index === hitLevel(found.along);
  const signal = herniated ? 110 : from(170, DISC, wet);
  canvas.fill(ellipse(x, y, 0.23, 0.05, (level.tilt + next.tilt) / 2), { value: DARK, soft: 0.02 });
  canvas.fill(ellipse(x, y, 0.17, 0.035, (level.tilt + next.tilt) / 2), { value: signal, soft: 0.03 });
}

function paintAorta({ canvas, body, z }: Scene, levels: readonly Level[]): void {
  const near = body.between(0.3, 0.36);
  if (Math.abs(z) > 0.7) return;
  for (let index = 0; index + 2 < levels.length; index += 1) {
    const top = levels[index];
    const low = levels[index + 1];
    if (top && low) canvas.fill(rod(top.x - near, top.y, low.x - near, low.y, 0.065), { value: 40, soft: 0.02 });
  }
}

function paintSpineFinding(scene: Scene, levels: readonly Level[]): void {
  const { canvas, body, found } = scene;
  const size = cut(scene, 1.3);
  const level = levels[hitLevel(found.along)];
  const next = levels[hitLevel(found.along) + 1];
  if (!level || !next || size < 0.2) return;
  const between = (level.y + next.y) / 2;
  if (found.kind === 'herniation') {
    const reach = from(0.07, 0.15, found.size) * size;
    canvas.fill(ellipse(level.x / 2 + next.x / 2 + 0.2 + reach / 2, between + 0.02, reach, 0.055, 0.3), {
      value: 130,
      soft: 0.02,
    });
  }
  if (found.kind === 'compression') {
    canvas.fill(ellipse(level.x, level.y, 0.2, level.half * 0.7, level.tilt, true), {
      value: 620,
      coarse: 90,
      soft: 0.06,
      opacity: 0.8 * size,
    });
  }
  if (found.kind === 'metastasis') {
    for (const hit of levels) {
      const r = body.between(0.06, 0.14) * from(0.7, 1.2, found.size) * size;
      const here = hit === level || body.chance(0.35 + 0.3 * found.size);
      const aside = body.between(-0.1, 0.1);
      if (here)
        canvas.fill(ellipse(hit.x + aside, hit.y, r, Math.min(r, hit.half * 0.8)), {
          value: 80,
          coarse: 40,
          soft: 0.03,
        });
    }
  }
}
