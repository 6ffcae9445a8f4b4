import { numbersOf } from '@precedent/dicom';
import type { ImageDescription, RenderedFrame, RenderOutcome } from '@precedent/imaging';
import type { PixelMask } from '../domain/pixel-cleaning.ts';
import { batchesOf, rendered } from './frame-batches.ts';
import type { FrameSource } from './frame-batches.ts';

const HIGH_BIT = 0x00280102;

type Comparison = { readonly kind: 'same' | 'changed' } | Extract<RenderOutcome, { kind: 'failed' }>;

/** Decodes both objects again and compares every sample outside of the masks, bit by bit of Bits Stored. */
export async function changedOutside(
  source: FrameSource,
  output: FrameSource,
  masks: readonly PixelMask[],
): Promise<Comparison> {
  const stored = { kind: 'stored' } as const;
  for (const frames of batchesOf(source)) {
    const before = await rendered(source, stored, frames);
    if (before.kind === 'failed') return before;
    const after = await rendered(output, stored, frames);
    if (after.kind === 'failed') return after;
    const same = before.frames.every((frame, at) => {
      const own = masks.filter((mask) => mask.frame === frame.frame);
      return sameOutside(frame, after.frames[at], source, own);
    });
    if (!same) return { kind: 'changed' };
  }
  return { kind: 'same' };
}

function sameOutside(
  before: RenderedFrame,
  after: RenderedFrame | undefined,
  { dataset, image }: FrameSource,
  masks: readonly PixelMask[],
): boolean {
  if (after?.data.length !== before.data.length || after.width !== before.width) return false;
  const { width, height, data } = before;
  const covered = coverage(masks, width, height, image.photometric === 'YBR_FULL_422');
  const size = data.length / (width * height);
  const used = usedBits(image, numbersOf(dataset, HIGH_BIT)[0]);
  for (let at = 0; at < data.length; at++) {
    if (data[at] === after.data[at] || covered[Math.floor(at / size)] === 1) continue;
    const bits = used[at % used.length] ?? 0xff;
    if (((data[at] ?? 0) & bits) !== ((after.data[at] ?? 0) & bits)) return false;
  }
  return true;
}

/** Which bits of each byte of a sample are stored bits: those outside of them are not the picture's. */
function usedBits(
  { bitsAllocated, bitsStored, floating }: ImageDescription,
  highBit: number | undefined,
): readonly number[] {
  if (floating !== undefined || bitsAllocated > 16 || bitsAllocated < 8) return [0xff];
  const shift = Math.max(0, (highBit ?? bitsStored - 1) + 1 - bitsStored);
  const bits = (2 ** bitsStored - 1) * 2 ** shift;
  return bitsAllocated === 8 ? [bits & 0xff] : [bits & 0xff, (bits >> 8) & 0xff];
}

function coverage(masks: readonly PixelMask[], width: number, height: number, paired: boolean): Uint8Array {
  const covered = new Uint8Array(width * height);
  for (const mask of masks) {
    const left = Math.max(0, paired ? mask.x - (mask.x % 2) : mask.x);
    const right = Math.min(width, mask.x + mask.width + (paired ? (mask.x + mask.width) % 2 : 0));
    for (let y = Math.max(0, mask.y); y < Math.min(height, mask.y + mask.height); y++)
      covered.fill(1, y * width + left, y * width + right);
  }
  return covered;
}
