import { damaged, mismatch } from '../domain/failure.ts';
import { checkJxlHeader, readJxlHeader } from '../domain/jxl-stream.ts';
import { words } from '../domain/samples.ts';
import { decodeByDcmjs } from './dcmjs-codecs.ts';
import type { DecodedFrame, FrameShape } from '../domain/decoded.ts';

/** Here the stream is a JPEG, whose YCbCr libjxl turns into RGB; everywhere else it gives back what went in. */
const JPEG_RECOMPRESSION = '1.2.840.10008.1.2.4.111';

/** JPEG XL (libjxl 0.11 in dcmjs-codecs). There is no end marker: libjxl itself refuses every stream that is cut off. */
export async function decodeJpegXl(
  frame: Uint8Array,
  shape: FrameShape,
  photometric: string,
  transferSyntax: string,
): Promise<DecodedFrame> {
  const header = readJxlHeader(frame);
  checkJxlHeader(header, shape);
  const bytesPerSample = header.precision > 8 ? 2 : 1;
  const asked = { ...shape, bitsAllocated: bytesPerSample * 8, bitsStored: header.precision, signed: false };
  const bytes = await decodeByDcmjs(
    ({ NativeCodecs }, context) => NativeCodecs.decodeJpegXl(context),
    frame,
    asked,
  ).catch((cause: unknown) => {
    throw damaged('the JPEG XL stream is damaged', cause);
  });
  if (bytes.length !== shape.rows * shape.columns * shape.samplesPerPixel * bytesPerSample) throw mismatch('length');
  const rgb = transferSyntax === JPEG_RECOMPRESSION || photometric !== 'YBR_FULL';
  return { bytes: unscaled(bytes, header.precision), bytesPerSample, bits: header.precision, planar: false, rgb };
}

/** libjxl stretches samples to the whole range of the bytes they come in; this is exactly undone. */
function unscaled(bytes: Uint8Array, precision: number): Uint8Array {
  const whole = precision > 8 ? 16 : 8;
  if (precision === whole) return bytes;
  const factor = (2 ** precision - 1) / (2 ** whole - 1);
  const { round } = Math;
  if (whole === 8) return bytes.map((value) => round(value * factor));
  return new Uint8Array(words(bytes).map((value) => round(value * factor)).buffer);
}
