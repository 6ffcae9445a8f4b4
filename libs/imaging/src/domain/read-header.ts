import { TRANSFER_SYNTAXES, numbersOf, stringsOf } from '@precedent/dicom';
import { ImageRefused } from './failure.ts';
import { greyTransformOf, perFrameTransforms } from './grey-transform.ts';
import { paddingOf } from './padding.ts';
import { paletteOf } from './palette.ts';
import { DOUBLE_FLOAT_PIXEL_DATA, PIXEL_DATA, pixelElement } from './pixel-place.ts';
import type { Dataset } from '@precedent/dicom';
import type { PixelHeader } from './pixel-header.ts';
import type { ImageDescription } from './types.ts';

const TAGS = {
  samplesPerPixel: 0x00280002,
  photometric: 0x00280004,
  planar: 0x00280006,
  frames: 0x00280008,
  rows: 0x00280010,
  columns: 0x00280011,
  bitsAllocated: 0x00280100,
  bitsStored: 0x00280101,
  highBit: 0x00280102,
  pixelRepresentation: 0x00280103,
  lossy: 0x00282110,
  presentationLutShape: 0x20500020,
} as const;

/** Largest frame the room takes, in samples: 2^28 (a 16k × 16k picture); more is a damaged header or an attack. */
export const MAX_FRAME_SAMPLES = 2 ** 28;
const MAX_SIDE = 65_535;
const MAX_FRAMES = 100_000;

const GREY = new Set(['MONOCHROME1', 'MONOCHROME2']);
const COLOUR = new Set(['RGB', 'YBR_FULL', 'YBR_FULL_422', 'YBR_ICT', 'YBR_RCT', 'XYB']);

/** Reads and checks all of the header that the picture depends on. @throws ImageRefused with the reason. */
export function readPixelHeader(dataset: Dataset): PixelHeader {
  if (pixelElement(dataset) === undefined) {
    throw new ImageRefused('no-pixel-data', 'the object holds no Pixel Data (7FE0,0010); it is not an image');
  }
  const image = describe(dataset);
  checkSize(image);
  checkSamples(image);
  const grey = greyTransformOf(dataset, image.signed);
  const padding = paddingOf(dataset, image);
  const perFrame = perFrameTransforms(dataset, image.frames, grey, image.signed);
  return {
    image,
    highBit: first(dataset, TAGS.highBit) ?? image.bitsStored - 1,
    planar: first(dataset, TAGS.planar) === 1,
    inverted: image.photometric === 'MONOCHROME1' || text(dataset, TAGS.presentationLutShape) === 'INVERSE',
    grey,
    ...(padding === undefined ? {} : { padding }),
    ...(perFrame === undefined ? {} : { perFrame }),
    ...(image.photometric === 'PALETTE COLOR' ? { palette: paletteOf(dataset, image.signed) } : {}),
  };
}

function first(dataset: Dataset, tag: number): number | undefined {
  return numbersOf(dataset, tag)[0];
}

function text(dataset: Dataset, tag: number): string {
  return stringsOf(dataset, tag)[0] ?? '';
}

function describe(dataset: Dataset): ImageDescription {
  const bitsAllocated = first(dataset, TAGS.bitsAllocated) ?? 0;
  const floating = floatingOf(dataset);
  return {
    ...(floating === undefined ? {} : { floating }),
    rows: first(dataset, TAGS.rows) ?? 0,
    columns: first(dataset, TAGS.columns) ?? 0,
    // Absent or empty means one frame; a stated 0 is refused below.
    frames: first(dataset, TAGS.frames) ?? 1,
    samplesPerPixel: first(dataset, TAGS.samplesPerPixel) ?? 1,
    bitsAllocated,
    bitsStored: first(dataset, TAGS.bitsStored) ?? bitsAllocated,
    signed: floating !== undefined || first(dataset, TAGS.pixelRepresentation) === 1,
    photometric: text(dataset, TAGS.photometric),
    transferSyntax: dataset.transferSyntax,
    lossy: isLossy(dataset),
  };
}

function floatingOf(dataset: Dataset): 'float32' | 'float64' | undefined {
  const tag = pixelElement(dataset)?.tag;
  if (tag === undefined || tag === PIXEL_DATA) return undefined;
  return tag === DOUBLE_FLOAT_PIXEL_DATA ? 'float64' : 'float32';
}

/** By the object's own word or by its transfer syntax; JPEG 2000 .91 and HTJ2K .203 may be either and count as lossy. */
function isLossy(dataset: Dataset): boolean {
  return text(dataset, TAGS.lossy) === '01' || TRANSFER_SYNTAXES.get(dataset.transferSyntax)?.lossless === false;
}

function checkSize({ rows, columns, frames, samplesPerPixel }: ImageDescription): void {
  if (frames === 0) throw new ImageRefused('zero-frames', 'Number of Frames (0028,0008) is 0');
  const side = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= MAX_SIDE;
  const counted = Number.isInteger(frames) && frames > 0 && frames <= MAX_FRAMES;
  if (side(rows) && side(columns) && counted && rows * columns * samplesPerPixel <= MAX_FRAME_SAMPLES) return;
  throw new ImageRefused(
    'absurd-dimensions',
    'Rows, Columns or Number of Frames is zero or beyond what a picture can have',
  );
}

function checkSamples(image: ImageDescription): void {
  const { samplesPerPixel: samples, bitsAllocated: allocated, bitsStored: stored, photometric } = image;
  const grey = GREY.has(photometric) || photometric === 'PALETTE COLOR';
  if (!(grey && samples === 1) && !(COLOUR.has(photometric) && samples === 3)) {
    throw new ImageRefused(
      'unsupported-photometric',
      'Photometric Interpretation and Samples per Pixel are not ones we show',
    );
  }
  // Two pixels share their colour: an odd number of columns leaves one over (PS3.3 C.7.6.3.1.2).
  const paired = photometric !== 'YBR_FULL_422' || image.columns % 2 === 0;
  const depth = Number.isInteger(stored) && stored >= 1 && stored <= allocated;
  if (paired && depth && sizesOf(image, grey).includes(allocated)) return;
  throw new ImageRefused('unsupported-photometric', 'Bits Allocated and Bits Stored are not ones we show');
}

function sizesOf({ floating, photometric }: ImageDescription, grey: boolean): readonly number[] {
  if (floating !== undefined) return GREY.has(photometric) ? [floating === 'float32' ? 32 : 64] : [];
  if (photometric === 'PALETTE COLOR') return [8, 16];
  return grey ? [1, 8, 16, 32] : [8, 16, 32];
}
