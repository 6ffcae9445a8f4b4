import { inflateRawSync } from 'node:zlib';
import { damaged, mismatch } from '../domain/failure.ts';

interface Inflated {
  readonly buffer: Buffer;
  /** Bytes of the stream that were read. */
  readonly engine: { readonly bytesWritten: number };
}

/**
 * The native bytes of a frame of Deflated Image Frame Compression (RFC 1951; one stream a frame).
 * @param expected bytes that the data set asks for, one more may pad them: inflating stops there, whatever the stream holds
 */
export function inflateFrame(stream: Uint8Array, expected: number): Uint8Array {
  const { buffer, engine } = inflated(stream, expected + 1);
  if (buffer.length < expected) throw mismatch('length');
  // One zero pads the fragment; a second stream would be a frame that nobody is told of.
  if (stream.length - engine.bytesWritten > 1) throw damaged('more than one deflated frame lies where one should');
  return buffer.subarray(0, expected);
}

function inflated(stream: Uint8Array, most: number): Inflated {
  try {
    // Node's inflate refuses a stream without its last block, so a cut-off frame is told here. With `info` it answers with
    // the engine as well, which its types do not say.
    return inflateRawSync(stream, { maxOutputLength: most, info: true }) as unknown as Inflated;
  } catch (cause) {
    throw damaged('the deflated frame is damaged, cut off or longer than the data set says', cause);
  }
}
