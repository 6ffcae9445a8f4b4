import { damaged, mismatch } from '../domain/failure.ts';
import { checkAllBlocks } from '../domain/jpeg-completeness.ts';
import { checkJpegHeader, readJpegHeader, untilEndMarker } from '../domain/jpeg-stream.ts';
import { decodeByDcmjs } from './dcmjs-codecs.ts';
import { decodeJpegBaseline } from './jpeg-baseline.ts';
import type { DecodedFrame, FrameShape } from '../domain/decoded.ts';

/** JPEG extended of 12 bit (IJG 6b in dcmjs-codecs, the only decoder of it on npm); of 8 bit as baseline. Grey only above 8. */
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
  checkAllBlocks(stream, header);
  const asked = { ...shape, bitsAllocated: 16, bitsStored: 12 };
  const bytes = await decodeByDcmjs(
    ({ NativeCodecs }, context) => NativeCodecs.decodeJpeg(context),
    stream,
    asked,
  ).catch((cause: unknown) => {
    throw damaged('the JPEG stream is damaged', cause);
  });
  if (bytes.length !== shape.rows * shape.columns * 2) throw mismatch('length');
  return { bytes, bytesPerSample: 2, bits: 12, planar: false, rgb: false };
}
