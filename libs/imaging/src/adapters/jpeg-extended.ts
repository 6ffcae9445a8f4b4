import { mismatch } from '../domain/failure.ts';
import { decodeJpeg12 } from '../domain/jpeg-12-bit.ts';
import { checkJpegHeader, readJpegHeader, untilEndMarker } from '../domain/jpeg-stream.ts';
import { decodeJpegBaseline } from './jpeg-baseline.ts';
import type { DecodedFrame, FrameShape } from '../domain/decoded.ts';

/** JPEG extended of 12 bit (own decoder); of 8 bit as baseline. Grey only above 8. */
export async function decodeJpegExtended(
  frame: Uint8Array,
  shape: FrameShape,
  photometric: string,
): Promise<DecodedFrame> {
  const stream = untilEndMarker(frame);
  const header = readJpegHeader(stream);
  if (header.precision === 8) return decodeJpegBaseline(stream, shape, photometric);
  if (header.sof !== 0xc1 || header.precision !== 12 || shape.samplesPerPixel !== 1)
    throw mismatch('process or precision');
  checkJpegHeader(header, shape);
  const { buffer, byteOffset, byteLength } = decodeJpeg12(stream, header);
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  return { bytes, bytesPerSample: 2, bits: 12, planar: false, rgb: false };
}
