import type { EncoderInput } from './types.ts';

/**
 * The synthetic pictures behind golden.json, by integer arithmetic alone: tools/models/make_golden.py makes the same
 * bytes. Two are grey, one is RGB, so that replication and channel order are checked too.
 */
export function goldenPicture(name: string, size: number): EncoderInput | null {
  if (name === 'rings') return grey(size, (x, y) => ringsAt(x, y, size));
  if (name === 'blobs') return grey(size, blobs());
  if (name === 'ramps') return ramps(size);
  return null;
}

function grey(size: number, valueAt: (x: number, y: number) => number): EncoderInput {
  const pixels = new Uint8Array(size * size);
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = valueAt(at % size, Math.floor(at / size));
  return { channels: 1, pixels };
}

function ringsAt(x: number, y: number, size: number): number {
  const squared = (2 * x - size + 1) ** 2 + (2 * y - size + 1) ** 2;
  return Math.floor(squared / 256) % 256;
}

/** Twelve soft discs at places drawn by the linear congruential generator of Numerical Recipes, seed 1. */
function blobs(): (x: number, y: number) => number {
  let state = 1;
  const draw = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 16;
  };
  const discs = Array.from({ length: 12 }, () => ({ x: draw() % 224, y: draw() % 224, radius: 12 + (draw() % 40) }));
  const height = (dx: number, dy: number, radius: number): number =>
    Math.max(0, 120 - Math.floor(((dx * dx + dy * dy) * 120) / (radius * radius)));
  return (x, y) =>
    Math.min(
      255,
      discs.reduce((sum, disc) => sum + height(x - disc.x, y - disc.y, disc.radius), 16),
    );
}

function ramps(size: number): EncoderInput {
  const pixels = new Uint8Array(size * size * 3);
  for (let at = 0; at < size * size; at += 1) {
    const x = at % size;
    const y = Math.floor(at / size);
    pixels[at * 3] = Math.floor((x * 255) / (size - 1));
    pixels[at * 3 + 1] = Math.floor((y * 255) / (size - 1));
    pixels[at * 3 + 2] = ((Math.floor(x / 16) + Math.floor(y / 16)) % 2) * 255;
  }
  return { channels: 3, pixels };
}
