// Real: reading, decoding and rendering, in this process. Fake: the objects, written by @precedent/dicom.
import { describe, expect, it } from '@jest/globals';
import { describeImage } from './describe-image.ts';
import { encodeFrames } from './encode-frames.ts';
import { renderImage } from './render-image.ts';
import { datasetOf, imageFile } from './test-objects.testkit.ts';
import type { NewElement } from '@precedent/dicom';
import type { RenderTarget } from './domain/types.ts';
import type { TestImage } from './test-objects.testkit.ts';

const BIG_ENDIAN = '1.2.840.10008.1.2.2';
const DEFLATED = '1.2.840.10008.1.2.1.99';
const RLE = '1.2.840.10008.1.2.5';
const JPEG_2000 = '1.2.840.10008.1.2.4.90';

async function shown(image: TestImage, target: RenderTarget = { kind: 'display' }): Promise<readonly number[][]> {
  const outcome = await renderImage({ source: { bytes: imageFile(image) }, frames: 'all', target });
  if (outcome.kind === 'failed') throw new Error(`${outcome.reason}: ${outcome.detail}`);
  return outcome.frames.map(({ data }) => [...data]);
}

const words = (...values: number[]): { bytes: Buffer } => ({
  bytes: Buffer.from(Uint16Array.from(values, (value) => value & 0xffff).buffer),
});
const bytes = (...values: number[]): { bytes: Buffer } => ({ bytes: Buffer.from(values) });
const us = (tag: number, value: number): NewElement => ({ tag, vr: 'US', value: { numbers: [value] } });
const ds = (tag: number, value: string): NewElement => ({ tag, vr: 'DS', value: { text: value } });
const window = (center: string, width: string): NewElement[] => [ds(0x00281050, center), ds(0x00281051, width)];

describe('stored bits', () => {
  const signed12 = { rows: 1, columns: 4, allocated: 16, stored: 12, signed: true } as const;

  it('sign comes from Bits Stored, and bits above it (an old overlay) are ignored', async () => {
    const pixels = words(0xf000 | 0x800, 0x7000 | 0xfff, 0x0000, 0x8000 | 0x7ff);
    const more = window('0', '4096');
    expect(await shown({ ...signed12, pixels, more })).toEqual([[0, 127, 128, 255]]);
  });

  it('lie where High Bit says', async () => {
    const pixels = words(0x0000, 0x8000, 0xfff0, 0x000f);
    const more = [us(0x00280102, 15), ...window('2048', '4096')];
    expect(await shown({ rows: 1, columns: 4, allocated: 16, stored: 12, pixels, more })).toEqual([[0, 128, 255, 0]]);
  });

  it('padding is left out of the min-max of a frame without window', async () => {
    const more = [us(0x00280120, 63_536)];
    const pixels = words(-2000, 100, 200, 300);
    expect(await shown({ rows: 1, columns: 4, allocated: 16, signed: true, pixels, more })).toEqual([[0, 0, 128, 255]]);
  });

  it('32 bit, single bits across bytes and frames', async () => {
    const wide = Buffer.from(Uint32Array.from([0, 1_000_000, 2_000_000, 4_000_000_000]).buffer);
    const more = window('1000000.5', '2000001');
    expect(await shown({ rows: 2, columns: 2, allocated: 32, pixels: { bytes: wide }, more })).toEqual([
      [0, 128, 255, 255],
    ]);
    const bits = { rows: 1, columns: 3, frames: 3, allocated: 1, pixels: bytes(0b10101101, 0b1) } as const;
    expect(await shown({ ...bits, more: window('1', '2') })).toEqual([
      [255, 0, 255],
      [255, 0, 255],
      [0, 255, 255],
    ]);
  });
});

