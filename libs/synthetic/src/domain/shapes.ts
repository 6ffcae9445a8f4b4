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
  const reachX = boxy ? rx + ry : Math.hypot(rx * cos, ry * sin);
  const reachY = boxy ? rx + ry : Math.hypot(rx * sin, ry * cos);
  const level = (u: number, v: number): number => {
    const dx = ((u - x) * cos + (v - y) * sin) / rx;
    const dy = ((v - y) * cos - (u - x) * sin) / ry;
    const across = dx * dx;
    const down = dy * dy;
    return boxy ? Math.sqrt(Math.sqrt(across * across + down * down)) : Math.sqrt(across + down);
  };
  return { bounds: [x - reachX, y - reachY, x + reachX, y + reachY], thickness: Math.min(rx, ry), level };
}

/** A line with round ends whose half-width goes from `r1` to `r2`: a bone, a vessel, a tendon. */
export function rod(x1: number, y1: number, x2: number, y2: number, r1: number, r2 = r1): Shape {
  const dx = x2 - x1;
  const dy = y2 - y1;
  const square = dx * dx + dy * dy || 1e-9;
  const level = (u: number, v: number): number => {
    const along = Math.min(1, Math.max(0, ((u - x1) * dx + (v - y1) * dy) / square));
    const offX = u - x1 - along * dx;
    const offY = v - y1 - along * dy;
    return Math.sqrt(offX * offX + offY * offY) / (r1 + (r2 - r1) * along);
  };
  const r = Math.max(r1, r2);
  return {
    bounds: [Math.min(x1, x2) - r, Math.min(y1, y2) - r, Math.max(x1, x2) + r, Math.max(y1, y2) + r],
    thickness: Math.min(r1, r2),
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
    const off = Math.abs(Math.sqrt(dx * dx + dy * dy) - 1) * mean;
    // Most pixels are far from the line: the angle, which is dear, is asked for near it only.
    if (off > 4 * half) return 4;
    const turn = Math.abs(wrapped(Math.atan2(dy, dx) - middle)) - span;
    return Math.max(off, turn > 0 ? turn * mean + half : 0) / half;
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
  const more = 2 * half + 0.02 * Math.max(rx, ry) * (to - from);
  return [Math.min(...across) - more, Math.min(...down) - more, Math.max(...across) + more, Math.max(...down) + more];
}

/** A crescent: what of `whole` lies outside `bite`. */
export function without(whole: Shape, bite: Shape): Shape {
  return { ...whole, level: (u, v) => Math.max(whole.level(u, v), 2 - bite.level(u, v)) };
}

/** What lies in both shapes. */
export function within(one: Shape, other: Shape): Shape {
  return { ...one, level: (u, v) => Math.max(one.level(u, v), other.level(u, v)) };
}

function wrapped(angle: number): number {
  return angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
}
