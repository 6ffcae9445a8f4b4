import type { ImageFailure } from './types.ts';

/**
 * An image that cannot be shown, thrown inside the room and turned into a `failed` outcome at its edge.
 * `detail` is a sentence of our own: never a decoder's message, never a value of the data set.
 */
export class ImageRefused extends Error {
  readonly reason: ImageFailure;
  readonly detail: string;

  constructor(reason: ImageFailure, detail: string, options?: { cause?: unknown }) {
    super(`${reason}: ${detail}`, options);
    this.name = 'ImageRefused';
    this.reason = reason;
    this.detail = detail;
  }
}

/** @throws ImageRefused `codestream-mismatch`: the stream is not the picture that the data set describes. */
export function mismatch(what: string): ImageRefused {
  return new ImageRefused('codestream-mismatch', `the code stream's ${what} does not agree with the data set`);
}

/** @throws ImageRefused `decode-failed`: damaged or truncated; showing it would show wrong pixels. */
export function damaged(what: string, cause?: unknown): ImageRefused {
  return new ImageRefused('decode-failed', `${what}; ask the sender for the object again`, { cause });
}
