import type { ObjectDescription } from '@precedent/dicom';
import type { ImageFailure } from '@precedent/imaging';
import type { QuarantineReason } from './types.ts';

/** Why something is held back or not shown: the pipeline's own code and sentence. */
export interface Held<Reason extends string> {
  readonly reason: Reason;
  readonly detail: string;
}

/** What the pipeline would do with an object alone; other patients in its study, or its UID twice, show only there. */
export interface PipelineVerdict {
  /**
   * `passed-over`: import leaves it, as every DICOMDIR. `rejected`: no DICOM at all, nothing of it is kept. `quarantined`: held back until somebody acts. `accepted`: de-identified and
   * archived.
   */
  readonly outcome: 'passed-over' | 'rejected' | 'quarantined' | 'accepted';
  readonly reason: QuarantineReason | 'dicomdir' | null;
  readonly detail: string;
  /** What would be held back even where uncleaned pixels are let through; null: nothing. */
  readonly withUncleanedPixels: Held<QuarantineReason | 'dicomdir'> | null;
}

/** One frame; digests are SHA-256 in lower-case hex. */
export interface FrameInspection {
  /** From 1, as in DICOM. */
  readonly frame: number;
  readonly width: number | null;
  readonly height: number | null;
  /** 1 grey, 3 RGB. */
  readonly channels: number | null;
  /** Which window was applied: `window c/w`, `lut`, `min-max` or `none`. */
  readonly voi: string;
  /** Of the samples as decoded: little endian, Bits Allocated each, colour as interleaved RGB. */
  readonly storedSha256: string | null;
  /** Of the picture as it is shown: 8 bits a sample, row by row, RGB interleaved. */
  readonly displaySha256: string | null;
  /** Why the samples cannot be had, where the picture can. */
  readonly storedFailure: Held<ImageFailure> | null;
  /** Why the frame cannot be shown, and so not indexed. */
  readonly failure: Held<ImageFailure> | null;
}

export interface FramesInspection {
  /** Frames that the object says it has; null where that cannot be told. */
  readonly total: number | null;
  readonly frames: readonly FrameInspection[];
  /** SHA-256 of all display pictures one after another; null unless every frame was asked for and shown. */
  readonly displaySha256: string | null;
  /** Why there is no picture of the object at all. */
  readonly failure: Held<ImageFailure> | null;
  /** Frames asked for and not tried, after too many had failed. */
  readonly untried: number;
}

export interface Inspection {
  readonly sizeBytes: number;
  /** Of the file; null for what is no DICOM, of which only the beginning is read. */
  readonly sha256: string | null;
  readonly object: ObjectDescription;
  readonly pipeline: PipelineVerdict;
  /** Null for what is no image object, or could not be read. */
  readonly pictures: FramesInspection | null;
  /** What of the pictures looked at could not be indexed though archived, by its first reason; null: nothing. */
  readonly notIndexable: (Held<ImageFailure> & { readonly frames: readonly number[] | 'all' }) | null;
}

/** Takes the picture of a frame as a PNG file. */
export type PictureSink = (frame: number, png: Uint8Array) => Promise<void>;

export interface InspectionRequest {
  readonly path: string;
  /** Frames looked at, from the first; 0 leaves the pixels alone. */
  readonly frames: number | 'all';
  readonly onPicture?: PictureSink;
  readonly onProgress?: (done: number, total: number) => void;
}
