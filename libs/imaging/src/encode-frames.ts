import { CodedError } from '@precedent/kernel';
import { decodeJpeg2000, encodeJpeg2000 } from './adapters/jpeg-2000.ts';
import { decodeJpegLs, encodeJpegLs } from './adapters/jpeg-ls.ts';
import { decodeRle, encodeRle } from './domain/rle.ts';
import { signExtended, storedPatterns } from './domain/samples.ts';
import { IMAGING_ERRORS } from './imaging.errors.ts';
import type { DecodedFrame, FrameShape } from './domain/decoded.ts';
import type { EncodeSyntax, RawFrames } from './domain/types.ts';

/**
 * Encodes pixels losslessly, one buffer a frame: the native bytes, or one code stream.
 * Signed samples are two's complement; bits above Bits Stored may repeat the sign.
 * Every code stream is decoded again and compared, since a wrong one would lose the image for good.
 * @throws CodedError `IMAGING_ENCODE_INPUT`, `IMAGING_ENCODE_FAILED`
 */
export async function encodeFrames(raw: RawFrames, syntax: EncodeSyntax): Promise<readonly Uint8Array[]> {
  checkInput(raw);
  const encoded: Uint8Array[] = [];
  // One after another: the codecs work on one heap each.
  for (const frame of raw.frames) encoded.push(await encodeFrame(frame, raw, syntax));
  return encoded;
}

function checkInput(raw: RawFrames): void {
  const length = (raw.rows * raw.columns * raw.samplesPerPixel * raw.bitsAllocated) / 8;
  const depth = raw.bitsStored >= 1 && raw.bitsStored <= raw.bitsAllocated;
  if (length > 0 && depth && raw.frames.every((frame) => frame.length === length)) return;
  throw new CodedError('IMAGING_ENCODE_INPUT', IMAGING_ERRORS.IMAGING_ENCODE_INPUT);
}

interface Coder {
  readonly encode: (frame: Uint8Array, shape: FrameShape) => Uint8Array | Promise<Uint8Array>;
  readonly decode: (frame: Uint8Array, shape: FrameShape) => DecodedFrame | Promise<DecodedFrame>;
}

const CODERS: Readonly<Partial<Record<EncodeSyntax, Coder>>> = {
  '1.2.840.10008.1.2.5': { encode: encodeRle, decode: decodeRle },
  '1.2.840.10008.1.2.4.80': { encode: encodeJpegLs, decode: decodeJpegLs },
  '1.2.840.10008.1.2.4.90': { encode: encodeJpeg2000, decode: decodeJpeg2000 },
};

async function encodeFrame(frame: Uint8Array, shape: FrameShape, syntax: EncodeSyntax): Promise<Uint8Array> {
  const coder = CODERS[syntax];
  if (coder === undefined) return frame;
  try {
    const stream = await coder.encode(samplesFor(frame, shape, syntax), shape);
    const back = await coder.decode(stream, shape);
    if (sameSamples(frame, back, shape)) return stream;
  } catch (cause) {
    throw new CodedError('IMAGING_ENCODE_FAILED', IMAGING_ERRORS.IMAGING_ENCODE_FAILED, { cause });
  }
  throw new CodedError('IMAGING_ENCODE_FAILED', IMAGING_ERRORS.IMAGING_ENCODE_FAILED);
}

/** Signed JPEG 2000 samples carry their sign; JPEG-LS knows no sign and RLE takes the bytes as they are. */
function samplesFor(frame: Uint8Array, shape: FrameShape, syntax: EncodeSyntax): Uint8Array {
  if (syntax === '1.2.840.10008.1.2.5') return frame;
  if (syntax === '1.2.840.10008.1.2.4.80') return storedPatterns(frame, shape.bitsAllocated / 8, shape.bitsStored);
  return signExtended(frame, shape);
}

function sameSamples(frame: Uint8Array, back: DecodedFrame, shape: FrameShape): boolean {
  const before = storedPatterns(frame, shape.bitsAllocated / 8, shape.bitsStored);
  const after = storedPatterns(back.bytes, back.bytesPerSample, shape.bitsStored);
  return !back.planar && Buffer.compare(before, after) === 0;
}
