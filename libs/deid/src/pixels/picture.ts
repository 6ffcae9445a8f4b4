/** One grey picture in which text is sought: 8 bits a pixel, row by row. */
export interface GreyPicture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** In pixels of a picture; may have fractions until it becomes a mask. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Part of a picture at another size, bilinear. A box that leaves the picture repeats its edge. */
export function resampled(picture: GreyPicture, box: Box, width: number, height: number): Uint8Array {
  const out = new Uint8Array(width * height);
  const columns = stepsOf(box.x, box.width, width, picture.width);
  const rows = stepsOf(box.y, box.height, height, picture.height);
  const { pixels } = picture;
  for (let y = 0, at = 0; y < height; y++) {
    const upper = (rows.low[y] ?? 0) * picture.width;
    const lower = (rows.high[y] ?? 0) * picture.width;
    const down = rows.share[y] ?? 0;
    for (let x = 0; x < width; x++, at++) {
      const left = columns.low[x] ?? 0;
      const right = columns.high[x] ?? 0;
      const across = columns.share[x] ?? 0;
      const top = (pixels[upper + left] ?? 0) * (1 - across) + (pixels[upper + right] ?? 0) * across;
      const bottom = (pixels[lower + left] ?? 0) * (1 - across) + (pixels[lower + right] ?? 0) * across;
      out[at] = top * (1 - down) + bottom * down + 0.5;
    }
  }
  return out;
}

/** Of each target position along one axis: the two source positions around it, and how far it is to the second. */
function stepsOf(
  start: number,
  length: number,
  count: number,
  limit: number,
): { low: Int32Array; high: Int32Array; share: Float32Array } {
  const steps = { low: new Int32Array(count), high: new Int32Array(count), share: new Float32Array(count) };
  for (let i = 0; i < count; i++) {
    const place = Math.max(0, Math.min(limit - 1, start + ((i + 0.5) * length) / count - 0.5));
    const low = Math.floor(place);
    steps.low[i] = low;
    steps.high[i] = Math.min(limit - 1, low + 1);
    steps.share[i] = place - low;
  }
  return steps;
}

/** The rectangle of whole pixels around a box, within the picture. */
export function wholePixels(box: Box, { width, height }: { readonly width: number; readonly height: number }): Box {
  const x = Math.max(0, Math.floor(box.x));
  const y = Math.max(0, Math.floor(box.y));
  return {
    x,
    y,
    width: Math.max(0, Math.min(width, Math.ceil(box.x + box.width)) - x),
    height: Math.max(0, Math.min(height, Math.ceil(box.y + box.height)) - y),
  };
}

export function grown(box: Box, across: number, down: number): Box {
  return { x: box.x - across, y: box.y - down, width: box.width + 2 * across, height: box.height + 2 * down };
}

/** A picture with rectangles of it black. */
export function blackened(picture: GreyPicture, boxes: readonly Box[]): GreyPicture {
  const pixels = Uint8Array.from(picture.pixels);
  for (const box of boxes) {
    const { x, y, width, height } = wholePixels(box, picture);
    for (let row = y; row < y + height; row++) pixels.fill(0, row * picture.width + x, row * picture.width + x + width);
  }
  return { ...picture, pixels };
}
