/** Bound once: in the vm contexts that tests run in, each look-up of a global in a pixel loop costs more than the sum beside it. */
const { max, min, round } = Math;
/** Pixels as they are stored in an object, with what it takes to show them. Little endian, colour interleaved, one buffer a frame. */
export interface StoredPixels {
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: 1 | 3;
  readonly bitsAllocated: 8 | 16;
  readonly bitsStored: number;
  readonly signed: boolean;
  readonly photometric: 'MONOCHROME1' | 'MONOCHROME2' | 'RGB';
  readonly frames: readonly Uint8Array[];
  readonly slope: number;
  readonly intercept: number;
  /** In output units of slope and intercept; absent for 8-bit and colour pictures, which are shown as they are. */
  readonly window?: { readonly center: number; readonly width: number };
}

/**
 * The picture as it must be shown, 8 bits a sample: slope and intercept, then the window by the linear function of PS3.3
 * C.11.2.1.2, rounded to the nearest integer, then inverted for MONOCHROME1. An independent second reckoning for renderers.
 */
export function displayed(pixels: StoredPixels): Uint8Array[] {
  return pixels.frames.map((frame) => {
    const shown = new Uint8Array(pixels.rows * pixels.columns * pixels.samplesPerPixel);
    for (let at = 0; at < shown.length; at += 1) shown[at] = shownValue(pixels, storedAt(frame, pixels, at));
    return shown;
  });
}

/** Sets one sample of a frame, in stored values. */
export function store(frame: Uint8Array, bitsAllocated: 8 | 16, at: number, value: number): void {
  if (bitsAllocated === 8) {
    frame[at] = value;
    return;
  }
  frame[2 * at] = value & 0xff;
  frame[2 * at + 1] = (value >> 8) & 0xff;
}

export function storedAt(
  frame: Uint8Array,
  pixels: Pick<StoredPixels, 'bitsAllocated' | 'signed'>,
  at: number,
): number {
  if (pixels.bitsAllocated === 8) return frame[at] ?? 0;
  const value = (frame[2 * at] ?? 0) | ((frame[2 * at + 1] ?? 0) << 8);
  return pixels.signed && value > 0x7fff ? value - 0x10000 : value;
}

function shownValue(pixels: StoredPixels, stored: number): number {
  const grey = windowed(stored * pixels.slope + pixels.intercept, pixels.window);
  return pixels.photometric === 'MONOCHROME1' ? 255 - grey : grey;
}

function windowed(value: number, window: StoredPixels['window']): number {
  if (!window) return value;
  const share = (value - (window.center - 0.5)) / (window.width - 1) + 0.5;
  return min(255, max(0, round(share * 255)));
}
