// Real: reading, decoding and rendering, in this process. Fake: the objects, written by @precedent/dicom.
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { TRANSFER_SYNTAXES } from '@precedent/dicom';
import { SYNTAX_SUPPORT } from './domain/syntax-support.ts';
import { encodeFrames } from './encode-frames.ts';
import { renderImage } from './render-image.ts';
import { imageFile } from './test-objects.testkit.ts';
import type { NewElement } from '@precedent/dicom';
import type { RenderOutcome, RenderTarget } from './domain/types.ts';
import type { TestImage } from './test-objects.testkit.ts';

const DEFLATED_FRAMES = '1.2.840.10008.1.2.8.1';
const ENCAPSULATED_UNCOMPRESSED = '1.2.840.10008.1.2.1.98';
const BIG_ENDIAN = '1.2.840.10008.1.2.2';
const JPEG_LS = '1.2.840.10008.1.2.4.80';
const RLE = '1.2.840.10008.1.2.5';

const DISPLAY = { kind: 'display' } as const;

function render(
  image: TestImage,
  target: RenderTarget = DISPLAY,
  frames: 'all' | number[] = 'all',
): Promise<RenderOutcome> {
  return renderImage({ source: { bytes: imageFile(image) }, frames, target });
}

async function shown(image: TestImage, target: RenderTarget = DISPLAY): Promise<readonly number[][]> {
  const outcome = await render(image, target);
  if (outcome.kind === 'failed') throw new Error(`${outcome.reason}: ${outcome.detail}`);
  return outcome.frames.map(({ data }) => [...data]);
}

async function reasonOf(image: TestImage): Promise<string> {
  const outcome = await render(image);
  return outcome.kind === 'failed' ? outcome.reason : 'rendered';
}

const bytes = (...values: number[]): { bytes: Buffer } => ({ bytes: Buffer.from(values) });
const words = (...values: number[]): { bytes: Buffer } => ({
  bytes: Buffer.from(Uint16Array.from(values, (value) => value & 0xffff).buffer),
});
const us = (tag: number, ...numbers: number[]): NewElement => ({ tag, vr: 'US', value: { numbers } });
const ds = (tag: number, value: string): NewElement => ({ tag, vr: 'DS', value: { text: value } });
const window = (center: string, width: string): NewElement[] => [ds(0x00281050, center), ds(0x00281051, width)];
const even = (part: Uint8Array): Buffer => Buffer.concat([part, Buffer.alloc(part.length % 2)]);
const fragments = (...parts: Uint8Array[]): { fragments: Buffer[] } => ({
  fragments: [Buffer.alloc(0), ...parts.map(even)],
});

describe('frames of native bytes, encapsulated', () => {
  const frames = [Buffer.from([0b101, 0b1]), Buffer.from([0b010, 0b0])];
  const bits = { rows: 3, columns: 3, frames: 2, allocated: 1, more: window('1', '2') } as const;
  const expected = [
    [255, 0, 255, 0, 0, 0, 0, 0, 255],
    [0, 255, 0, 0, 0, 0, 0, 0, 0],
  ];

  it('deflated: each frame begins with a byte of its own, also of single bits', async () => {
    const pixels = fragments(...frames.map((frame) => deflateRawSync(frame)));
    expect(await shown({ ...bits, syntax: DEFLATED_FRAMES, pixels })).toEqual(expected);
    const ybr = { rows: 1, columns: 2, samples: 3, photometric: 'YBR_FULL_422', syntax: DEFLATED_FRAMES };
    expect(await shown({ ...ybr, pixels: fragments(deflateRawSync(Buffer.from([76, 76, 85, 255]))) })).toEqual([
      [254, 0, 0, 254, 0, 0],
    ]);
  });

  it('uncompressed, in one fragment a frame or in several with an offset table', async () => {
    expect(await shown({ ...bits, syntax: ENCAPSULATED_UNCOMPRESSED, pixels: fragments(...frames) })).toEqual(expected);
    const image = { rows: 2, columns: 2, frames: 2, syntax: ENCAPSULATED_UNCOMPRESSED } as const;
    const table = Buffer.from(Uint32Array.of(0, 20).buffer);
    const parts = [
      [1, 2],
      [3, 4],
      [5, 6, 7, 8],
    ].map((part) => Buffer.from(part));
    expect(await shown({ ...image, pixels: { fragments: [table, ...parts] } })).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ]);
  });

  it('cut off, too short or longer than the picture they are refused, not painted', async () => {
    const image = { rows: 20, columns: 20, syntax: DEFLATED_FRAMES } as const;
    const good = deflateRawSync(Buffer.from(Array.from({ length: 400 }, (_, i) => (i * i) % 251)));
    expect(await reasonOf({ ...image, pixels: fragments(good) })).toBe('rendered');
    for (const keep of [0, 1, 10, good.length / 2, good.length - 2]) {
      expect(await reasonOf({ ...image, pixels: fragments(good.subarray(0, keep)) })).toBe('decode-failed');
    }
    expect(await reasonOf({ ...image, pixels: fragments(deflateRawSync(Buffer.alloc(399))) })).toBe(
      'codestream-mismatch',
    );
    // A bomb of 10 MB: inflating stops at the size of the frame.
    expect(await reasonOf({ ...image, pixels: fragments(deflateRawSync(Buffer.alloc(10_000_000))) })).toBe(
      'decode-failed',
    );
    expect(await reasonOf({ ...image, pixels: fragments(good, good) })).toBe('decode-failed');
    for (const length of [398, 402, 800]) {
      const pixels = fragments(Buffer.alloc(length));
      expect(await reasonOf({ ...image, syntax: ENCAPSULATED_UNCOMPRESSED, pixels })).toBe('pixel-data-length');
    }
  });
});

