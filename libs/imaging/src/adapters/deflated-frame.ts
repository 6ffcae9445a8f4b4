import { inflateRawSync } from 'node:zlib';
import { damaged, mismatch } from '../domain/failure.ts';

/**
 * The native bytes of a frame of Deflated Image Frame Compression (PS3.5 A.4.12, RFC 1951).
 * @param expected bytes that the data set asks for: inflating stops there, whatever the stream holds (one zero may pad it)
 */
export function inflateFrame(stream: Uint8Array, expected: number): Uint8Array {
  const bytes = inflated(stream, expected + 1);
  if (bytes.length < expected) throw mismatch('length');
  return bytes.subarray(0, expected);
}

function inflated(stream: Uint8Array, most: number): Buffer {
  try {
    // Node's inflate refuses a stream without its last block, so a cut-off frame is told here.
    return inflateRawSync(stream, { maxOutputLength: most });
  } catch (cause) {
    throw damaged('the deflated frame is damaged, cut off or longer than the data set says', cause);
  }
}
