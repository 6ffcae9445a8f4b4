import type { Canvas } from './canvas.ts';
import type { StoredPixels } from './pixels.ts';
import { store } from './pixels.ts';
import type { Random } from './random.ts';
import type { Scanner } from './scanners.ts';

/** Bound once: in the vm contexts that tests run in, each look-up of a global in a pixel loop costs more than the sum beside it. */
const { abs, floor, max, min, round, sqrt } = Math;

/** CT: kernel, noise that grows towards the middle, air outside the reconstructed circle; stored as HU with slope 1. */
export function acquireCt(
  canvas: Canvas,
  scanner: Scanner,
  random: Random,
  window: { center: number; width: number },
): StoredPixels {
  const intercept = scanner.signed ? 0 : -1024;
  const values = canvas.data;
  addNoise(values, random, scanner.noise);
  blur(values, canvas.width, canvas.height, scanner.blur);
  const half = min(canvas.width, canvas.height) / 2;
  for (let at = 0; at < values.length; at += 1) {
    const x = (at % canvas.width) - canvas.width / 2 + 0.5;
    const y = floor(at / canvas.width) - canvas.height / 2 + 0.5;
    if (x * x + y * y > half * half) values[at] = -1024;
  }
  const frame = quantised(values, (value) => min(3071, max(-1024, round(value))) - intercept);
  return grey(canvas, scanner, frame, { slope: 1, intercept, window });
}

/** MR: coil shading, noise as a magnitude (never negative), arbitrary scale by device; the window follows the picture. */
export function acquireMr(canvas: Canvas, scanner: Scanner, random: Random): StoredPixels {
  const values = canvas.data;
  const [tiltX, tiltY] = [random.between(-0.25, 0.25), random.between(-0.25, 0.25)];
  const gain = random.between(0.9, 1.6);
  for (let at = 0; at < values.length; at += 1) {
    const shade =
      1 + (tiltX * ((at % canvas.width) - canvas.width / 2)) / canvas.width + tiltY * (at / values.length - 0.5);
    const signal = stretched((values[at] ?? 0) / 1000, scanner.contrast) * shade;
    const real = signal + scanner.noise * random.normal();
    const imaginary = scanner.noise * random.normal();
    values[at] = sqrt(real * real + imaginary * imaginary) * 1000 * gain;
  }
  blur(values, canvas.width, canvas.height, scanner.blur);
  const top = quantile(values, 0.985);
  const frame = quantised(values, (value) => min(4095, max(0, round(value))));
  return grey(canvas, scanner, frame, {
    slope: 1,
    intercept: 0,
    window: { center: round(top * 0.5), width: max(2, round(top)) },
  });
}

/** Films: attenuation to grey by the device's curve over its bit depth; an inverted device stores MONOCHROME1. */
export function acquireFilm(canvas: Canvas, scanner: Scanner, random: Random): StoredPixels {
  const values = canvas.data;
  blur(values, canvas.width, canvas.height, scanner.blur);
  const exposure = random.between(-0.05, 0.05);
  const full = 2 ** scanner.bits - 1;
  for (let at = 0; at < values.length; at += 1) {
    const dense = values[at] ?? 0;
    const quantum = scanner.noise * (0.5 + dense) * random.normal();
    values[at] = min(1, max(0, stretched(0.07 + 0.78 * dense + exposure, scanner.contrast) + quantum));
  }
  const frame = quantised(values, (value) => round((scanner.inverted ? 1 - value : value) * full));
  const wide = random.between(0.82, 0.96);
  const middle = scanner.inverted ? 0.53 : 0.47;
  const window = { center: round(full * middle), width: round(full * wide) };
  return grey(canvas, scanner, frame, { slope: 1, intercept: 0, window });
}

function grey(
  canvas: Canvas,
  scanner: Scanner,
  frame: Uint8Array,
  scale: { slope: number; intercept: number; window: { center: number; width: number } },
): StoredPixels {
  return {
    rows: canvas.height,
    columns: canvas.width,
    samplesPerPixel: 1,
    bitsAllocated: 16,
    bitsStored: scanner.bits,
    signed: scanner.signed,
    photometric: scanner.inverted ? 'MONOCHROME1' : 'MONOCHROME2',
    frames: [frame],
    ...scale,
  };
}

function addNoise(values: Float32Array, random: Random, deviation: number): void {
  for (let at = 0; at < values.length; at += 1) values[at] = (values[at] ?? 0) + deviation * random.normal();
}

function quantised(values: Float32Array, to: (value: number) => number): Uint8Array {
  const frame = new Uint8Array(values.length * 2);
  for (let at = 0; at < values.length; at += 1) store(frame, 16, at, to(values[at] ?? 0));
  return frame;
}

/** A contrast curve around middle grey that keeps 0 and 1. */
function stretched(value: number, contrast: number): number {
  return value + (contrast - 1) * (value - 0.4) * (1 - min(1, abs(value - 0.4)));
}

function quantile(values: Float32Array, share: number): number {
  const sample = values.filter((_, at) => at % 7 === 0).sort();
  return sample[floor(sample.length * share)] ?? 1;
}

/** Smooths by 1-2-1 in both directions, `passes` times. */
export function blur(values: Float32Array, width: number, height: number, passes: number): void {
  for (let pass = 0; pass < passes; pass += 1) {
    for (let y = 0; y < height; y += 1) smoothLine(values, y * width, 1, width);
    for (let x = 0; x < width; x += 1) smoothLine(values, x, width, height);
  }
}

function smoothLine(values: Float32Array, start: number, step: number, count: number): void {
  let before = values[start] ?? 0;
  for (let at = start, left = count - 1; left > 0; left -= 1, at += step) {
    const here = values[at] ?? 0;
    values[at] = (before + 2 * here + (values[at + step] ?? here)) / 4;
    before = here;
  }
}
