import { ImageRefused } from './domain/failure.ts';
import { readPixelHeader } from './domain/read-header.ts';
import type { Dataset } from '@precedent/dicom';
import type { ImageDescription, ImageFailure } from './domain/types.ts';

export type DescribeOutcome =
  | { readonly kind: 'image'; readonly image: ImageDescription }
  | { readonly kind: 'failed'; readonly reason: ImageFailure; readonly detail: string };

/** What a data set says of its pixels. Reads the header only, so it is safe outside the sandbox. */
export function describeImage(dataset: Dataset): DescribeOutcome {
  try {
    return { kind: 'image', image: readPixelHeader(dataset).image };
  } catch (error) {
    if (error instanceof ImageRefused) return { kind: 'failed', reason: error.reason, detail: error.detail };
    throw error;
  }
}
