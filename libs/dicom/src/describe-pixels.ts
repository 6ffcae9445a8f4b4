import { findElement, numbersOf, stringsOf } from './accessors.ts';
import { TAG } from './domain/tags.ts';
import type { PixelDescription } from './domain/description-types.ts';
import type { Dataset, Element, Tag } from './domain/types.ts';

/** Defined terms of PS3.3 C.7.6.3.1.2, the retired ones included. Anything else may be a text that nobody should see. */
const PHOTOMETRIC = new Set([
  'MONOCHROME1',
  'MONOCHROME2',
  'PALETTE COLOR',
  'RGB',
  'HSV',
  'ARGB',
  'CMYK',
  'YBR_FULL',
  'YBR_FULL_422',
  'YBR_PARTIAL_422',
  'YBR_PARTIAL_420',
  'YBR_ICT',
  'YBR_RCT',
  'XYB',
]);

const FLOAT_PIXEL_DATA: Tag = 0x7fe00008;
const DOUBLE_FLOAT_PIXEL_DATA: Tag = 0x7fe00009;
const EXTENDED_OFFSET_TABLE: Tag = 0x7fe00001;

/** What the header says of the picture, as it stands there; null for an object without rows and without Pixel Data. */
export function describePixels(dataset: Dataset): PixelDescription | null {
  const pixels = findElement(dataset, TAG.PixelData);
  const float = findElement(dataset, FLOAT_PIXEL_DATA) ?? findElement(dataset, DOUBLE_FLOAT_PIXEL_DATA);
  const rows = number(dataset, 0x00280010);
  if (pixels === undefined && float === undefined && rows === null) return null;
  const value = pixels ?? float;
  return {
    rows,
    columns: number(dataset, 0x00280011),
    frames: findElement(dataset, 0x00280008) === undefined ? 1 : number(dataset, 0x00280008),
    samplesPerPixel: number(dataset, 0x00280002),
    bitsAllocated: number(dataset, 0x00280100),
    bitsStored: number(dataset, 0x00280101),
    highBit: number(dataset, 0x00280102),
    signed: number(dataset, TAG.PixelRepresentation) === 1,
    photometric: photometricOf(dataset),
    pixelData: kindOf(pixels, float),
    pixelBytes: value === undefined ? 0 : value.valueEnd - value.valueStart,
    fragments: Math.max(0, (pixels?.fragments?.length ?? 0) - 1),
    offsetTable: offsetTableOf(dataset, pixels),
  };
}

function number(dataset: Dataset, tag: Tag): number | null {
  const value = numbersOf(dataset, tag)[0];
  return value === undefined || Number.isNaN(value) ? null : value;
}

function photometricOf(dataset: Dataset): string {
  const [stated] = stringsOf(dataset, 0x00280004);
  if (stated === undefined) return 'absent';
  return PHOTOMETRIC.has(stated) ? stated : 'unrecognised';
}

function kindOf(pixels: Element | undefined, float: Element | undefined): PixelDescription['pixelData'] {
  if (pixels === undefined) return float === undefined ? 'absent' : 'float';
  return pixels.fragments === undefined ? 'native' : 'encapsulated';
}

function offsetTableOf(dataset: Dataset, pixels: Element | undefined): PixelDescription['offsetTable'] {
  if (pixels?.fragments === undefined) return 'none';
  if (findElement(dataset, EXTENDED_OFFSET_TABLE) !== undefined) return 'extended';
  const [table] = pixels.fragments;
  return table === undefined || table.end === table.start ? 'empty' : 'basic';
}
