import type { EncoderInput, ModelManifest } from './types.ts';

type InputShape = ModelManifest['input'];

/** Writes 8-bit pictures as float32 NCHW: value (x − mean) / scale, by a table of 256 values a channel. */
export class Normaliser {
  private readonly shape: InputShape;
  private readonly tables: readonly Float32Array[];
  private readonly plane: number;

  constructor(shape: InputShape) {
    this.shape = shape;
    this.plane = shape.size * shape.size;
    this.tables = Array.from({ length: shape.channels }, (_, channel) => {
      const mean = shape.mean[channel] ?? 0;
      const scale = shape.scale[channel] ?? 1;
      return Float32Array.from({ length: 256 }, (_unused, value) => (value - mean) / scale);
    });
  }

  /** Floats a picture takes. */
  get length(): number {
    return this.plane * this.shape.channels;
  }

  write(input: EncoderInput, target: Float32Array, offset: number): void {
    if (input.channels === 1) this.writeGrey(input.pixels, target, offset);
    else if (this.shape.channels === 3) this.writeColour(input.pixels, target, offset);
    else this.writeGrey(luma(input.pixels, this.plane), target, offset);
  }

  private writeGrey(pixels: Uint8Array, target: Float32Array, offset: number): void {
    for (const [channel, table] of this.tables.entries()) {
      const start = offset + channel * this.plane;
      for (let at = 0; at < this.plane; at += 1) target[start + at] = table[pixels[at] ?? 0] ?? 0;
    }
  }

  private writeColour(pixels: Uint8Array, target: Float32Array, offset: number): void {
    for (const [channel, table] of this.tables.entries()) {
      const start = offset + channel * this.plane;
      for (let at = 0; at < this.plane; at += 1) target[start + at] = table[pixels[at * 3 + channel] ?? 0] ?? 0;
    }
  }
}

/** ITU-R BT.601 luma in 8 bits: a colour picture for a model of one channel. */
function luma(pixels: Uint8Array, count: number): Uint8Array {
  const grey = new Uint8Array(count);
  for (let at = 0; at < count; at += 1) {
    const red = pixels[at * 3] ?? 0;
    const green = pixels[at * 3 + 1] ?? 0;
    const blue = pixels[at * 3 + 2] ?? 0;
    grey[at] = (red * 77 + green * 150 + blue * 29 + 128) >> 8;
  }
  return grey;
}
