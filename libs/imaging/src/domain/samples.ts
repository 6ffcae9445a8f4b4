import type { DecodedFrame, FrameShape } from './decoded.ts';

export type Samples = Uint8Array | Uint16Array | Uint32Array;

/** A copy. Never by `slice()`: of a Buffer that is a view, and writing to it would change the object's own bytes. */
export function copyOf<T extends Samples>(samples: T): T {
  if (samples instanceof Uint32Array) return new Uint32Array(samples) as T;
  return (samples instanceof Uint16Array ? new Uint16Array(samples) : new Uint8Array(samples)) as T;
}

/** The samples of a frame of integers, without copy where the address allows it. */
export function samplesOf({ bytes, bytesPerSample }: DecodedFrame): Samples {
  if (bytesPerSample === 1) return bytes;
  return bytesPerSample === 2 ? words(bytes) : longs(bytes);
}

/** The samples of a little-endian buffer, without copy where the address allows it. */
export function words(bytes: Uint8Array): Uint16Array {
  if (bytes.byteOffset % 2 === 0) return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 1);
  return new Uint16Array(new Uint8Array(bytes).buffer);
}

export function longs(bytes: Uint8Array): Uint32Array {
  if (bytes.byteOffset % 4 === 0) return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2);
  return new Uint32Array(new Uint8Array(bytes).buffer);
}

/** Floating-point samples as doubles. */
export function doubles({ bytes, bytesPerSample }: DecodedFrame): Float64Array {
  const aligned = new Uint8Array(bytes).buffer;
  return bytesPerSample === 8 ? new Float64Array(aligned) : Float64Array.from(new Float32Array(aligned));
}

/**
 * Bit patterns of Bits Stored bits, one byte a sample up to 8 bits and two above: what sample-width-minded codecs take,
 * and the form in which two frames are compared. Bits above Bits Stored are dropped.
 */
export function storedPatterns(bytes: Uint8Array, bytesPerSample: number, bitsStored: number): Uint8Array {
  const mask = 2 ** bitsStored - 1;
  const samples = bytesPerSample === 1 ? bytes : words(bytes);
  if (bitsStored <= 8) return Uint8Array.from(samples, (value) => value & mask);
  return new Uint8Array(Uint16Array.from(samples, (value) => value & mask).buffer);
}

/** As `storedPatterns`, with the sign of Bits Stored repeated above it when the samples are signed. */
export function signExtended(bytes: Uint8Array, shape: FrameShape): Uint8Array {
  const patterns = storedPatterns(bytes, shape.bitsAllocated / 8, shape.bitsStored);
  if (!shape.signed) return patterns;
  const width = shape.bitsStored <= 8 ? 8 : 16;
  const samples = width === 8 ? patterns : words(patterns);
  const shift = 32 - shape.bitsStored;
  for (let i = 0; i < samples.length; i++) samples[i] = ((samples[i] ?? 0) << shift) >> shift;
  return patterns;
}
