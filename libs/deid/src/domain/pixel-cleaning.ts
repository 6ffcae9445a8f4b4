import type { Dataset, Element, NewElement, Tag } from '@precedent/dicom';
import type { Evidence } from './evidence.ts';
import type { QuarantineReason } from './types.ts';

/** One object whose picture is to be cleaned. Nothing of it has been written yet. */
export interface PixelRequest {
  readonly dataset: Dataset;
  /** Pixel Data, Float Pixel Data or Double Float Pixel Data, as the gate admitted it. */
  readonly picture: Element;
  /** What the object says about its patient: a text that says the same is a text, however it looks. */
  readonly evidence: Evidence;
}

/** Which of the sources asked for a mask. */
export type MaskSource = 'text' | 'ultrasound-region' | 'device-rule';

/** A filled rectangle, in pixels of the stored picture. */
export interface PixelMask {
  /** From 0. */
  readonly frame: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly source: MaskSource;
}

/** New pixels, written by the same rewrite as everything else. */
export interface PixelReplacement {
  /** Of the finished object: the source's own, or a lossless one. */
  readonly transferSyntax: string;
  /** Pixel Data and the attributes that must change with it; they take the place of the source's. */
  readonly elements: readonly NewElement[];
  /** Top-level attributes that described the old bytes, such as an Extended Offset Table. */
  readonly dropped: readonly Tag[];
}

export type PixelCleaning =
  | {
      readonly kind: 'clean';
      readonly masks: readonly PixelMask[];
      /** Absent: every frame was looked at, nothing had to be masked, and the pixels stay byte for byte. */
      readonly replacement?: PixelReplacement;
    }
  | { readonly kind: 'held'; readonly reason: QuarantineReason; readonly detail: string };

/**
 * Finds and masks text burned into the pictures of one object, on every frame (PS3.15 E.3.1, Clean Pixel Data).
 * An object it cannot vouch for is `held`. It throws for its own faults only (a process that died), never for content.
 */
export interface PixelCleaner {
  clean(request: PixelRequest): Promise<PixelCleaning>;
}
