/**
 * Float32 and half bits as bytes at rest, little endian. x86-64 and AArch64 under Linux are little endian, so bytes are
 * copied as they lie; a big-endian machine is refused instead of misread.
 */
if (new Uint8Array(new Uint16Array([1]).buffer)[0] !== 1) throw new Error('this machine is big endian');

export function bytesOf(values: Float32Array | Uint16Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}

/** Copies: a Buffer of the driver may lie at an odd offset and belongs to a larger pool. */
export function floatsOf(bytes: Uint8Array): Float32Array {
  return new Float32Array(new Uint8Array(bytes).buffer);
}

export function halvesOf(bytes: Uint8Array): Uint16Array {
  return new Uint16Array(new Uint8Array(bytes).buffer);
}
