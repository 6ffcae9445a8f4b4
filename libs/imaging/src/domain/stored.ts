import { ImageRefused } from './failure.ts';
import { colourSamples } from './show-colour.ts';
import { copyOf } from './samples.ts';
import type { DecodedFrame } from './decoded.ts';
import type { PixelHeader } from './pixel-header.ts';

/**
 * The samples of a frame in Bits Allocated, little endian, colour as interleaved RGB: what pixel cleaning edits and
 * `encodeFrames` takes. @throws where the code stream's samples are wider than Bits Allocated.
 */
export function storedFrame(header: PixelHeader, frame: DecodedFrame): Uint8Array {
  const { bitsAllocated, samplesPerPixel, signed } = header.image;
  const samples = samplesPerPixel === 3 ? colourSamples(header, frame) : frame.bytes;
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  const wanted = Math.max(8, bitsAllocated) / 8;
  if (frame.bytesPerSample === wanted) return isAlone(bytes) ? bytes : copyOf(bytes);
  if (frame.bytesPerSample !== 1 || wanted !== 2) {
    throw new ImageRefused('codestream-mismatch', "the code stream's samples do not fit Bits Allocated");
  }
  return new Uint8Array(Uint16Array.from(bytes, (value) => widened(value, frame.bits, signed)).buffer);
}

/** A decoder's output has a buffer of its own; native frames are views of the object, which must not be written to. */
function isAlone(bytes: Uint8Array): boolean {
  return bytes.byteLength === bytes.buffer.byteLength;
}

function widened(value: number, bits: number, signed: boolean): number {
  return signed && value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
}
