// Real: our RLE coder. Invented: one small picture.
import { describe, expect, it } from '@jest/globals';
import { ImageRefused } from './failure.ts';
import { decodeRle, encodeRle } from './rle.ts';
import type { FrameShape } from './decoded.ts';

const shape: FrameShape = { rows: 5, columns: 7, samplesPerPixel: 1, bitsAllocated: 16, bitsStored: 12, signed: false };
const frame = Uint8Array.from({ length: 70 }, (_, i) => (i * 37) & (i % 2 === 0 ? 0xff : 0x0f));
const stream = encodeRle(frame, shape);

describe('an RLE segment that holds more than the picture', () => {
  it.each([
    ['a row more than is told', { ...shape, rows: 4 }],
    ['a column more', { ...shape, columns: 6 }],
    ['nearly all more', { ...shape, rows: 1, columns: 1 }],
  ])('%s is refused', (_, told) => expect(() => decodeRle(stream, told)).toThrow(ImageRefused));

  it('another frame behind it is refused', () =>
    expect(() => decodeRle(Buffer.concat([stream, stream]), shape)).toThrow(ImageRefused));

  it('is read when the rest is padding', () =>
    expect(Buffer.from(decodeRle(Buffer.concat([stream, Buffer.of(0, 128)]), shape).bytes).equals(frame)).toBe(true));
});
