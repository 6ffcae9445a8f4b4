// Real: libjxl as WebAssembly, on streams that another encoder made (jpeg-xl.testkit.ts). Fake: the pictures, formulas.
// In the sandbox, as the decoder writes to the error output of its process what it thinks of a damaged stream.
import { afterAll, describe, expect, it } from '@jest/globals';
import { readJxlHeader } from './domain/jxl-stream.ts';
import { ImagingSandbox } from './imaging-sandbox.ts';
import { GREY_12, GREY_16, GREY_8, RECOMPRESSED_JPEG, RECOMPRESSED_JPEG_SAMPLES, RGB_8 } from './jpeg-xl.testkit.ts';
import { imageFile } from './test-objects.testkit.ts';
import type { ImageFailure, RenderTarget } from './domain/types.ts';
import type { TestImage } from './test-objects.testkit.ts';

const LOSSLESS = '1.2.840.10008.1.2.4.110';
const RECOMPRESSION = '1.2.840.10008.1.2.4.111';
const ANY = '1.2.840.10008.1.2.4.112';

const sandbox = new ImagingSandbox();
afterAll(() => sandbox.stop());

const size = { rows: 17, columns: 23 } as const;
const colour = { ...size, samples: 3, photometric: 'RGB' } as const;

function even(stream: Buffer): Buffer {
  return stream.length % 2 === 0 ? stream : Buffer.concat([stream, Buffer.alloc(1)]);
}

type Rest = Omit<TestImage, 'pixels'>;

async function render(rest: Rest, stream: Buffer, target: RenderTarget): Promise<Uint8Array | ImageFailure> {
  const bytes = imageFile({ ...rest, pixels: { fragments: [Buffer.alloc(0), even(stream)] } });
  const outcome = await sandbox.render({ source: { bytes }, frames: 'all', target });
  return outcome.kind === 'failed' ? outcome.reason : outcome.frames[0]!.data;
}

async function stored(rest: Rest, stream: Buffer): Promise<number[]> {
  const data = await render(rest, stream, { kind: 'stored' });
  if (typeof data === 'string') throw new Error(data);
  return rest.allocated === 16 ? [...new Uint16Array(new Uint8Array(data).buffer)] : [...data];
}

function picture(formula: (x: number, y: number) => number | readonly number[]): number[] {
  return Array.from({ length: size.rows * size.columns }, (_, i) =>
    formula(i % size.columns, Math.floor(i / size.columns)),
  ).flat();
}

describe('JPEG XL, lossless', () => {
  it('of 8, 12 and 16 bits is what was encoded, sample for sample', async () => {
    expect(await stored({ ...size, syntax: LOSSLESS }, GREY_8)).toEqual(picture((x, y) => (x * 7 + y * 11) % 256));
    const twelve = { ...size, syntax: LOSSLESS, allocated: 16, stored: 12 };
    expect(await stored(twelve, GREY_12)).toEqual(picture((x, y) => (x * 170 + y * 13) % 4096));
    const sixteen = { ...size, syntax: ANY, allocated: 16 };
    expect(await stored(sixteen, GREY_16)).toEqual(picture((x, y) => (x * 2800 + y * 91 + ((x * y) % 7)) % 65536));
  });

  it('of colour is what was encoded', async () => {
    const rgb = picture((x, y) => [(x * 11) % 256, (y * 15) % 256, ((x + y) * 6) % 256]);
    expect(await stored({ ...colour, syntax: LOSSLESS }, RGB_8)).toEqual(rgb);
  });

  it('says its size and bits, bare and in boxes', () => {
    expect(readJxlHeader(GREY_12)).toEqual({ rows: 17, columns: 23, precision: 12 });
    expect(readJxlHeader(GREY_16)).toEqual({ rows: 17, columns: 23, precision: 16 });
  });
});

it('a recompressed JPEG is within 1 of what libjxl itself gives, and is not turned from YCbCr a second time', async () => {
  const data = await stored({ ...colour, photometric: 'YBR_FULL', syntax: RECOMPRESSION }, RECOMPRESSED_JPEG);
  expect(data).toHaveLength(RECOMPRESSED_JPEG_SAMPLES.length);
  const worst = Math.max(...data.map((value, i) => Math.abs(value - RECOMPRESSED_JPEG_SAMPLES[i]!)));
  expect(worst).toBeLessThanOrEqual(1);
});

describe('a damaged JPEG XL stream', () => {
  it.each([0, 1, 2, 10, 0.3, 0.6, 0.9, 0.99])('cut off at %d is refused', async (keep) => {
    const cut = GREY_16.subarray(0, keep < 1 ? GREY_16.length * keep : keep);
    const target = { kind: 'display' } as const;
    expect(await render({ ...size, syntax: LOSSLESS, allocated: 16 }, cut, target)).toBe('decode-failed');
  });

  it('of another size or depth than the data set is refused, and the next good one is shown', async () => {
    const target = { kind: 'display' } as const;
    expect(await render({ ...size, rows: 16, syntax: LOSSLESS }, GREY_8, target)).toBe('codestream-mismatch');
    expect(await render({ ...size, syntax: LOSSLESS }, GREY_12, target)).toBe('codestream-mismatch');
    expect(await render({ ...colour, syntax: LOSSLESS }, GREY_8, target)).toBe('codestream-mismatch');
    expect(await stored({ ...size, syntax: LOSSLESS }, GREY_8)).toHaveLength(17 * 23);
  });
});
