import { NoiseVolume } from './noise.ts';
import type { Random } from './random.ts';
import type { Shape } from './shapes.ts';

/** Bound once: in the vm contexts that tests run in, each look-up of a global in a pixel loop costs more than the sum beside it. */
const { abs, floor, max, min, sqrt } = Math;

/** How a body lies in a picture. */
export interface View {
  readonly width: number;
  readonly height: number;
  /** Half the picture's shorter side, in body coordinates: above 1 the body is small, below 1 it is cropped. */
  readonly zoom: number;
  readonly shiftX: number;
  readonly shiftY: number;
  /** Turn in radians. */
  readonly angle: number;
  /** Depth of the slice, -1 to 1: the noise changes smoothly along it. */
  readonly z: number;
  /** How far outlines are bent, in body coordinates. */
  readonly bend: number;
  /** Widths other than 1 make the body broader or slimmer. */
  readonly breadth: number;
}

/**
 * How a shape is filled. `set` replaces what lies below, `add` sums as X-rays do. Profile `flat` fills evenly, `dome` by the
 * chord of an ellipsoid (a solid seen in projection), `tube` by that of a hollow bone.
 */
export interface Paint {
  readonly value: number;
  readonly mode?: 'set' | 'add';
  readonly profile?: 'flat' | 'dome' | 'tube';
  /** Width of the edge in body coordinates. */
  readonly soft?: number;
  readonly coarse?: number;
  readonly fine?: number;
  readonly clip?: Shape;
  readonly opacity?: number;
}

const EDGE = 0.015;

/** A picture being painted: physical values, with each pixel's place in the body and the two noises there. */
export class Canvas {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
  readonly coarse: Float32Array;
  readonly fine: Float32Array;
  readonly #u: Float32Array;
  readonly #v: Float32Array;
  readonly #view: View;

  /** @param random the patient's own stream, so that each slice and study of a patient is bent and textured alike */
  constructor(view: View, random: Random, background: number) {
    const count = view.width * view.height;
    this.width = view.width;
    this.height = view.height;
    this.data = new Float32Array(count).fill(background);
    this.coarse = new Float32Array(count);
    this.fine = new Float32Array(count);
    this.#u = new Float32Array(count);
    this.#v = new Float32Array(count);
    this.#view = view;
    this.#layOut(new NoiseVolume(random));
  }

  /** Paints one shape over what is there. */
  fill(shape: Shape, paint: Paint): void {
    const [left, top, right, bottom] = this.#pixelsOf(shape);
    const soft = paint.soft ?? EDGE;
    // Beyond this level nothing is covered: most pixels of a box end here, before anything else is read.
    const outside = 1 + soft / (2 * shape.thickness);
    const [u, v] = [this.#u, this.#v];
    for (let y = top; y < bottom; y += 1)
      for (let at = y * this.width + left, end = y * this.width + right; at < end; at += 1) {
        const level = shape.level(u[at] ?? 0, v[at] ?? 0);
        if (level < outside) this.#blend(at, level, soft, shape.thickness, paint);
      }
  }

  /** Changes each pixel inside a shape by a function of its value, share of cover, and noises. */
  change(shape: Shape, to: (value: number, coarse: number, fine: number, level: number) => number): void {
    const [left, top, right, bottom] = this.#pixelsOf(shape);
    for (let y = top; y < bottom; y += 1)
      for (let at = y * this.width + left, end = y * this.width + right; at < end; at += 1) {
        const level = shape.level(this.#u[at] ?? 0, this.#v[at] ?? 0);
        if (level < 1) this.data[at] = to(this.data[at] ?? 0, this.coarse[at] ?? 0, this.fine[at] ?? 0, level);
      }
  }

  #blend(at: number, level: number, soft: number, thickness: number, paint: Paint): void {
    let share = covered((1 - level) * thickness, soft) * (paint.opacity ?? 1);
    if (paint.profile === 'dome') share *= chord(level);
    if (paint.profile === 'tube') share *= chord(level) - 0.55 * chord(level / 0.72);
    if (paint.clip) share *= this.#clipped(at, paint.clip, soft);
    if (share === 0) return;
    const value = paint.value + (paint.coarse ?? 0) * (this.coarse[at] ?? 0) + (paint.fine ?? 0) * (this.fine[at] ?? 0);
    const below = this.data[at] ?? 0;
    this.data[at] = paint.mode === 'add' ? below + value * share : below + (value - below) * share;
  }

  #clipped(at: number, clip: Shape, soft: number): number {
    return covered((1 - clip.level(this.#u[at] ?? 0, this.#v[at] ?? 0)) * clip.thickness, soft);
  }

  /** Where each pixel lies in the body: turned, scaled, moved, and bent by low noise so that no outline is a pure ellipse. */
  #layOut(volume: NoiseVolume): void {
    const { zoom, shiftX, shiftY, angle, z, bend, breadth } = this.#view;
    const unit = (2 * zoom) / min(this.width, this.height);
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    const planes = planesOf(volume, z);
    for (let at = 0; at < this.data.length; at += 1) {
      const x = ((at % this.width) - this.width / 2 + 0.5) * unit - shiftX;
      const y = (floor(at / this.width) - this.height / 2 + 0.5) * unit - shiftY;
      const u = (x * cos + y * sin) / breadth;
      const v = y * cos - x * sin;
      this.#u[at] = u + bend * planes.bendX.at(u, v);
      this.#v[at] = v + bend * planes.bendY.at(u, v);
      this.coarse[at] = 0.7 * planes.low.at(u, v) + 0.4 * planes.middle.at(u, v);
      this.fine[at] = 0.6 * planes.middle.at(v, u) + 0.6 * planes.high.at(u, v);
    }
  }

  /** [left, top, right, bottom) in pixels that surely hold the shape. */
  #pixelsOf(shape: Shape): [number, number, number, number] {
    const { zoom, shiftX, shiftY, angle, bend, breadth } = this.#view;
    const [left, top, right, bottom] = shape.bounds;
    const unit = (2 * zoom) / min(this.width, this.height);
    const middleX = ((left + right) / 2) * breadth;
    const middleY = (top + bottom) / 2;
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    const x = (middleX * cos - middleY * sin + shiftX) / unit + this.width / 2;
    const y = (middleX * sin + middleY * cos + shiftY) / unit + this.height / 2;
    const halfX = ((right - left) / 2) * breadth + 1.6 * bend + EDGE;
    const halfY = (bottom - top) / 2 + 1.6 * bend + EDGE;
    const reachX = (halfX * abs(cos) + halfY * abs(sin)) / unit + 2;
    const reachY = (halfX * abs(sin) + halfY * abs(cos)) / unit + 2;
    return [
      bound(x - reachX, this.width),
      bound(y - reachY, this.height),
      bound(x + reachX, this.width),
      bound(y + reachY, this.height),
    ];
  }
}

function planesOf(volume: NoiseVolume, z: number) {
  return {
    bendX: volume.slice(1.7, 10 + z),
    bendY: volume.slice(1.9, 40 + z),
    low: volume.slice(4, 70 + 2 * z),
    middle: volume.slice(9, 100 + 3 * z),
    high: volume.slice(22, 130 + 5 * z),
  };
}

function covered(inside: number, soft: number): number {
  return min(1, max(0, inside / soft + 0.5));
}

function chord(level: number): number {
  return level < 1 ? sqrt(1 - level * level) : 0;
}

function bound(value: number, limit: number): number {
  return min(limit, max(0, floor(value)));
}
