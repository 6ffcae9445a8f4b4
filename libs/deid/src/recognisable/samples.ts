/** How the bits of a sample lie (PS3.5 8.1.1). */
export interface SampleShape {
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly signed: boolean;
}

/** @returns a reader of frames of little-endian samples: values with unused bits dropped and the sign of Bits Stored */
export function sampleReader(shape: SampleShape, highBit: number): (bytes: Uint8Array) => Int32Array {
  const { bitsAllocated, bitsStored, signed } = shape;
  const low = Math.max(0, highBit + 1 - bitsStored);
  const up = 32 - bitsStored;
  return (bytes) => {
    const wide = bitsAllocated === 16;
    const values = new Int32Array(wide ? bytes.length >> 1 : bytes.length);
    for (let i = 0; i < values.length; i++) {
      const raw = wide ? (bytes[2 * i] ?? 0) | ((bytes[2 * i + 1] ?? 0) << 8) : (bytes[i] ?? 0);
      const placed = (raw >>> low) << up;
      values[i] = signed ? placed >> up : placed >>> up;
    }
    return values;
  };
}

/** Smallest and largest stored value. */
export function rangeOf({ bitsStored, signed }: SampleShape): { low: number; high: number } {
  return signed
    ? { low: -(2 ** (bitsStored - 1)), high: 2 ** (bitsStored - 1) - 1 }
    : { low: 0, high: 2 ** bitsStored - 1 };
}