describe('grey', () => {
  it.each([
    ['MONOCHROME1', []],
    ['MONOCHROME2', [{ tag: 0x20500020, value: { text: 'INVERSE' } }]],
    ['MONOCHROME1', [{ tag: 0x20500020, value: { text: 'INVERSE' } }]],
  ])('%s with %j is inverted once, last', async (photometric, more) => {
    expect(await shown({ rows: 1, columns: 3, photometric, pixels: bytes(0, 100, 255), more })).toEqual([
      [255, 155, 0],
    ]);
  });

  it('the first window of several is taken', async () => {
    const more = window('50\\128', '101\\256');
    expect(await shown({ rows: 1, columns: 2, pixels: bytes(0, 255), more })).toEqual([[1, 255]]);
    const unusable = window('50\\128.5', '0\\257');
    expect(await shown({ rows: 1, columns: 3, pixels: bytes(0, 128, 255), more: unusable })).toEqual([[0, 128, 254]]);
  });

  it('per-frame windows of enhanced objects win over the shared ones', async () => {
    const voi = (center: string): NewElement => ({ tag: 0x00289132, value: { items: [window(center, '101')] } });
    const more: NewElement[] = [
      { tag: 0x52009229, value: { items: [[voi('150.5')]] } },
      { tag: 0x52009230, value: { items: [[voi('50.5')], []] } },
    ];
    const frames = await shown({ rows: 1, columns: 2, frames: 2, pixels: bytes(50, 150, 50, 150), more });
    expect(frames).toEqual([
      [128, 255],
      [0, 128],
    ]);
  });

  it('a modality table of a signed image starts at a negative value', async () => {
    const table: NewElement[] = [
      { tag: 0x00283002, vr: 'SS', value: { numbers: [3, -1, 16] } },
      { tag: 0x00283006, vr: 'US', value: { numbers: [0, 500, 1000] } },
    ];
    const more = [{ tag: 0x00283000, value: { items: [table] } }, ...window('500.5', '1001')];
    const pixels = words(-1, 0, 1, 9);
    expect(await shown({ rows: 1, columns: 4, allocated: 16, signed: true, pixels, more })).toEqual([
      [0, 128, 255, 255],
    ]);
  });
});

describe('colour', () => {
  it('planar and interleaved RGB are the same picture, and turning one into the other spoils no byte of the object', async () => {
    const rgb = { rows: 1, columns: 2, samples: 3, photometric: 'RGB' } as const;
    const interleaved = await shown({ ...rgb, pixels: bytes(1, 2, 3, 4, 5, 6) });
    expect(await shown({ ...rgb, pixels: bytes(1, 4, 2, 5, 3, 6), more: [us(0x00280006, 1)] })).toEqual(interleaved);
  });

  it('YBR_FULL and uncompressed YBR_FULL_422 become RGB', async () => {
    const ybr = { rows: 1, columns: 2, samples: 3 } as const;
    const red = [254, 0, 0, 254, 0, 0];
    expect(await shown({ ...ybr, photometric: 'YBR_FULL', pixels: bytes(76, 85, 255, 76, 85, 255) })).toEqual([red]);
    expect(await shown({ ...ybr, photometric: 'YBR_FULL_422', pixels: bytes(76, 76, 85, 255) })).toEqual([red]);
  });

  it('PALETTE COLOR goes through its three tables', async () => {
    const table = (i: number, values: number[]): NewElement[] => [
      { tag: 0x00281101 + i, vr: 'US', value: { numbers: [values.length, 0, 16] } },
      { tag: 0x00281201 + i, vr: 'OW', value: words(...values) },
    ];
    const more = [...table(0, [0, 0xff00]), ...table(1, [0x8000, 0]), ...table(2, [0x1234, 1])];
    const palette = { rows: 1, columns: 3, photometric: 'PALETTE COLOR', pixels: bytes(0, 1, 7), more };
    expect(await shown(palette)).toEqual([[0, 128, 18, 255, 0, 0, 255, 0, 0]]);
  });
});