describe('offset tables', () => {
  const uv = (tag: number, ...values: number[]): NewElement => ({
    tag,
    vr: 'OV',
    value: { bytes: Buffer.from(BigUint64Array.from(values, BigInt).buffer) },
  });
  const side = { rows: 8, columns: 8 } as const;

  async function twoFrames(more: NewElement[], basic: number[] = []): Promise<RenderOutcome> {
    const frames = [10, 20].map((value) => new Uint8Array(64).fill(value));
    const raw = { ...side, samplesPerPixel: 1, bitsAllocated: 8, bitsStored: 8, signed: false, frames } as const;
    const streams = await encodeFrames(raw, JPEG_LS);
    // 100 bytes behind each stream: more than any padding, so that only the lengths of the table tell where it ends.
    const padded = streams.map((stream) => Buffer.concat([even(stream), Buffer.alloc(100)]));
    const second = padded[0]!.length + 8;
    const place = (tag: number): NewElement => uv(tag, 0, second);
    const made = more.map((element) => (element.tag === 0x7fe00001 ? place(element.tag) : element));
    const table = Buffer.from(Uint32Array.from(basic).buffer);
    const lengths = uv(0x7fe00002, ...streams.map(({ length }) => length));
    const all = made.map((element) => (element.tag === 0x7fe00002 && element.vr === 'UN' ? lengths : element));
    return render(
      { ...side, frames: 2, syntax: JPEG_LS, more: all, pixels: { fragments: [table, ...padded] } },
      DISPLAY,
      [1, 0],
    );
  }

  it('the extended one is followed, its lengths cut off what is behind a stream', async () => {
    const outcome = await twoFrames([
      uv(0x7fe00001, 0),
      { tag: 0x7fe00002, vr: 'UN', value: { bytes: Buffer.alloc(0) } },
    ]);
    expect(outcome.kind === 'rendered' ? outcome.frames.map(({ data }) => data[0]) : outcome).toEqual([20, 10]);
  });

  it('without lengths the padding is no end of a stream', async () => {
    expect(await twoFrames([])).toMatchObject({ kind: 'failed', reason: 'decode-failed' });
  });

  it('one that points between fragments is not believed', async () => {
    const image = { rows: 1, columns: 2, frames: 2, syntax: ENCAPSULATED_UNCOMPRESSED } as const;
    const table = Buffer.from(Uint32Array.of(0, 4).buffer);
    const pixels = { fragments: [table, Buffer.from([1, 2]), Buffer.from([3, 4])] };
    expect(await shown({ ...image, pixels })).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });
});

