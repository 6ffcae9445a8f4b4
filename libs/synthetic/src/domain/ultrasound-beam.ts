import type { Canvas } from './canvas.ts';
import type { StoredPixels } from './pixels.ts';
import type { Random } from './random.ts';
import type { Scanner } from './scanners.ts';

/** Bound once: in the vm contexts that tests run in, each look-up of a global in a pixel loop costs more than the sum beside it. */
const { atan2, ceil, floor, max, min, round, sqrt } = Math;

/** A fan: beams leave a curved probe whose centre lies `apex` pixels above the picture's field, between two angles and radii. */
export interface Sector {
  readonly apexX: number;
  readonly apexY: number;
  readonly near: number;
  readonly far: number;
  readonly halfAngle: number;
}

const BEAMS = 160;
const DEPTHS = 256;

/** @returns the fan of one device and probe in a picture, below a band of `header` rows for the device's own text. */
export function sectorOf(width: number, height: number, header: number, random: Random): Sector {
  const halfAngle = random.between(0.52, 0.68);
  const near = height * random.between(0.16, 0.3);
  const far = near + height - header - 8 - near * (1 - Math.cos(halfAngle));
  const widest = (width / 2 - 4) / Math.sin(halfAngle);
  return { apexX: width / 2, apexY: header - near * Math.cos(halfAngle), near, far: min(far, widest), halfAngle };
}

/** @returns [left, top, right, bottom] of the fan in pixels, for Sequence of Ultrasound Regions. */
export function sectorBox(sector: Sector, width: number, height: number): [number, number, number, number] {
  const aside = Math.sin(sector.halfAngle) * sector.far;
  const top = sector.apexY + sector.near * Math.cos(sector.halfAngle);
  const box = [sector.apexX - aside, top, sector.apexX + aside, sector.apexY + sector.far] as const;
  return [max(0, floor(box[0])), max(0, floor(box[1])), min(width - 1, ceil(box[2])), min(height - 1, ceil(box[3]))];
}

/**
 * One B-mode frame: along each beam the echo strength of the canvas times speckle, weakened with depth, stopped by stones and
 * strengthened behind fluid; then laid out in the fan.
 */
export function insonate(canvas: Canvas, sector: Sector, scanner: Scanner, random: Random): Uint8Array {
  const polar = beams(canvas, sector, scanner, random);
  const frame = new Uint8Array(canvas.width * canvas.height);
  for (let y = 0; y < canvas.height; y += 1)
    for (let x = 0; x < canvas.width; x += 1) frame[y * canvas.width + x] = scanConverted(polar, sector, x, y);
  return frame;
}

function beams(canvas: Canvas, sector: Sector, scanner: Scanner, random: Random): Float32Array {
  const polar = speckle(random, scanner.noise);
  for (let beam = 0; beam < BEAMS; beam += 1) {
    const angle = ((beam + 0.5) / BEAMS - 0.5) * 2 * sector.halfAngle;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    let through = 1;
    for (let depth = 0; depth < DEPTHS; depth += 1) {
      const radius = sector.near + ((sector.far - sector.near) * depth) / DEPTHS;
      const echo = echoAt(canvas, sector.apexX + sin * radius, sector.apexY + cos * radius);
      const at = beam * DEPTHS + depth;
      polar[at] = shade(
        (polar[at] ?? 1) * max(0.015, min(echo, 1.25)) * through * (1 - 0.0012 * depth),
        scanner.contrast,
      );
      if (echo > 1.5) through *= 0.72;
      else if (echo < 0) through = min(1.5, through * 1.004);
    }
  }
  return polar;
}

function echoAt(canvas: Canvas, x: number, y: number): number {
  const column = round(x);
  const row = round(y);
  if (column < 0 || row < 0 || column >= canvas.width || row >= canvas.height) return 0;
  return canvas.data[row * canvas.width + column] ?? 0;
}

/** Speckle: noise smoothed more across the beams than along them, around 1. */
function speckle(random: Random, strength: number): Float32Array {
  const raw = new Float32Array(BEAMS * DEPTHS);
  for (let at = 0; at < raw.length; at += 1) raw[at] = random.normal();
  const field = new Float32Array(BEAMS * DEPTHS);
  for (let at = 0; at < field.length; at += 1) {
    const across = (raw[at] ?? 0) + (raw[at + DEPTHS] ?? 0) + (raw[at - DEPTHS] ?? 0);
    const along = (raw[at + 1] ?? 0) + (raw[at + DEPTHS + 1] ?? 0);
    field[at] = max(0.1, 1 + strength * 0.5 * (across + along));
  }
  return field;
}

/** Log-like compression to 0..255. */
function shade(echo: number, contrast: number): number {
  return 255 * min(1, max(0, sqrt(max(0, echo)) * 0.95 * contrast - 0.08));
}

function scanConverted(polar: Float32Array, sector: Sector, x: number, y: number): number {
  const dx = x - sector.apexX;
  const dy = y - sector.apexY;
  const radius = sqrt(dx * dx + dy * dy);
  if (radius < sector.near || radius >= sector.far || dy <= 0) return 0;
  const beam = (atan2(dx, dy) / (2 * sector.halfAngle) + 0.5) * BEAMS - 0.5;
  if (beam < 0 || beam > BEAMS - 1.001) return 0;
  const depth = min(DEPTHS - 1.001, ((radius - sector.near) / (sector.far - sector.near)) * DEPTHS);
  const at = floor(beam) * DEPTHS + floor(depth);
  const [across, along] = [beam % 1, depth % 1];
  const one = (polar[at] ?? 0) * (1 - along) + (polar[at + 1] ?? 0) * along;
  const two = (polar[at + DEPTHS] ?? 0) * (1 - along) + (polar[at + DEPTHS + 1] ?? 0) * along;
  return round(one * (1 - across) + two * across);
}

/** @returns frames as an RGB picture, with red and blue flow in a box over the middle, as colour Doppler shows it. */
export function coloured(frames: readonly Uint8Array[], canvas: Canvas): Uint8Array[] {
  return frames.map((frame) => {
    const rgb = new Uint8Array(frame.length * 3);
    for (let at = 0; at < frame.length; at += 1) {
      const value = frame[at] ?? 0;
      rgb.fill(value, 3 * at, 3 * at + 3);
      const flow = inDopplerBox(canvas, at) ? flowAt(canvas, at) : 0;
      if (flow !== 0 && value > 0 && value < 70)
        rgb.set(flow > 0 ? [90 + 150 * flow, 30, 20] : [20, 40, 90 - 150 * flow], 3 * at);
    }
    return rgb;
  });
}

function inDopplerBox(canvas: Canvas, at: number): boolean {
  const x = (at % canvas.width) / canvas.width;
  const y = floor(at / canvas.width) / canvas.height;
  return x > 0.3 && x < 0.7 && y > 0.35 && y < 0.75;
}

function flowAt(canvas: Canvas, at: number): number {
  const flow = canvas.coarse[at] ?? 0;
  return (canvas.data[at] ?? 0) < 0.1 ? max(-1, min(1, flow * 1.6)) : 0;
}

export function echoPixels(canvas: Canvas, frames: readonly Uint8Array[], colour: boolean): StoredPixels {
  return {
    rows: canvas.height,
    columns: canvas.width,
    samplesPerPixel: colour ? 3 : 1,
    bitsAllocated: 8,
    bitsStored: 8,
    signed: false,
    photometric: colour ? 'RGB' : 'MONOCHROME2',
    frames: colour ? coloured(frames, canvas) : frames,
    slope: 1,
    intercept: 0,
  };
}
