/**
 * Clean Recognizable Visual Features (PS3.15 E.3.2, CID 7050 113102) for CT and MR volumes: vocabulary of this folder.
 * All places are millimetres in the patient's system of PS3.3 C.7.6.2.1.1: x to the left, y to the back, z to the head.
 */
export type Vector = readonly [number, number, number];

/** Where the pixels of one image (or frame) lie. */
export interface PlaneGeometry {
  readonly rows: number;
  readonly columns: number;
  /** Centre of the first pixel. */
  readonly position: Vector;
  /** Direction along a row (of growing column index), unit length. */
  readonly rowDirection: Vector;
  /** Direction down a column (of growing row index), unit length. */
  readonly columnDirection: Vector;
  /** Distance of pixels along a row: the second value of Pixel Spacing. */
  readonly columnSpacing: number;
  /** Distance of rows: the first value of Pixel Spacing. */
  readonly rowSpacing: number;
}

/** When a series is dense enough to rebuild a face from it; see the profile for the sources of the defaults. */
export interface DensityRules {
  readonly minSlices: number;
  readonly maxSpacingMm: number;
  readonly maxPixelMm: number;
  readonly minExtentMm: number;
}

export interface RemovalRules {
  /** Least depth of what is removed below the skin, all round the head. */
  readonly depthMm: number;
  /** Most depth of what is removed below the skin of the face (below the brow, in front of the ears). */
  readonly faceDepthMm: number;
}

/** What the header says of the region shown. It is never believed alone. */
export type RegionHint = 'head' | 'trunk' | 'limb' | 'unknown';

export type Modality = 'CT' | 'MR';
