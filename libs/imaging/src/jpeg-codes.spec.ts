// Real: the own decoders of lossless and of 12-bit JPEG; IJG 6b of dcmjs-codecs as lossless encoder, and as the second decoder that
// must give the same samples. Fake: the pictures.
import { describe, expect, it } from '@jest/globals';
import { decodeByDcmjs } from './adapters/dcmjs-codecs.ts';
import { decodeJpegExtended } from './adapters/jpeg-extended.ts';
import { entropyIntervals } from './domain/entropy-intervals.ts';
import { ImageRefused } from './domain/failure.ts';
import { decodeJpegLossless } from './domain/jpeg-lossless.ts';
import { jpegOf12Bits, losslessJpeg } from './jpeg.testkit.ts';
import type { FrameShape } from './domain/decoded.ts';
import type { Block, JpegOf12Bits } from './jpeg.testkit.ts';

/** Numbers from 0 to before `end`, the same in every run. */
function numbers(seed: number): (end: number) => number {
  let state = seed;
  return (end) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * end);
  };
}

const shapeOf = (rows: number, columns: number, samplesPerPixel = 1): FrameShape => ({
  rows,
  columns,
  samplesPerPixel,
  bitsAllocated: 16,
  bitsStored: 12,
  signed: false,
});

const samplesOf = ({ bytes }: { bytes: Uint8Array }): number[] => [
  ...new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2),
];

describe('lossless JPEG', () => {
  const cases = [1, 2, 3, 4, 5, 6, 7].flatMap((predictor) =>
    [1, 3].flatMap((samples) => [0, 3].map((shift) => [predictor, samples, shift] as const)),
  );

  it.each(cases)('predictor %i, %i samples a pixel, point transform %i', async (predictor, perPixel, shift) => {
    const shape = shapeOf(23, 31, perPixel);
    const next = numbers(predictor);
    // Steps and noise: short codes and long ones, differences of both signs and of all sizes.
    const samples = Uint16Array.from({ length: 23 * 31 * perPixel }, (_, i) =>
      i % 7 === 0 ? next(4096) : 1000 + next(20),
    );
    const stream = await losslessJpeg(samples, shape, predictor, shift);
    expect(samplesOf(decodeJpegLossless(stream, shape))).toEqual(
      [...samples].map((value) => (value >> shift) << shift),
    );
  });
});

describe('JPEG of 12 bits', () => {
  /** Blocks as pictures have them (`reach` coefficients, ever smaller), or of anything. */
  function blocksOf(count: number, seed: number, reach: number, size: number): Block[] {
    const next = numbers(seed);
    return Array.from({ length: count }, () =>
      Array.from({ length: 64 }, (_, k) => {
        if (k > reach || (k > 0 && next(3) === 0)) return 0;
        const most = 1 + Math.floor(size / (1 + k));
        return next(2 * most + 1) - most;
      }),
    );
  }

  function picture(rows: number, columns: number, more: Partial<JpegOf12Bits> = {}): JpegOf12Bits {
    const blocks = blocksOf(Math.ceil(rows / 8) * Math.ceil(columns / 8), rows + columns, 40, 900);
    const steps = Array.from({ length: 64 }, (_, k) => 2 + (k >> 2));
    return { rows, columns, blocks, steps, interval: 0, ...more };
  }

  const cases: readonly (readonly [string, JpegOf12Bits])[] = [
    ['one block', picture(8, 8)],
    ['blocks cut by the edges', picture(21, 37)],
    ['restart intervals within rows', picture(40, 40, { interval: 3 })],
    ['more than eight restart intervals', picture(80, 24, { interval: 2 })],
    ['flat blocks', picture(16, 24, { blocks: blocksOf(6, 1, 0, 1000) })],
    ['runs of zeros, the last coefficient set', picture(8, 16, { blocks: [1, 2].map((n) => lone(63, n)) })],
    ['each coefficient alone', picture(64, 64, { blocks: Array.from({ length: 64 }, (_, k) => lone(k, 100 - 3 * k)) })],
    // Within four times the range: farther off IJG 6b wraps around.
    [
      'steps of 16 bits, levels beyond black and white',
      picture(24, 24, { blocks: blocksOf(9, 4, 40, 70), steps: new Array<number>(64).fill(300) }),
    ],
    [
      'every coefficient, long codes',
      picture(32, 32, { blocks: blocksOf(16, 9, 63, 4000), steps: new Array<number>(64).fill(1) }),
    ],
  ];

  function lone(place: number, value: number): Block {
    return Array.from({ length: 64 }, (_, k) => (k === place ? value : 0));
  }

  it.each(cases)('%s: the samples of IJG 6b', async (_, made) => {
    const stream = jpegOf12Bits(made);
    const shape = shapeOf(made.rows, made.columns);
    const theirs = await decodeByDcmjs(({ NativeCodecs }, context) => NativeCodecs.decodeJpeg(context), stream, shape);
    expect(samplesOf(await decodeJpegExtended(stream, shape, 'MONOCHROME2'))).toEqual(samplesOf({ bytes: theirs }));
  });

  const refused = (stream: Uint8Array, { rows, columns }: JpegOf12Bits): Promise<void> =>
    expect(decodeJpegExtended(stream, shapeOf(rows, columns), 'MONOCHROME2')).rejects.toBeInstanceOf(ImageRefused);

  it('a block or more is missing, or too many: refused', async () => {
    const made = picture(21, 37);
    const { blocks } = made;
    await refused(jpegOf12Bits({ ...made, blocks: blocks.slice(0, -1) }), made);
    await refused(jpegOf12Bits({ ...made, blocks: [...blocks, lone(5, 700), lone(9, 700)] }), made);
    await refused(jpegOf12Bits({ ...made, interval: 5, blocks: blocks.slice(0, -5) }), made);
    await refused(jpegOf12Bits({ ...made, interval: 5, blocks: [...blocks, ...blocks.slice(0, 5)] }), made);
  });

  it('a run beyond the last coefficient, no quantisation table, a code of no table: refused', async () => {
    const made = picture(8, 8);
    await refused(jpegOf12Bits({ ...made, blocks: [[...lone(0, 9), ...lone(1, 3)]] }), made);
    const stream = jpegOf12Bits(made);
    const without = Buffer.from(stream);
    // The frame header's table: 3, which no segment gave.
    without[stream.indexOf(Buffer.from([0xff, 0xc1])) + 12] = 3;
    await refused(without, made);
    const garbage = Buffer.concat([
      stream.subarray(0, stream.indexOf(Buffer.from([0xff, 0xda])) + 10),
      Buffer.alloc(9, 0xfe),
      Buffer.from([0xff, 0xd9]),
    ]);
    await refused(garbage, made);
  });
});

describe('entropy-coded intervals', () => {
  const intervals = (...bytes: number[]): number[][] =>
    entropyIntervals(Uint8Array.from([9, 9, ...bytes]), 2).map((interval) => [...interval]);

  it('stuffing and fill bytes go, restart markers part', () => {
    expect(intervals(1, 0xff, 0, 2, 0xff, 0xff, 0xd0, 0xff, 0, 0xff, 0, 0xff, 0xd1, 0xff, 0xff, 0xd9)).toEqual([
      [1, 0xff, 2],
      [0xff, 0xff],
      [],
    ]);
  });

  it('another marker, a restart marker out of order, no end: refused', () => {
    for (const bytes of [[1, 0xff, 0xda, 2, 0xff, 0xd9], [1, 0xff, 0xd1, 2, 0xff, 0xd9], [1, 2], [1, 0xff], []]) {
      expect(() => intervals(...bytes)).toThrow(ImageRefused);
    }
  });
});
