import { damaged, mismatch } from '../domain/failure.ts';
import { checkJpegHeader, readJpegHeader, untilEndMarker } from '../domain/jpeg-stream.ts';
import { copyOut, wasmModule } from './wasm-module.ts';
import type { DecodedFrame, FrameShape } from '../domain/decoded.ts';
import type { JpegHeader } from '../domain/jpeg-stream.ts';

interface Decoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  getFrameInfo(): { readonly width: number; readonly height: number; readonly componentCount: number };
  delete(): void;
}

const turbo = wasmModule<{ readonly JPEGDecoder: new () => Decoder }>(
  '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs',
  '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm',
);

const PROCESSES_OF_8_BIT = new Set([0xc0, 0xc1, 0xc2]);

/** JPEG baseline, and extended of 8 bit (libjpeg-turbo). Three components come back as RGB. */
export async function decodeJpegBaseline(
  frame: Uint8Array,
  shape: FrameShape,
  photometric: string,
): Promise<DecodedFrame> {
  const whole = untilEndMarker(frame);
  const header = readJpegHeader(whole);
  if (!PROCESSES_OF_8_BIT.has(header.sof) || header.precision !== 8) throw mismatch('process or precision');
  checkJpegHeader(header, shape);
  const stream = withColourMark(whole, header, photometric);
  const bytes = await turbo
    .run(({ JPEGDecoder }) => decodeWith(new JPEGDecoder(), stream))
    .catch((cause: unknown) => {
      throw damaged('the JPEG stream is damaged', cause);
    });
  if (bytes.length !== shape.rows * shape.columns * shape.samplesPerPixel) throw mismatch('length');
  return { bytes, bytesPerSample: 1, bits: 8, planar: false, rgb: shape.samplesPerPixel === 3 };
}

function decodeWith(decoder: Decoder, stream: Uint8Array): Uint8Array {
  decoder.getEncodedBuffer(stream.length).set(stream);
  decoder.decode();
  const bytes = copyOut(decoder.getDecodedBuffer());
  decoder.delete();
  return bytes;
}

/**
 * libjpeg guesses the colour space where no marker tells it, and takes components 1, 2, 3 for YCbCr; DICOM says it in the
 * data set instead. So an Adobe marker that says the same is put behind SOI.
 */
function withColourMark(stream: Uint8Array, header: JpegHeader, photometric: string): Uint8Array {
  if (header.components !== 3 || header.jfif || header.adobe) return stream;
  const transform = photometric === 'RGB' ? 0 : 1;
  const mark = [0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, transform];
  return Buffer.concat([stream.subarray(0, 2), Uint8Array.from(mark), stream.subarray(2)]);
}
