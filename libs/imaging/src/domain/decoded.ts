/** What a code stream is expected to hold, from the data set; every decoder checks its result against it. */
export interface FrameShape {
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: number;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly signed: boolean;
}

/**
 * One decoded frame: whole samples, little endian, row by row.
 * Eight bytes are a double (Double Float Pixel Data). `bits` is the precision the code stream states (native and RLE: Bits Stored); `rgb` is true where the decoder itself
 * turned the colours into RGB.
 */
export interface DecodedFrame {
  readonly bytes: Uint8Array;
  readonly bytesPerSample: 1 | 2 | 4 | 8;
  readonly bits: number;
  readonly planar: boolean;
  readonly rgb: boolean;
}
