import { damaged, mismatch } from '../domain/failure.ts';
import { checkJpegHeader, readJpegHeader, untilEndMarker } from '../domain/jpeg-stream.ts';
import { copyOut, wasmModule } from './wasm-module.ts';
import type { DecodedFrame, FrameShape } from '../domain/decoded.ts';

interface FrameInfo {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
}

interface Decoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  getInterleaveMode(): number;
  delete(): void;
}

interface Encoder {
  getDecodedBuffer(info: FrameInfo): Uint8Array;
  getEncodedBuffer(): Uint8Array;
  setNearLossless(value: number): void;
  setInterleaveMode(mode: number): void;
  encode(): void;
  delete(): void;
}

// Two builds on purpose: the one without encoder is smaller and is what the sandbox loads.
const decoding = wasmModule<{ readonly JpegLSDecoder: new () => Decoder }>(
  '@cornerstonejs/codec-charls/decodewasmjs',
  '@cornerstonejs/codec-charls/decodewasm',
);
const encoding = wasmModule<{ readonly JpegLSEncoder: new () => Encoder }>(
  '@cornerstonejs/codec-charls/wasmjs',
  '@cornerstonejs/codec-charls/wasm',
);

const SOF55 = 0xf7;
const BY_PLANE = 0;
const BY_SAMPLE = 2;

/** JPEG-LS, lossless and near-lossless (CharLS). CharLS throws bare numbers: they are turned into a refusal here. */
export async function decodeJpegLs(frame: Uint8Array, shape: FrameShape): Promise<DecodedFrame> {
  const stream = untilEndMarker(frame);
  const header = readJpegHeader(stream);
  if (header.sof !== SOF55) throw mismatch('process');
  checkJpegHeader(header, shape);
  const { bytes, interleave } = await decoding
    .run(({ JpegLSDecoder }) => decodeWith(new JpegLSDecoder(), stream))
    .catch(refuse);
  const bytesPerSample = header.precision > 8 ? 2 : 1;
  if (bytes.length !== shape.rows * shape.columns * shape.samplesPerPixel * bytesPerSample) throw mismatch('length');
  const planar = shape.samplesPerPixel > 1 && interleave === BY_PLANE;
  return { bytes, bytesPerSample, bits: header.precision, planar, rgb: false };
}

function refuse(cause: unknown): never {
  throw damaged('the JPEG-LS stream is damaged', cause);
}

function decodeWith(decoder: Decoder, stream: Uint8Array): { bytes: Uint8Array; interleave: number } {
  decoder.getEncodedBuffer(stream.length).set(stream);
  decoder.decode();
  const result = { bytes: copyOut(decoder.getDecodedBuffer()), interleave: decoder.getInterleaveMode() };
  decoder.delete();
  return result;
}

/** @param frame samples interleaved, little endian. @returns a lossless JPEG-LS stream. */
export function encodeJpegLs(frame: Uint8Array, shape: FrameShape): Promise<Uint8Array> {
  return encoding.run(({ JpegLSEncoder }) => {
    const encoder = new JpegLSEncoder();
    const { columns: width, rows: height, bitsStored: bitsPerSample, samplesPerPixel: componentCount } = shape;
    encoder.getDecodedBuffer({ width, height, bitsPerSample, componentCount }).set(frame);
    encoder.setNearLossless(0);
    if (componentCount > 1) encoder.setInterleaveMode(BY_SAMPLE);
    encoder.encode();
    const stream = copyOut(encoder.getEncodedBuffer());
    encoder.delete();
    return stream;
  });
}
