import { numbersOf } from '@precedent/dicom';
import type { Dataset } from '@precedent/dicom';
import type { PaddingRange } from './pixel-header.ts';
import type { ImageDescription } from './types.ts';

interface PaddingTags {
  readonly value: number;
  readonly limit: number;
}

const INTEGER: PaddingTags = { value: 0x00280120, limit: 0x00280121 };
const FLOATING: Readonly<Record<'float32' | 'float64', PaddingTags>> = {
  float32: { value: 0x00280122, limit: 0x00280124 },
  float64: { value: 0x00280123, limit: 0x00280125 },
};

/**
 * Stored values that are no picture (PS3.3 C.7.5.1.1.2, C.7.6.24, C.7.6.25): the value, or all from it to the range limit,
 * which may be the lower of the two.
 */
export function paddingOf(dataset: Dataset, image: ImageDescription): PaddingRange | undefined {
  const tags = image.floating === undefined ? INTEGER : FLOATING[image.floating];
  const value = numbersOf(dataset, tags.value)[0];
  if (value === undefined || Number.isNaN(value)) return undefined;
  const from = asStored(value, image);
  const to = asStored(numbersOf(dataset, tags.limit)[0] ?? value, image);
  return { low: Math.min(from, to), high: Math.max(from, to) };
}

/** Integers: their VR is US or SS at random, so they are read by Pixel Representation. */
function asStored(value: number, { floating, signed }: ImageDescription): number {
  if (floating !== undefined) return value;
  const pattern = value & 0xffff;
  return signed && pattern > 0x7fff ? pattern - 0x10000 : pattern;
}
