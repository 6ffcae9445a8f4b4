import type { Box } from './picture.ts';

/** A run of text as the detector sees it. */
export interface DetectedLine extends Box {
  /** Mean of the detector's certainty over it, 0..1. */
  readonly certainty: number;
}

/** The detector's map: certainty of text at each pixel of its input. */
export interface TextMap {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** Pixels below it are no text (PP-OCR's own setting). */
const THRESHOLD = 0.3;
/** Smaller spots are noise. */
const MIN_PIXELS = 4;

/** Connected regions of the map, as boxes in its own pixels. The map is shrunk: a line of 26 px comes out 8 to 10 high. */
export function linesOf({ width, height, values }: TextMap): readonly DetectedLine[] {
  const seen = new Uint8Array(values.length);
  const lines: DetectedLine[] = [];
  for (let start = 0; start < values.length; start++) {
    if (seen[start] === 1 || (values[start] ?? 0) < THRESHOLD) continue;
    const line = regionFrom(start, { width, height, values }, seen);
    if (line !== undefined) lines.push(line);
  }
  return lines;
}

function regionFrom(start: number, { width, values }: TextMap, seen: Uint8Array): DetectedLine | undefined {
  const open = [start];
  seen[start] = 1;
  let [left, right, top, bottom, sum, count] = [Infinity, -1, Infinity, -1, 0, 0];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const x = at % width;
    const y = (at - x) / width;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
    sum += values[at] ?? 0;
    count += 1;
    for (const next of [x > 0 ? at - 1 : -1, x + 1 < width ? at + 1 : -1, at - width, at + width]) {
      if (next < 0 || next >= values.length || seen[next] === 1 || (values[next] ?? 0) < THRESHOLD) continue;
      seen[next] = 1;
      open.push(next);
    }
  }
  if (count < MIN_PIXELS) return undefined;
  return { x: left, y: top, width: right - left + 1, height: bottom - top + 1, certainty: sum / count };
}
