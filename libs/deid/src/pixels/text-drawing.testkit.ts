/** Columns of the classic 5 × 7 dot-matrix letters, lowest bit at the top. */
const FONT: Readonly<Record<string, readonly number[]>> = {
  ' ': [0, 0, 0, 0, 0],
  '-': [8, 8, 8, 8, 8],
  '0': [0x3e, 0x51, 0x49, 0x45, 0x3e],
  '1': [0x00, 0x42, 0x7f, 0x40, 0x00],
  '2': [0x42, 0x61, 0x51, 0x49, 0x46],
  '3': [0x21, 0x41, 0x45, 0x4b, 0x31],
  '4': [0x18, 0x14, 0x12, 0x7f, 0x10],
  '5': [0x27, 0x45, 0x45, 0x45, 0x39],
  '7': [0x01, 0x71, 0x09, 0x05, 0x03],
  '8': [0x36, 0x49, 0x49, 0x49, 0x36],
  A: [0x7e, 0x11, 0x11, 0x11, 0x7e],
  E: [0x7f, 0x49, 0x49, 0x49, 0x41],
  I: [0x00, 0x41, 0x7f, 0x41, 0x00],
  K: [0x7f, 0x08, 0x14, 0x22, 0x41],
  L: [0x7f, 0x40, 0x40, 0x40, 0x40],
  M: [0x7f, 0x02, 0x0c, 0x02, 0x7f],
  N: [0x7f, 0x04, 0x08, 0x10, 0x7f],
  O: [0x3e, 0x41, 0x41, 0x41, 0x3e],
  P: [0x7f, 0x09, 0x09, 0x09, 0x06],
  R: [0x7f, 0x09, 0x19, 0x29, 0x46],
  S: [0x46, 0x49, 0x49, 0x49, 0x31],
  U: [0x3f, 0x40, 0x40, 0x40, 0x3f],
  W: [0x3f, 0x40, 0x38, 0x40, 0x3f],
};

const CELL = 6;
const TALL = 7;

/** @returns the width in pixels of what `drawText` draws. */
export function widthOf(text: string, scale: number): number {
  return (text.length * CELL - 1) * scale;
}

/** Draws letters of one level into a grey picture; what lies outside of it is cut off. */
export function drawText(
  levels: Uint8Array,
  columns: number,
  { text, x, y, scale, level }: { text: string; x: number; y: number; scale: number; level: number },
): void {
  const rows = levels.length / columns;
  Array.from(text).forEach((character, place) => {
    const glyph = FONT[character];
    if (glyph === undefined) throw new Error(`no letter ${character}`);
    for (let row = 0; row < TALL * scale; row++)
      for (let column = 0; column < 5 * scale; column++) {
        const isInk = (((glyph[Math.floor(column / scale)] ?? 0) >> Math.floor(row / scale)) & 1) === 1;
        const [px, py] = [x + place * CELL * scale + column, y + row];
        if (isInk && px >= 0 && px < columns && py >= 0 && py < rows) levels[py * columns + px] = level;
      }
  });
}

/** A round grey body on black with a little noise: nothing in it looks like a letter. */
export function noise(columns: number, rows: number, seed: number): Uint8Array {
  let state = seed;
  const next = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  return Uint8Array.from({ length: columns * rows }, (_, i) => {
    const [x, y] = [(i % columns) / columns - 0.5, Math.floor(i / columns) / rows - 0.5];
    const body = Math.max(0, 1 - 5 * (x * x + y * y));
    return Math.round(110 * body + 8 * next());
  });
}
