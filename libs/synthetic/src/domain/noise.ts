import type { Random } from './random.ts';

/** Bound once: in the vm contexts that tests run in, each look-up of a global in a pixel loop costs more than the sum beside it. */
const { ceil, floor, imul, max, min } = Math;

/** Half the side of the square of body coordinates that a slice of noise covers. */
const REACH = 3;

/**
 * Smooth noise in [-1, 1] over three dimensions: random values on a lattice, blended in between. A slice at one z is laid out
 * once as a plane, since a plane costs four look-ups a pixel where the volume costs eight and a hash each.
 */
export class NoiseVolume {
  readonly #table: Float32Array;

  constructor(random: Random) {
    this.#table = Float32Array.from({ length: 4096 }, () => random.between(-1, 1));
  }

  /** @param frequency lattice cells a unit of body coordinates */
  slice(frequency: number, z: number): NoiseSlice {
    const side = ceil(2 * REACH * frequency) + 2;
    const plane = new Float32Array(side * side);
    const layer = floor(z);
    const share = z - layer;
    for (let row = 0; row < side; row += 1)
      for (let column = 0; column < side; column += 1)
        plane[row * side + column] =
          this.#at(column, row, layer) * (1 - share) + this.#at(column, row, layer + 1) * share;
    return new NoiseSlice(plane, side, frequency);
  }

  #at(x: number, y: number, z: number): number {
    const hash = imul(x, 73856093) ^ imul(y, 19349663) ^ imul(z, 83492791);
    return this.#table[(hash ^ (hash >>> 13)) & 4095] ?? 0;
  }
}

/** One plane of a noise volume. */
export class NoiseSlice {
  constructor(
    private readonly plane: Float32Array,
    private readonly side: number,
    private readonly frequency: number,
  ) {}

  at(u: number, v: number): number {
    const x = min(max((u + REACH) * this.frequency, 0), this.side - 1.001);
    const y = min(max((v + REACH) * this.frequency, 0), this.side - 1.001);
    const column = floor(x);
    const row = floor(y);
    const across = smooth(x - column);
    const corner = row * this.side + column;
    const upper = mix(this.plane[corner] ?? 0, this.plane[corner + 1] ?? 0, across);
    const lower = mix(this.plane[corner + this.side] ?? 0, this.plane[corner + this.side + 1] ?? 0, across);
    return mix(upper, lower, smooth(y - row));
  }
}

const smooth = (t: number): number => t * t * (3 - 2 * t);
const mix = (from: number, to: number, share: number): number => from + (to - from) * share;
