import type { Canvas } from '../canvas.ts';
import type { Random } from '../random.ts';

export type Sex = 'F' | 'M';

/** What is wrong in a body, where, and how much: drawn once a study. `none` is a normal study. */
export interface Abnormality {
  readonly kind: string;
  /** -1 the left of the picture (the patient's right), 1 the right of the picture. */
  readonly side: -1 | 1;
  /** 0 small to 1 large. */
  readonly size: number;
  /** Position along and across the organ, 0 to 1. */
  readonly along: number;
  readonly across: number;
  /** Depth of its middle among the slices, -1 to 1. */
  readonly z: number;
}

/** All that a painter needs for one slice or view. `body` starts anew for each, so equal draws give equal organs. */
export interface Scene {
  readonly canvas: Canvas;
  readonly body: Random;
  readonly z: number;
  readonly sex: Sex;
  readonly found: Abnormality;
}

export type Painter = (scene: Scene) => void;

/** @returns how large the finding appears in this slice, 0 (not cut) to 1 (through its middle). */
export function cut(scene: Scene, depth = 0.8): number {
  const off = (scene.z - scene.found.z) / depth;
  return off * off < 1 ? Math.sqrt(1 - off * off) : 0;
}

/** A number between two bounds by a share of 0 to 1. */
export function from(low: number, high: number, share: number): number {
  return low + (high - low) * share;
}
