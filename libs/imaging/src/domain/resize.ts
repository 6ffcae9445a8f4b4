/** 8-bit picture, samples interleaved. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

/** Interpolating functions: Catmull-Rom style cubic with a = -0.5, and the triangle. */
const KERNELS = {
  cubic: { support: 2, weight: cubic },
  linear: { support: 1, weight: (x: number) => Math.max(0, 1 - Math.abs(x)) },
} as const;

function cubic(x: number): number {
  const t = Math.abs(x);
  if (t < 1) return (1.5 * t - 2.5) * t * t + 1;
  if (t < 2) return ((-0.5 * t + 2.5) * t - 4) * t + 2;
  return 0;
}

/** For each output sample, `taps` weights (22-bit fixed point) from input sample `first` on. */
interface Taps {
  readonly taps: number;
  readonly first: Int32Array;
  readonly weights: Int32Array;
}

const PRECISION = 22;
const HALF = 2 ** (PRECISION - 1);

/** Antialiased: when shrinking, the kernel is stretched by the factor, so that no input sample is left out. */
function tapsFor(from: number, to: number, kernel: keyof typeof KERNELS): Taps {
  const { support, weight } = KERNELS[kernel];
  const scale = from / to;
  const stretch = Math.max(1, scale);
  const reach = support * stretch;
  const taps = Math.min(from, Math.ceil(reach) * 2 + 1);
  const first = new Int32Array(to);
  const weights = new Int32Array(to * taps);
  for (let i = 0; i < to; i++) {
    const middle = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(middle - reach + 0.5));
    const end = Math.min(from, Math.trunc(middle + reach + 0.5));
    first[i] = start;
    const raw = Array.from({ length: end - start }, (_, k) => weight((start + k - middle + 0.5) / stretch));
    const sum = raw.reduce((total, value) => total + value, 0);
    raw.forEach((value, k) => (weights[i * taps + k] = Math.round((value / sum) * 2 ** PRECISION)));
  }
  return { taps, first, weights };
}

function clip(sum: number): number {
  const value = sum >> PRECISION;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

/** `count` lines of `length` samples; `step` between samples, `line` between lines, in and out alike. */
interface Walk {
  readonly count: number;
  readonly line: readonly [from: number, to: number];
  readonly step: number;
}

/** One direction. Two nested strides serve rows and columns; the inner loop is the hot path. */
function pass(input: Uint8Array, output: Uint8Array, { taps, first, weights }: Taps, walk: Walk): void {
  const { count, line, step } = walk;
  for (let i = 0; i < first.length; i++) {
    const start = (first[i] ?? 0) * step;
    for (let n = 0; n < count; n++) {
      let sum = HALF;
      let at = n * line[0] + start;
      for (let k = i * taps, end = k + taps; k < end; k++, at += step) sum += (input[at] ?? 0) * (weights[k] ?? 0);
      output[n * line[1] + i * step] = clip(sum);
    }
  }
}

function resizeRows(picture: Picture, width: number, kernel: keyof typeof KERNELS): Picture {
  const { channels, height } = picture;
  const data = new Uint8Array(width * height * channels);
  const taps = tapsFor(picture.width, width, kernel);
  for (let c = 0; c < channels; c++) {
    const line = [picture.width * channels, width * channels] as const;
    pass(picture.data.subarray(c), data.subarray(c), taps, { count: height, line, step: channels });
  }
  return { width, height, channels, data };
}

function resizeColumns(picture: Picture, height: number, kernel: keyof typeof KERNELS): Picture {
  const row = picture.width * picture.channels;
  const data = new Uint8Array(row * height);
  pass(picture.data, data, tapsFor(picture.height, height, kernel), { count: row, line: [1, 1], step: row });
  return { ...picture, height, data };
}

/**
 * Separable, antialiased, integer arithmetic throughout, so the same bytes on every machine.
 * Rows first, rounded to 8 bits in between, as Pillow does it, in which the encoders' training pictures were resized.
 */
export function resize(picture: Picture, width: number, height: number, kernel: keyof typeof KERNELS): Picture {
  const across = picture.width === width ? picture : resizeRows(picture, width, kernel);
  return across.height === height ? across : resizeColumns(across, height, kernel);
}

/** To `size` × `size`: `squash` ignores the aspect ratio, `pad` keeps it and centres the picture on black. */
export function resizeToSquare(
  picture: Picture,
  size: number,
  policy: 'squash' | 'pad',
  kernel: keyof typeof KERNELS,
): Picture {
  if (policy === 'squash') return resize(picture, size, size, kernel);
  const factor = size / Math.max(picture.width, picture.height);
  const fitted = (side: number): number => Math.max(1, Math.round(side * factor));
  return centred(resize(picture, fitted(picture.width), fitted(picture.height), kernel), size);
}

function centred(picture: Picture, size: number): Picture {
  const { width, height, channels } = picture;
  const data = new Uint8Array(size * size * channels);
  const left = Math.floor((size - width) / 2);
  const top = Math.floor((size - height) / 2);
  for (let y = 0; y < height; y++) {
    const row = picture.data.subarray(y * width * channels, (y + 1) * width * channels);
    data.set(row, ((top + y) * size + left) * channels);
  }
  return { width: size, height: size, channels, data };
}
