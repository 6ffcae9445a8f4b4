// Real: canvas, shapes, noise and random streams. Nothing is fake.
import { describe, expect, it } from '@jest/globals';
import type { View } from './canvas.ts';
import { Canvas } from './canvas.ts';
import { Random, uidNamed } from './random.ts';
import { arc, ellipse, rod } from './shapes.ts';
import { displayed } from './pixels.ts';

const VIEW: View = {
  width: 64,
  height: 48,
  zoom: 1,
  shiftX: 0.2,
  shiftY: -0.1,
  angle: 0.4,
  z: 0,
  bend: 0.05,
  breadth: 1.1,
};
const canvasOf = (view: View = VIEW): Canvas => new Canvas(view, Random.named('canvas'), 0);

describe('painting', () => {
  // A shape whose box is reckoned too small is cut off: seen as a difference to the same shape with a box without end.
  it.each([
    ['ellipse', ellipse(0.3, 0.2, 0.5, 0.1, 1)],
    ['rounded rectangle', ellipse(-0.3, 0.2, 0.5, 0.2, 0.8, true)],
    ['rod', rod(-0.5, -0.5, 0.5, 0.4, 0.1, 0.02)],
    ['arc', arc(0, 0, 0.7, 0.4, 0.3, 2.5, 0.05)],
    ['arc across the turn', arc(0, 0, 0.7, 0.4, 2.5, 4.2, 0.05)],
  ])('covers a turned, moved and bent %s whole', (_, shape) => {
    const boxed = canvasOf();
    const endless = canvasOf();
    boxed.fill(shape, { value: 1 });
    endless.fill({ ...shape, bounds: [-9, -9, 9, 9] }, { value: 1 });
    expect(Math.max(...boxed.data)).toBe(1);
    expect(boxed.data).toEqual(endless.data);
  });

  it('sums with add, replaces with set, and stays inside a clip', () => {
    const canvas = canvasOf({ ...VIEW, bend: 0, angle: 0, shiftX: 0, shiftY: 0 });
    const all = ellipse(0, 0, 9, 9);
    canvas.fill(all, { value: 2 });
    canvas.fill(all, { value: 3, mode: 'add', clip: ellipse(0, 0, 0.3, 0.3) });
    const middle = 24 * 64 + 32;
    expect([canvas.data[middle], canvas.data[0]]).toEqual([5, 2]);
  });
});

describe('random streams', () => {
  it('start anew under the same name and differ under another', () => {
    const draw = (...labels: (string | number)[]): number[] => {
      const random = Random.named(...labels);
      return Array.from({ length: 50 }, () => random.bits());
    };
    expect(draw(1, 'a')).toEqual(draw(1, 'a'));
    expect(draw(1, 'a')).not.toEqual(draw(1, 'b'));
  });

  it('have a mean of 0 and a deviation of 1 where normal', () => {
    const random = Random.named('normal');
    const draws = Array.from({ length: 20_000 }, () => random.normal());
    const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
    const deviation = Math.sqrt(draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws.length);
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(deviation - 1)).toBeLessThan(0.03);
  });

  it('name UIDs of at most 64 characters without a leading zero', () => {
    for (let number = 0; number < 200; number += 1) expect(uidNamed('uid', number)).toMatch(/^2\.25\.[1-9]\d{0,38}$/);
  });
});

describe('the picture as it must be shown', () => {
  it('follows the linear window of PS3.3 C.11.2.1.2 and inverts MONOCHROME1 last', () => {
    const shape = {
      rows: 1,
      columns: 5,
      samplesPerPixel: 1,
      bitsAllocated: 16,
      bitsStored: 12,
      signed: false,
    } as const;
    const values = Buffer.alloc(10);
    [0, 1023, 1024, 1151, 4095].forEach((value, at) => values.writeUInt16LE(value, 2 * at));
    const pixels = { ...shape, frames: [values], slope: 1, intercept: -1024, window: { center: 128, width: 256 } };
    expect([...displayed({ ...pixels, photometric: 'MONOCHROME2' })[0]!]).toEqual([0, 0, 0, 127, 255]);
    expect([...displayed({ ...pixels, photometric: 'MONOCHROME1' })[0]!]).toEqual([255, 255, 255, 128, 0]);
  });
});
