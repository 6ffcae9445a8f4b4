// Real: the resize. The reference is the same formula in floating point, two-dimensional, written here.
import { describe, expect, it } from '@jest/globals';
import { resize, resizeToSquare } from './resize.ts';
import { randomFrom } from '../test-objects.testkit.ts';
import type { Picture } from './resize.ts';

const SEED = 5;

function smooth(width: number, height: number, channels: number): Picture {
  const random = randomFrom(SEED);
  const wave = (i: number): number => 127 + 90 * Math.sin((i % (width * channels)) / 9) * Math.cos(i / width / 13);
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => wave(i) + 20 * random());
  return { width, height, channels, data };
}

const KERNEL = {
  linear: (x: number) => Math.max(0, 1 - Math.abs(x)),
  cubic: (x: number) => {
    const t = Math.abs(x);
    return t < 1 ? 1.5 * t ** 3 - 2.5 * t ** 2 + 1 : t < 2 ? -0.5 * t ** 3 + 2.5 * t ** 2 - 4 * t + 2 : 0;
  },
};

function weights(from: number, to: number, i: number, kernel: 'cubic' | 'linear'): number[] {
  const scale = from / to;
  const stretch = Math.max(1, scale);
  const raw = Array.from({ length: from }, (_, x) => KERNEL[kernel]((x + 0.5 - (i + 0.5) * scale) / stretch));
  const sum = raw.reduce((a, b) => a + b, 0);
  return raw.map((value) => value / sum);
}

function reference(picture: Picture, size: number, kernel: 'cubic' | 'linear'): number[] {
  const { width, height, channels, data } = picture;
  const across = Array.from({ length: size }, (_, i) => weights(width, size, i, kernel));
  const wide = Array.from({ length: height * size * channels }, (_, at) => {
    const [y, x, c] = [Math.floor(at / size / channels), Math.floor(at / channels) % size, at % channels];
    return across[x]!.reduce((sum, w, k) => sum + (w === 0 ? 0 : w * data[(y * width + k) * channels + c]!), 0);
  });
  const row = size * channels;
  return Array.from({ length: size * row }, (_, at) => {
    const down = weights(height, size, Math.floor(at / row), kernel);
    return down.reduce((sum, w, k) => sum + (w === 0 ? 0 : w * wide[k * row + (at % row)]!), 0);
  });
}

describe(`resize, seed ${SEED}`, () => {
  it.each([
    [60, 60, 1, 'cubic'],
    [60, 41, 1, 'linear'],
    [23, 50, 3, 'cubic'],
    [20, 20, 1, 'cubic'],
  ] as const)('%d × %d, %d channels, %s is the formula within rounding', (width, height, channels, kernel) => {
    const picture = smooth(width, height, channels);
    const { data } = resize(picture, 32, 32, kernel);
    const worst = reference(picture, 32, kernel).map((value, i) =>
      Math.abs(Math.max(0, Math.min(255, value)) - data[i]!),
    );
    expect(Math.max(...worst)).toBeLessThan(1.6);
  });

  it('shrinks by far with a box average first, and stays near the formula, at the ragged edge as well', () => {
    const picture = smooth(331, 217, 1);
    const { data } = resize(picture, 16, 16, 'cubic');
    const worst = reference(picture, 16, 'cubic').map((value, i) => Math.abs(value - data[i]!));
    expect(Math.max(...worst)).toBeLessThan(6);
  });

  it.each([1, 3])('keeps a flat picture flat, %d channels', (channels) => {
    const data = new Uint8Array(301 * 97 * channels).fill(200);
    const out = resize({ width: 301, height: 97, channels, data }, 24, 24, 'cubic');
    expect(out.data.every((value) => value === 200)).toBe(true);
  });

  it('of the same size is the picture itself', () => {
    const picture = smooth(9, 7, 3);
    expect(resize(picture, 9, 7, 'cubic').data).toEqual(picture.data);
  });

  it('pad keeps the aspect ratio and centres on black', () => {
    const data = new Uint8Array(40 * 20).fill(255);
    const { data: out } = resizeToSquare({ width: 40, height: 20, channels: 1, data }, 8, 'pad', 'linear');
    const rows = Array.from({ length: 8 }, (_, y) => [...out.subarray(y * 8, y * 8 + 8)].every((v) => v === 255));
    expect(rows).toEqual([false, false, true, true, true, true, false, false]);
  });

  it('a picture of one pixel fills the square', () => {
    const one = { width: 1, height: 1, channels: 1, data: Uint8Array.of(9) };
    expect([...resizeToSquare(one, 3, 'squash', 'cubic').data]).toEqual(Array.from({ length: 9 }, () => 9));
  });
});
