/** Bound once: in the vm contexts that tests run in, each look-up of a global in a pixel loop costs more than the sum beside it. */
const { PI, abs, atan2, hypot, max, min, round, sqrt } = Math;
/** A region of body coordinates (x to the right of the picture, y down; the body lies within about ±1). */
export interface Shape {
  /** [left, top, right, bottom] that holds the shape. */
  readonly bounds: readonly [number, number, number, number];
  /** Length that one unit of level stands for near the edge: makes the softness of an edge the same on small and large shapes. */
  readonly thickness: number;
  /** 0 at the middle, 1 on the edge, above 1 outside. */
  level(u: number, v: number): number;
}

/** An ellipse, turned by `angle` radians; `boxy` makes it a rounded rectangle. */
export function ellipse(x: number, y: number, rx: number, ry: number, angle = 0, boxy = false): Shape {
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const reachX = boxy ? rx + ry : hypot(rx * cos, ry * sin);
  const reachY = boxy ? rx + ry : hypot(rx * sin, ry * cos);
  const level = (u: number, v: number): number => {
    const dx = ((u - x) * cos + (v - y) * sin) / rx;
    const dy = ((v - y) * cos - (u - x) * sin) / ry;
    const across = dx * dx;
    const down = dy * dy;
    return boxy ? sqrt(sqrt(across * across + down * down)) : sqrt(across + down);
  };
  return { bounds: [x - reachX, y - reachY, x + reachX, y + reachY], thickness: min(rx, ry), level };
}

/** A line with round ends whose half-width goes from `r1` to `r2`: a bone, a vessel, a tendon. */
export function rod(x1: number, y1: number, x2: number, y2: number, r1: number, r2 = r1): Shape {
  const dx = x2 - x1;
  const dy = y2 - y1;
  const square = dx * dx + dy * dy || 1e-9;
  const level = (u: number, v: number): number => {
    const along = min(1, max(0, ((u - x1) * dx + (v - y1) * dy) / square));
    const offX = u - x1 - along * dx;
    const offY = v - y1 - along * dy;
    return sqrt(offX * offX + offY * offY) / (r1 + (r2 - r1) * along);
  };
  const r = max(r1, r2);
  return {
    bounds: [min(x1, x2) - r, min(y1, y2) - r, max(x1, x2) + r, max(y1, y2) + r],
    thickness: min(r1, r2),
    level,
  };
}

/** A part of an ellipse's outline, from angle `from` to `to` (radians, 0 to the right, clockwise), `half` wide on each side. */
export function arc(x: number, y: number, rx: number, ry: number, from: number, to: number, half: number): Shape {
  const middle = (from + to) / 2;
  const span = (to - from) / 2;
  const mean = (rx + ry) / 2;
  const level = (u: number, v: number): number => {
    const dx = (u - x) / rx;
    const dy = (v - y) / ry;
    const off = abs(sqrt(dx * dx + dy * dy) - 1) * mean;
    // Most pixels are far from the line: the angle, which is dear, is asked for near it only.
    if (off > 4 * half) return 4;
    const turn = abs(wrapped(atan2(dy, dx) - middle)) - span;
    return max(off, turn > 0 ? turn * mean + half : 0) / half;
  };
  return { bounds: arcBounds(x, y, rx, ry, from, to, half), thickness: half, level };
}

/** A box around the drawn part only: a whole-ellipse box made ribs the dearest thing of a picture (5 of 14 s). */
function arcBounds(
  x: number,
  y: number,
  rx: number,
  ry: number,
  from: number,
  to: number,
  half: number,
): Shape['bounds'] {
  const turns = Array.from({ length: 17 }, (_, step) => from + ((to - from) * step) / 16);
  const across = turns.map((turn) => x + rx * Math.cos(turn));
  const down = turns.map((turn) => y + ry * Math.sin(turn));
  const more = 2 * half + 0.02 * max(rx, ry) * (to - from);
  return [min(...across) - more, min(...down) - more, max(...across) + more, max(...down) + more];
}

/** A crescent: what of `whole` lies outside `bite`. */
export function without(whole: Shape, bite: Shape): Shape {
  return { ...whole, level: (u, v) => max(whole.level(u, v), 2 - bite.level(u, v)) };
}

/** What lies in both shapes. */
export function within(one: Shape, other: Shape): Shape {
  return { ...one, level: (u, v) => max(one.level(u, v), other.level(u, v)) };
}

function wrapped(angle: number): number {
  return angle - 2 * PI * round(angle / (2 * PI));
}
