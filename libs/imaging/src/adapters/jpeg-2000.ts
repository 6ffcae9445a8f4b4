import { damaged, mismatch } from '../domain/failure.ts';
import { bareCodestream, checkJ2kHeader, checkTileParts, readJ2kHeader } from '../domain/j2k-stream.ts';
import { untilEndMarker } from '../domain/jpeg-stream.ts';
import { copyOut, wasmModule } from './wasm-module.ts';
import type { WasmModule } from './wasm-module.ts';
import type { DecodedFrame, FrameShape } from '../domain/decoded.ts';
import type { J2kHeader } from '../domain/j2k-stream.ts';

interface FrameInfo {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
  readonly isSigned: boolean;
}

interface Decoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  getFrameInfo(): FrameInfo;
  delete(): void;
}

interface Encoder {
  getDecodedBuffer(info: FrameInfo & { readonly isUsingColorTransform: boolean }): Uint8Array;
  getEncodedBuffer(): Uint8Array;
  setQuality(lossless: boolean, rate: number): void;
  setDecompositions(levels: number): void;
  encode(): void;
  delete(): void;
}

const openjpeg = wasmModule<{ readonly J2KDecoder: new () => Decoder }>(
  '@cornerstonejs/codec-openjpeg/decodewasmjs',
  '@cornerstonejs/codec-openjpeg/decodewasm',
);
const encoding = wasmModule<{ readonly J2KEncoder: new () => Encoder }>(
  '@cornerstonejs/codec-openjpeg/wasmjs',
  '@cornerstonejs/codec-openjpeg/wasm',
);
const openjph = wasmModule<{ readonly HTJ2KDecoder: new () => Decoder }>(
  '@cornerstonejs/codec-openjph/wasmjs',
  '@cornerstonejs/codec-openjph/wasm',
);

/** JPEG 2000 part 1 (OpenJPEG). */
export function decodeJpeg2000(frame: Uint8Array, shape: FrameShape): Promise<DecodedFrame> {
  return decode(openjpeg, ({ J2KDecoder }) => new J2KDecoder(), frame, shape);
}

/** High-Throughput JPEG 2000 (OpenJPH). */
export function decodeHtj2k(frame: Uint8Array, shape: FrameShape): Promise<DecodedFrame> {
  return decode(openjph, ({ HTJ2KDecoder }) => new HTJ2KDecoder(), frame, shape);
}

async function decode<M>(
  codec: WasmModule<M>,
  make: (module: M) => Decoder,
  frame: Uint8Array,
  shape: FrameShape,
): Promise<DecodedFrame> {
  const stream = untilEndMarker(bareCodestream(frame));
  const header = readJ2kHeader(stream);
  checkJ2kHeader(header, shape);
  checkTileParts(stream);
  const bytes = await codec
    .run((module) => decodeWith(make(module), stream, header))
    .catch((cause: unknown) => {
      throw damaged('the JPEG 2000 stream is damaged', cause);
    });
  const bytesPerSample = header.precision > 8 ? 2 : 1;
  if (bytes.length !== shape.rows * shape.columns * shape.samplesPerPixel * bytesPerSample) throw mismatch('length');
  return { bytes, bytesPerSample, bits: header.precision, planar: false, rgb: header.colourTransform };
}

/**
 * OpenJPEG never throws: a stream it gives up on reports size 0 or keeps an old size, so what it says it made is compared
 * with the stream's own header.
 */
function decodeWith(decoder: Decoder, stream: Uint8Array, header: J2kHeader): Uint8Array {
  decoder.getEncodedBuffer(stream.length).set(stream);
  decoder.decode();
  const info = decoder.getFrameInfo();
  const same =
    info.width === header.columns &&
    info.height === header.rows &&
    info.componentCount === header.components &&
    info.bitsPerSample === header.precision;
  if (!same) throw new Error('decoder gave another picture than the header announces');
  const bytes = copyOut(decoder.getDecodedBuffer());
  decoder.delete();
  return bytes;
}

/** @param frame samples interleaved, little endian. @returns a reversible JPEG 2000 code stream. */
export function encodeJpeg2000(frame: Uint8Array, shape: FrameShape): Promise<Uint8Array> {
  return encoding.run(({ J2KEncoder }) => {
    const encoder = new J2KEncoder();
    const { columns: width, rows: height, bitsStored: bitsPerSample, samplesPerPixel: componentCount } = shape;
    const info = { width, height, bitsPerSample, componentCount, isSigned: shape.signed };
    encoder.getDecodedBuffer({ ...info, isUsingColorTransform: componentCount === 3 }).set(frame);
    encoder.setQuality(true, 0);
    // More wavelet levels than the shorter side can be halved make OpenJPEG throw, and the instance hang afterwards.
    encoder.setDecompositions(Math.min(5, Math.floor(Math.log2(Math.min(width, height)))));
    encoder.encode();
    const stream = copyOut(encoder.getEncodedBuffer());
    encoder.delete();
    return stream;
  });
}
