/** What a DICOM image object says of its pixels, read from the header alone. */
export interface ImageDescription {
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly samplesPerPixel: number;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly signed: boolean;
  /** Samples are IEEE 754 numbers (Float Pixel Data, PS3.3 C.7.6.24, C.7.6.25); absent for integers. */
  readonly floating?: 'float32' | 'float64';
  readonly photometric: string;
  readonly transferSyntax: string;
  readonly lossy: boolean;
}

/** Where the object's bytes are: a file the child opens itself (no copy through the pipe), or bytes in hand. */
export type ImageSource =
  | { readonly path: string }
  | { readonly bytes: Uint8Array }
  /** A PNG or JPEG picture (an uploaded query), not a DICOM object. */
  | { readonly picture: Uint8Array };

/**
 * What to make of each frame. Grey is 1 channel, colour 3 (RGB interleaved), 8 bits a sample, row by row.
 * - `display`: at stored size, by modality LUT, first VOI window, MONOCHROME1 inverted last.
 * - `encoder`: the same picture resized to `size` × `size` by the policy.
 * - `png`: display picture as PNG, `maxSide` bounded when given.
 * - `stored`: samples as decoded, before any look-up table, for pixel cleaning: little endian, `bitsAllocated` bits each,
 *   colour interleaved (as RGB; a palette image stays one channel of indices). Floating-point samples as they are.
 * - `text`: the grey pictures in which text could show (`domain/text-looks.ts`), one after another, at stored size.
 * - `masked`: the frame's new bytes in Pixel Data, rectangles filled, encoded without loss; `encoded` says as what.
 */
export type RenderTarget =
  | { readonly kind: 'display' }
  | {
      readonly kind: 'encoder';
      readonly size: number;
      readonly resize: 'squash' | 'pad';
      readonly kernel: 'cubic' | 'linear';
    }
  | { readonly kind: 'png'; readonly maxSide?: number }
  | { readonly kind: 'stored' }
  | { readonly kind: 'text' }
  | { readonly kind: 'masked'; readonly masks: readonly MaskRectangle[] };

/** A rectangle of one frame, in pixels of the stored picture; what lies outside of the picture is cut off. */
export interface MaskRectangle {
  /** From 0. */
  readonly frame: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How a masked frame is encoded, and what its object must say of it. */
export interface EncodedAs {
  readonly transferSyntax: string;
  readonly photometric: string;
  /** Colour by plane (Planar Configuration 1). */
  readonly planar: boolean;
}

export interface RenderRequest {
  readonly source: ImageSource;
  /** Frame indices from 0, or all. */
  readonly frames: 'all' | readonly number[];
  /** Of all frames: as they are stored, or those of an enhanced object along the normal of their planes. Default as stored. */
  readonly order?: 'stored' | 'geometry';
  readonly target: RenderTarget;
}

export interface RenderedFrame {
  readonly frame: number;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** Pixels (8-bit); for `png` the file's bytes; for `stored` the samples; for `text` one picture after another. */
  readonly data: Uint8Array;
  /** Which window was applied, for provenance: `window c/w`, `lut`, `min-max`, `none`. */
  readonly voi: string;
  /** Of `text`: bits outside of Bits Stored hold something (an overlay, say). */
  readonly strayBits?: boolean;
  /** Of `masked`. */
  readonly encoded?: EncodedAs;
}

/** Stable codes of what kept an image from being shown. `detail` says what to do; neither holds patient data. */
export type ImageFailure =
  | 'no-pixel-data'
  | 'zero-frames'
  | 'absurd-dimensions'
  | 'unsupported-transfer-syntax'
  | 'unsupported-photometric'
  | 'pixel-data-length'
  | 'codestream-mismatch'
  | 'decode-failed'
  | 'timed-out'
  | 'out-of-memory'
  | 'rejected-object';

export type RenderOutcome =
  | { readonly kind: 'rendered'; readonly image: ImageDescription; readonly frames: readonly RenderedFrame[] }
  | { readonly kind: 'failed'; readonly reason: ImageFailure; readonly detail: string };

/** Pixels to be encoded into a Pixel Data value, e.g. for synthetic objects or cleaned frames. */
export interface RawFrames {
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: 1 | 3;
  readonly bitsAllocated: 8 | 16;
  readonly bitsStored: number;
  readonly signed: boolean;
  /** One buffer a frame, little endian, colour interleaved. */
  readonly frames: readonly Uint8Array[];
}

export type EncodeSyntax =
  | '1.2.840.10008.1.2'
  | '1.2.840.10008.1.2.1'
  | '1.2.840.10008.1.2.5'
  | '1.2.840.10008.1.2.4.80'
  | '1.2.840.10008.1.2.4.90';