describe('floating-point pixels', () => {
  const values = [-1.5, 0, 2.5, NaN, Infinity, 1e9];
  const image = { rows: 1, columns: 6, allocated: 32, pixels: { bytes: Buffer.alloc(0) } } as const;

  /** In place of Pixel Data, which an object of this kind does not have. */
  function floatFile(vr: 'OF' | 'OD', littleEndian: boolean, more: NewElement[]): Buffer {
    const array = vr === 'OF' ? Float32Array.from(values) : Float64Array.from(values);
    const raw = Buffer.from(array.buffer);
    const ordered = littleEndian ? raw : vr === 'OF' ? raw.swap32() : raw.swap64();
    const tag = vr === 'OF' ? 0x7fe00008 : 0x7fe00009;
    const made = imageFile({
      ...image,
      allocated: vr === 'OF' ? 32 : 64,
      more: [...more, { tag, vr, value: { bytes: ordered } }],
      ...(littleEndian ? {} : { syntax: BIG_ENDIAN }),
    });
    // The empty Pixel Data (7FE0,0010) is the last element: 12 bytes.
    return made.subarray(0, made.length - 12);
  }

  async function shownOf(file: Buffer): Promise<number[]> {
    const outcome = await renderImage({ source: { bytes: file }, frames: 'all', target: DISPLAY });
    if (outcome.kind === 'failed') throw new Error(outcome.detail);
    return [...outcome.frames[0]!.data];
  }

  it.each([
    ['OF', true],
    ['OF', false],
    ['OD', true],
    ['OD', false],
  ] as const)('%s, little endian %s: go through rescale and window', async (vr, littleEndian) => {
    const more = [
      ds(0x00281052, '1.5'),
      ds(0x00281053, '1'),
      ...window('2.5', '5'),
      { tag: 0x00281056, value: { text: 'LINEAR_EXACT' } },
    ];
    expect(await shownOf(floatFile(vr, littleEndian, more))).toEqual([0, 77, 204, 0, 255, 255]);
  });

  it('without window from smallest to largest finite value that is no padding; what is no number is lowest', async () => {
    const padding = { tag: 0x00280122, vr: 'FL', value: { numbers: [1e9] } } as const;
    expect(await shownOf(floatFile('OF', true, [padding]))).toEqual([0, 96, 255, 0, 255, 255]);
  });

  it('as stored they are the numbers themselves, and the description says what they are', async () => {
    const request = {
      source: { bytes: floatFile('OD', false, []) },
      frames: 'all',
      target: { kind: 'stored' },
    } as const;
    const outcome = await renderImage(request);
    expect(outcome).toMatchObject({ kind: 'rendered', image: { floating: 'float64', bitsStored: 64 } });
    const data = outcome.kind === 'rendered' ? outcome.frames[0]!.data : new Uint8Array();
    expect([...new Float64Array(new Uint8Array(data).buffer)]).toEqual(values);
  });
});

describe('palettes', () => {
  const palette = { rows: 1, columns: 4, photometric: 'PALETTE COLOR', pixels: bytes(0, 1, 2, 3) } as const;
  const three = (make: (channel: number) => NewElement[]): NewElement[] => [0, 1, 2].flatMap(make);

  it('segmented tables', async () => {
    const more = three((i) => [
      us(0x00281101 + i, 4, 0, 16),
      { tag: 0x00281221 + i, vr: 'OW', value: words(0, 2, i * 256, 0x1000, 1, 2, 0x3000) },
    ]);
    expect(await shown({ ...palette, more })).toEqual([[0, 1, 2, 16, 16, 16, 32, 32, 32, 48, 48, 48]]);
  });

  it('entries of 8 bits: as bytes, as words, in big endian pairs, and called 16 bits by mistake', async () => {
    const entries = [0, 100, 200, 255];
    const expected = [entries.flatMap((entry) => [entry, entry, entry])];
    const table = (bits: number, data: { bytes: Buffer }): NewElement[] =>
      three((i) => [us(0x00281101 + i, 4, 0, bits), { tag: 0x00281201 + i, vr: 'OW', value: data }]);
    expect(await shown({ ...palette, more: table(8, bytes(...entries)) })).toEqual(expected);
    expect(await shown({ ...palette, more: table(8, words(...entries)) })).toEqual(expected);
    expect(await shown({ ...palette, more: table(16, words(...entries)) })).toEqual(expected);
    const swapped = { bytes: bytes(...entries).bytes.swap16() };
    expect(await shown({ ...palette, syntax: BIG_ENDIAN, more: table(8, swapped) })).toEqual(expected);
  });

  it('a damaged one is refused', async () => {
    const more = three((i) => [us(0x00281101 + i, 4, 0, 16), { tag: 0x00281221 + i, vr: 'OW', value: words(1, 4, 9) }]);
    expect(await reasonOf({ ...palette, more })).toBe('unsupported-photometric');
  });
});

