import type { Vr } from '@precedent/dicom';
import type { StoredPixels } from '../pixels.ts';
import type { PlantedElements } from './planted.ts';

const PIXEL_DATA = 0x7fe00010;

/**
 * Image Pixel and VOI LUT modules (PS3.3 C.7.6.3, C.11.2) around frames already encoded for the transfer syntax.
 * @param encoded one buffer a frame
 */
export function addPixels(
  elements: PlantedElements,
  pixels: StoredPixels,
  encoded: readonly Uint8Array[],
  encapsulated: boolean,
): void {
  elements
    .numbers('SamplesPerPixel', pixels.samplesPerPixel)
    .text('PhotometricInterpretation', pixels.photometric)
    .numbers('Rows', pixels.rows)
    .numbers('Columns', pixels.columns)
    .numbers('BitsAllocated', pixels.bitsAllocated)
    .numbers('BitsStored', pixels.bitsStored)
    .numbers('HighBit', pixels.bitsStored - 1)
    .numbers('PixelRepresentation', pixels.signed ? 1 : 0);
  if (pixels.samplesPerPixel === 3) elements.numbers('PlanarConfiguration', 0);
  if (pixels.window) elements.text('WindowCenter', pixels.window.center).text('WindowWidth', pixels.window.width);
  const buffers = encoded.map((frame) => Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength));
  if (encapsulated) elements.fragments('PixelData', [Buffer.alloc(0), ...buffers], 'OB');
  else elements.bytes(PIXEL_DATA, Buffer.concat(buffers), vrOf(pixels));
}

function vrOf(pixels: StoredPixels): Vr {
  return pixels.bitsAllocated === 8 ? 'OB' : 'OW';
}