describe('transfer syntaxes and frames', () => {
  const image = { rows: 2, columns: 3, allocated: 16, stored: 12, more: window('2048', '4096') } as const;
  const values = [0, 4095, 2048, 17, 1000, 3000];

  it.each([BIG_ENDIAN, DEFLATED, '1.2.840.10008.1.2'])('%s shows what explicit little endian shows', async (syntax) => {
    const pixels = words(...values);
    if (syntax === BIG_ENDIAN) pixels.bytes.swap16();
    expect(await shown({ ...image, pixels, syntax })).toEqual(await shown({ ...image, pixels: words(...values) }));
  });

  it('frames are found by offset table, by one fragment each, and by markers; in the order asked for', async () => {
    const side = { rows: 8, columns: 8 } as const;
    const frames = [10, 20, 30].map((value) => new Uint8Array(64).fill(value));
    const raw = { ...side, samplesPerPixel: 1, bitsAllocated: 8, bitsStored: 8, signed: false, frames } as const;
    const streams = (await encodeFrames(raw, JPEG_2000)).map((stream) => Buffer.from(stream));
    const halves = streams.map((stream) => [stream.subarray(0, 60), stream.subarray(60)].map(even));
    const starts = halves.map((_, i) =>
      halves
        .slice(0, i)
        .flat()
        .reduce((sum, { length }) => sum + 8 + length, 0),
    );
    const table = Buffer.from(Uint32Array.from(starts).buffer);
    for (const fragments of [
      [Buffer.alloc(0), ...streams.map(even)],
      [Buffer.alloc(0), ...halves.flat()],
      [table, ...halves.flat()],
    ]) {
      const file = imageFile({ ...side, frames: 3, pixels: { fragments }, syntax: JPEG_2000 });
      const outcome = await renderImage({ source: { bytes: file }, frames: [2, 0], target: { kind: 'display' } });
      const found = outcome.kind === 'rendered' ? outcome.frames.map(({ frame, data }) => [frame, data[0]]) : outcome;
      expect(found).toEqual([
        [2, 30],
        [0, 10],
      ]);
    }
  });

  it('stored samples are those that were encoded, sign and all, so that cleaned frames can be written back', async () => {
    const pixels = words(-2048, -1, 0, 1, 2047, 5);
    const raw = { rows: 2, columns: 3, samplesPerPixel: 1, bitsAllocated: 16, bitsStored: 12, signed: true } as const;
    for (const syntax of [RLE, JPEG_2000, '1.2.840.10008.1.2.4.80'] as const) {
      const [stream] = await encodeFrames({ ...raw, frames: [pixels.bytes] }, syntax);
      const fragments = [Buffer.alloc(0), even(Buffer.from(stream!))];
      const back = await shown({ ...image, signed: true, pixels: { fragments }, syntax }, { kind: 'stored' });
      const masked = new Int16Array(Uint8Array.from(back[0]!).buffer).map((value) => (value << 20) >> 20);
      expect([...masked]).toEqual([-2048, -1, 0, 1, 2047, 5]);
    }
  });
});

function even(bytes: Buffer): Buffer {
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(1)]);
}

describe('refused by the header', () => {
  const good: TestImage = { rows: 2, columns: 2, pixels: bytes(1, 2, 3, 4) };
  const cases: readonly (readonly [string, TestImage])[] = [
    ['zero-frames', { ...good, frames: 0 }],
    ['absurd-dimensions', { ...good, rows: 0 }],
    ['absurd-dimensions', { ...good, rows: 65_535, columns: 65_535 }],
    ['absurd-dimensions', { ...good, frames: 2_000_000_000 }],
    ['unsupported-photometric', { ...good, photometric: 'HSV', samples: 3 }],
    ['unsupported-photometric', { ...good, samples: 2 }],
    ['unsupported-photometric', { ...good, stored: 9 }],
    ['unsupported-photometric', { ...good, photometric: 'PALETTE COLOR' }],
  ];

  it.each(cases)('%s, by description and by rendering alike', async (reason, image) => {
    const file = imageFile(image);
    expect(describeImage(datasetOf(file))).toMatchObject({ kind: 'failed', reason });
    const request = { source: { bytes: file }, frames: 'all', target: { kind: 'display' } } as const;
    expect(await renderImage(request)).toMatchObject({ kind: 'failed', reason });
  });

  it.each([
    ['pixel-data-length', { ...good, pixels: bytes(1, 2) }],
    ['pixel-data-length', { ...good, frames: 2 }],
    ['codestream-mismatch', { ...good, rows: 4, syntax: JPEG_2000 }],
    [
      'unsupported-transfer-syntax',
      { ...good, syntax: '1.2.840.10008.1.2.4.102', pixels: { fragments: [Buffer.alloc(0)] } },
    ],
  ] as const)('%s', async (reason, image) => {
    let made: TestImage = image;
    if (reason === 'codestream-mismatch') {
      const raw = { rows: 2, columns: 2, samplesPerPixel: 1, bitsAllocated: 8, bitsStored: 8, signed: false } as const;
      const [stream] = await encodeFrames({ ...raw, frames: [Uint8Array.of(1, 2, 3, 4)] }, JPEG_2000);
      made = { ...image, pixels: { fragments: [Buffer.alloc(0), even(Buffer.from(stream!))] } };
    }
    const request = { source: { bytes: imageFile(made) }, frames: 'all', target: { kind: 'display' } } as const;
    expect(await renderImage(request)).toMatchObject({ kind: 'failed', reason });
  });

  it('describes a good one', () => {
    expect(describeImage(datasetOf(imageFile(good)))).toMatchObject({
      kind: 'image',
      image: { rows: 2, columns: 2, frames: 1, bitsStored: 8, photometric: 'MONOCHROME2', lossy: false },
    });
  });
});