describe('functional groups', () => {
  const sequence = (tag: number, ...items: NewElement[][]): NewElement => ({ tag, value: { items } });
  const rescale = (intercept: string): NewElement =>
    sequence(0x00289145, [ds(0x00281052, intercept), ds(0x00281053, '1')]);
  const table = sequence(0x00283010, [us(0x00283002, 2, 100, 8), { tag: 0x00283006, vr: 'OW', value: words(7, 77) }]);

  it('rescale of a frame over the shared one; a VOI table of a frame replaces the shared window', async () => {
    const shared = [rescale('100'), sequence(0x00289132, window('100.5', '201'))];
    const more = [sequence(0x52009229, shared), sequence(0x52009230, [sequence(0x00289132, [table])], [rescale('0')])];
    const image = { rows: 1, columns: 2, frames: 2, allocated: 16, pixels: words(0, 100, 0, 100), more } as const;
    expect(await shown(image)).toEqual([
      [7, 77],
      [0, 128],
    ]);
  });

  it('the window of the top level holds where no group has one', async () => {
    const more = [...window('50.5', '101'), sequence(0x52009230, [rescale('50')], [])];
    const image = { rows: 1, columns: 1, frames: 2, allocated: 16, pixels: words(0, 0), more } as const;
    expect(await shown(image)).toEqual([[128], [0]]);
  });
});

describe('colour', () => {
  it('of 32 bits by its high bits, also as RLE, 16 bits 4:2:2 by samples', async () => {
    const raw = Buffer.from(Uint32Array.of(0, 0x80_00_00_00, 0xff_ff_ff_ff).buffer);
    const rgb = { rows: 1, columns: 1, samples: 3, allocated: 32, photometric: 'RGB' } as const;
    expect(await shown({ ...rgb, pixels: { bytes: raw } })).toEqual([[0, 128, 255]]);
    const ybr = { rows: 1, columns: 2, samples: 3, allocated: 16, photometric: 'YBR_FULL_422' } as const;
    const pixels = words(76 * 256, 76 * 256, 85 * 256, 255 * 256);
    expect(await shown({ ...ybr, pixels })).toEqual([[254, 0, 0, 254, 0, 0]]);
  });

  it('4:2:2 of an odd number of columns has a pixel without colour, and is refused', async () => {
    const ybr = { rows: 2, columns: 3, samples: 3, photometric: 'YBR_FULL_422', pixels: { bytes: Buffer.alloc(12) } };
    expect(await reasonOf(ybr)).toBe('unsupported-photometric');
  });
});

describe('single bits, compressed', () => {
  it('RLE packs them first', async () => {
    const header = Buffer.alloc(64);
    header.writeUInt32LE(1, 0);
    header.writeUInt32LE(64, 4);
    const pixels = fragments(Buffer.concat([header, Buffer.from([1, 0b101, 0b1])]));
    const image = { rows: 3, columns: 3, allocated: 1, syntax: RLE, more: window('1', '2') } as const;
    expect(await shown({ ...image, pixels })).toEqual([[255, 0, 255, 0, 0, 0, 0, 0, 255]]);
  });
});

describe('every transfer syntax that is read', () => {
  it('is decoded or has a reason; none is decoded by chance', () => {
    expect([...SYNTAX_SUPPORT.keys()]).toEqual([...TRANSFER_SYNTAXES.keys()]);
    for (const { by } of SYNTAX_SUPPORT.values()) expect(by).not.toBe('');
  });

  const kept = [...SYNTAX_SUPPORT.values()].filter(({ codec }) => codec === undefined);
  it.each(kept.map(({ uid, name, by }) => [name, uid, by]))('%s is refused, saying why', async (_, syntax, by) => {
    const encapsulated = TRANSFER_SYNTAXES.get(syntax)!.encoding.encapsulated;
    const pixels = encapsulated ? fragments(Buffer.from([1, 2])) : bytes(1, 2);
    expect(await render({ rows: 1, columns: 2, pixels, syntax })).toEqual({
      kind: 'failed',
      reason: 'unsupported-transfer-syntax',
      detail: `Pixel Data is not decoded: ${by}`,
    });
  });

  it('and one that nobody knows as well', async () => {
    const file = imageFile({ rows: 1, columns: 2, pixels: bytes(1, 2) });
    const at = file.indexOf('1.2.840.10008.1.2.1\0');
    file.write('1.2.840.10008.1.2.7', at, 'latin1');
    const outcome = await renderImage({ source: { bytes: file }, frames: 'all', target: DISPLAY });
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'unsupported-transfer-syntax' });
  });
});
