import type { LookUpTable } from './lookup-table.ts';
import type { ImageDescription } from './types.ts';

/** A VOI window; `function` by PS3.3 C.11.2.1.3. */
export interface VoiWindow {
  readonly center: number;
  readonly width: number;
  readonly function: 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID';
}

export interface Rescale {
  readonly slope: number;
  readonly intercept: number;
}

/** From stored values to grey levels. Absent parts: identity, and min-max of the frame. */
export interface GreyTransform {
  readonly rescale?: Rescale;
  readonly modalityLut?: LookUpTable;
  readonly window?: VoiWindow;
  readonly voiLut?: LookUpTable;
}

export interface Palette {
  readonly red: LookUpTable;
  readonly green: LookUpTable;
  readonly blue: LookUpTable;
}

/** Stored values that are no picture: Pixel Padding Value, up to the Range Limit when there is one. */
export interface PaddingRange {
  readonly low: number;
  readonly high: number;
}

/** Everything of an image object's header that its picture depends on. */
export interface PixelHeader {
  readonly image: ImageDescription;
  readonly highBit: number;
  readonly planar: boolean;
  readonly inverted: boolean;
  readonly padding?: PaddingRange;
  readonly palette?: Palette;
  readonly grey: GreyTransform;
  /** Enhanced multi-frame objects: transform of each frame, by frame index. */
  readonly perFrame?: readonly GreyTransform[];
}
