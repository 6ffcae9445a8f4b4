import { wholePixels } from './picture.ts';
import type { Box, GreyPicture } from './picture.ts';

/** What a line's pixels look like: printed characters of any script, or something that merely resembles them. */
export interface LineShape {
  /** Grey levels between ink and ground. */
  readonly contrast: number;
  /** Level of the ink: the brightest or the darkest of it. */
  readonly ink: number;
  readonly ground: number;
  /** Separate marks of a character's height that do not touch the box's edge. */
  readonly characters: number;
  /** Share of the ink that lies deeper inside than a stroke of this height is thick. */
  readonly thick: number;
}

/** Strokes are this share of a character's height, half of it, at most. */
const HALF_STROKE = 0.085;
const MIN_CHARACTER = 0.35;
const MIN_MARK = 4;

/** @param box around the whole characters, in pixels */
export function shapeOf(picture: GreyPicture, box: Box): LineShape {
  const area = wholePixels(box, picture);
  const { ink, ground } = levelsOf(picture, area);
  const contrast = Math.abs(ink - ground);
  const marked = inkIn(picture, area, ink, ground);
  return {
    contrast,
    ink,
    ground,
    characters: charactersIn(marked, area.width, area.height),
    thick: thickShare(marked, area.width, area.height),
  };
}

/** Ground: the middle level. Ink: the end of the range that is farther from it. */
function levelsOf({ width, pixels }: GreyPicture, area: Box): { ink: number; ground: number } {
  const counts = new Uint32Array(256);
  for (let y = area.y; y < area.y + area.height; y++)
    for (let x = area.x; x < area.x + area.width; x++) {
      const level = pixels[y * width + x] ?? 0;
      counts[level] = (counts[level] ?? 0) + 1;
    }
  const total = area.width * area.height;
  const [low, ground, high] = [0.01, 0.5, 0.99].map((share) => quantile(counts, share * total)) as [
    number,
    number,
    number,
  ];
  return { ink: high - ground >= ground - low ? high : low, ground };
}

function quantile(counts: Uint32Array, rank: number): number {
  let below = 0;
  for (let level = 0; level < 256; level++) {
    below += counts[level] ?? 0;
    if (below > rank) return level;
  }
  return 255;
}

function inkIn({ width, pixels }: GreyPicture, area: Box, ink: number, ground: number): Uint8Array {
  const middle = (ink + ground) / 2;
  const marked = new Uint8Array(area.width * area.height);
  for (let y = 0, at = 0; y < area.height; y++)
    for (let x = 0; x < area.width; x++, at++) {
      const level = pixels[(area.y + y) * width + area.x + x] ?? 0;
      if (ink > ground ? level > middle : level < middle) marked[at] = 1;
    }
  return marked;
}

function thickShare(marked: Uint8Array, width: number, height: number): number {
  const reach = Math.max(1, Math.round(height * HALF_STROKE));
  let ink = 0;
  let deep = 0;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (marked[at] === 0) continue;
      ink += 1;
      const inside = x >= reach && x + reach < width && y >= reach && y + reach < height;
      const deeper = [at - reach, at + reach, at - reach * width, at + reach * width].every((i) => marked[i] === 1);
      if (inside && deeper) deep += 1;
    }
  return ink === 0 ? 0 : deep / ink;
}

function charactersIn(marked: Uint8Array, width: number, height: number): number {
  const seen = new Uint8Array(marked.length);
  let characters = 0;
  for (let start = 0; start < marked.length; start++) {
    if (marked[start] === 0 || seen[start] === 1) continue;
    const { pixels, tall, atEdge } = markFrom(start, { marked, width, height }, seen);
    if (pixels >= MIN_MARK && tall >= MIN_CHARACTER * height && !atEdge) characters += 1;
  }
  return characters;
}

interface InkMap {
  readonly marked: Uint8Array;
  readonly width: number;
  readonly height: number;
}

function markFrom(
  start: number,
  { marked, width, height }: InkMap,
  seen: Uint8Array,
): { pixels: number; tall: number; atEdge: boolean } {
  const open = [start];
  seen[start] = 1;
  let [pixels, top, bottom, atEdge] = [0, Infinity, -1, false];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const x = at % width;
    const y = (at - x) / width;
    pixels += 1;
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
    if (x === 0 || y === 0 || x === width - 1 || y === height - 1) atEdge = true;
    for (let dy = -1; dy <= 1; dy++)
      for (let dx = -1; dx <= 1; dx++) {
        const next = (y + dy) * width + x + dx;
        const within = x + dx >= 0 && x + dx < width && y + dy >= 0 && y + dy < height;
        if (!within || marked[next] !== 1 || seen[next] === 1) continue;
        seen[next] = 1;
        open.push(next);
      }
  }
  return { pixels, tall: bottom - top + 1, atEdge };
}

/** Empty columns, in heights of the line, after which it is over. */
const MAX_GAP = 0.9;
/** How far a line may go on beyond what the detector saw, in its heights: as ink, and where its ground is as bright as its ink. */
const MAX_INK = 5;
const MAX_HIDDEN = 2.5;
const NEAR_INK = 0.25;
const HIDDEN_SHARE = 0.55;

/**
 * The line to both sides as far as there is ink of its level, or ground that would hide it: the detector loses characters on
 * bright bone, and a mask that ends there leaves half a name.
 */
export function wholeLine(picture: GreyPicture, box: Box, { ink, ground, contrast }: LineShape): Box {
  const area = wholePixels(box, picture);
  if (contrast < 20 || area.width === 0) return box;
  const state = columnState(picture, area, ink, ground);
  const left = reachOf((step) => area.x - 1 - step, state, area.height);
  const right = reachOf((step) => area.x + area.width + step, state, area.height);
  return { x: area.x - left, y: area.y, width: area.width + left + right, height: area.height };
}

type ColumnState = 'ink' | 'hidden' | 'empty' | 'outside';

function columnState(picture: GreyPicture, area: Box, ink: number, ground: number): (x: number) => ColumnState {
  const { width, pixels } = picture;
  const near = Math.max(10, NEAR_INK * Math.abs(ink - ground));
  const away = 2 * near;
  const level = (x: number, y: number): number => pixels[y * width + Math.max(0, Math.min(width - 1, x))] ?? 0;
  const isInk = (x: number, y: number): boolean => Math.abs(level(x, y) - ink) <= near;
  const isThin = (x: number, y: number): boolean =>
    Math.abs(level(x - 3, y) - ink) > away || Math.abs(level(x + 3, y) - ink) > away;
  return (x) => {
    if (x < 0 || x >= width) return 'outside';
    let [bright, thin] = [0, 0];
    for (let y = area.y; y < area.y + area.height; y++) {
      if (!isInk(x, y)) continue;
      bright += 1;
      if (isThin(x, y)) thin += 1;
    }
    if (bright >= HIDDEN_SHARE * area.height) return 'hidden';
    return thin > 0 ? 'ink' : 'empty';
  };
}

function reachOf(column: (step: number) => number, state: (x: number) => ColumnState, height: number): number {
  let [reach, gap, hidden] = [0, 0, 0];
  for (let step = 0; step < MAX_INK * height; step++) {
    const here = state(column(step));
    if (here === 'outside') return step;
    if (here === 'empty') gap += 1;
    else {
      if (here === 'hidden') hidden += 1;
      if (hidden > MAX_HIDDEN * height) return reach;
      gap = 0;
      reach = step + 1;
    }
    if (gap > MAX_GAP * height) return reach;
  }
  return reach;
}
