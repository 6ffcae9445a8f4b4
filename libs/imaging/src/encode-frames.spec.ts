// Real: the codecs (CharLS, OpenJPEG as WebAssembly, own RLE). Fake: the pictures, made from a printed seed.
import { describe, expect, it } from '@jest/globals';
import { decodeJpeg2000 } from './adapters/jpeg-2000.ts';
import { decodeJpegLs } from './adapters/jpeg-ls.ts';
import { decodeRle } from './domain/rle.ts';
import { encodeFrames } from './encode-frames.ts';
import type { EncodeSyntax, RawFrames } from './domain/types.ts';

const RLE = '1.2.840.10008.1.2.5';
const JPEG_LS = '1.2.840.10008.1.2.4.80';
const JPEG_2000 = '1.2.840.10008.1.2.4.90';
const SEED = 20240607;

/** A smooth picture with noise, runs and extremes, in samples of `bitsStored` bits. */
function picture(options: Omit<RawFrames, 'frames'>, seed: number): Uint8Array {
  let state = seed;
  const random = (): number => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
  const count = options.rows * options.columns * options.samplesPerPixel;
  const range = 2 ** options.bitsStored;
  const low = options.signed ? -range / 2 : 0;
  const out = Buffer.alloc((count * options.bitsAllocated) / 8);
  for (let i = 0; i < count; i++) {
    const pick = random();
    const wave = (Math.sin(i / 90) + 1) / 2;
    const value = low + Math.floor(pick < 0.01 ? 0 : pick < 0.02 ? range - 1 : wave * (range - 8) + random() * 7);
    if (options.bitsAllocated === 8) out[i] = value;
    else out.writeUInt16LE(value & 0xffff, i * 2);
  }
  return out;
}

const shapes: readonly (readonly [string, Omit<RawFrames, 'frames'>])[] = [
  ['8 bit grey', { rows: 33, columns: 47, samplesPerPixel: 1, bitsAllocated: 8, bitsStored: 8, signed: false }],
  ['12 in 16 bit', { rows: 64, columns: 31, samplesPerPixel: 1, bitsAllocated: 16, bitsStored: 12, signed: false }],
  [
    '12 in 16 bit signed',
    { rows: 40, columns: 40, samplesPerPixel: 1, bitsAllocated: 16, bitsStored: 12, signed: true },
  ],
  ['16 bit signed', { rows: 40, columns: 41, samplesPerPixel: 1, bitsAllocated: 16, bitsStored: 16, signed: true }],
  ['16 bit', { rows: 129, columns: 5, samplesPerPixel: 1, bitsAllocated: 16, bitsStored: 16, signed: false }],
  ['8 in 16 bit', { rows: 20, columns: 20, samplesPerPixel: 1, bitsAllocated: 16, bitsStored: 8, signed: false }],
  ['RGB', { rows: 35, columns: 22, samplesPerPixel: 3, bitsAllocated: 8, bitsStored: 8, signed: false }],
];

describe(`encodeFrames, seed ${SEED}`, () => {
  const decoders = { [RLE]: decodeRle, [JPEG_LS]: decodeJpegLs, [JPEG_2000]: decodeJpeg2000 };

  for (const syntax of [RLE, JPEG_LS, JPEG_2000] as const) {
    it.each(shapes)(`${syntax} gives every sample back: %s`, async (_, shape) => {
      const frames = [picture(shape, SEED), picture(shape, SEED + 1)];
      const streams = await encodeFrames({ ...shape, frames }, syntax);
      expect(streams).toHaveLength(2);
      const mask = 2 ** shape.bitsStored - 1;
      for (const [i, stream] of streams.entries()) {
        const back = await decoders[syntax](stream, shape);
        const samples = back.bytesPerSample === 1 ? back.bytes : new Uint16Array(back.bytes.slice().buffer);
        const before = shape.bitsAllocated === 8 ? frames[i]! : new Uint16Array(frames[i]!.slice().buffer);
        expect(Array.from(samples, (value) => value & mask)).toEqual(Array.from(before, (value) => value & mask));
      }
    });
  }

  it.each(['1.2.840.10008.1.2', '1.2.840.10008.1.2.1'] as const)(
    '%s is the bytes themselves',
    async (syntax: EncodeSyntax) => {
      const shape = shapes[1]![1];
      const frame = picture(shape, SEED);
      expect(await encodeFrames({ ...shape, frames: [frame] }, syntax)).toEqual([frame]);
    },
  );

  it('refuses pixels that are not as long as they claim', async () => {
    const raw = { ...shapes[0]![1], frames: [new Uint8Array(33 * 47 - 1)] };
    await expect(encodeFrames(raw, JPEG_LS)).rejects.toMatchObject({ code: 'IMAGING_ENCODE_INPUT' });
  });
});

describe('a cut-off stream is an error, never a picture', () => {
  it.each([
    [RLE, decodeRle],
    [JPEG_LS, decodeJpegLs],
    [JPEG_2000, decodeJpeg2000],
  ] as const)('%s', async (syntax, decode) => {
    const shape = shapes[1]![1];
    const [stream] = await encodeFrames({ ...shape, frames: [picture(shape, SEED)] }, syntax);
    for (const keep of [0.2, 0.5, 0.9, 0.99]) {
      const cut = stream!.subarray(0, Math.floor(stream!.length * keep));
      await expect((async () => decode(cut, shape))()).rejects.toMatchObject({ name: 'ImageRefused' });
    }
  });
});
