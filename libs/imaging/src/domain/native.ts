import { pixelElement } from './pixel-place.ts';
import type { Dataset } from '@precedent/dicom';
import type { DecodedFrame } from './decoded.ts';
import type { PixelHeader } from './pixel-header.ts';
import type { ImageDescription } from './types.ts';

/** Bits of a stored pixel, all its samples together. Uncompressed 4:2:2 keeps two samples a pixel (PS3.3 C.7.6.3.1.2). */
export function bitsPerPixel(image: ImageDescription): number {
  return image.bitsAllocated * (image.photometric === 'YBR_FULL_422' ? 2 : image.samplesPerPixel);
}

/** Bytes of one native frame that begins with a whole byte. */
export function nativeFrameBytes(image: ImageDescription): number {
  return Math.ceil((image.rows * image.columns * bitsPerPixel(image)) / 8);
}

const SIZES: Readonly<Record<number, 2 | 4 | 8>> = { 16: 2, 32: 4, 64: 8 };

/** One frame of native pixels, little endian. `bytes` may be a view of the data set: nobody writes to decoded frames. */
export function nativeFrame(dataset: Dataset, header: PixelHeader, frame: number, bytes: Uint8Array): DecodedFrame {
  const { bitsAllocated, bitsStored, photometric, samplesPerPixel } = header.image;
  const size = SIZES[bitsAllocated] ?? 1;
  const common = { bytesPerSample: size, bits: bitsStored, rgb: false } as const;
  if (bitsAllocated === 1) return { ...common, bytes: unpackBits(header.image, frame, bytes), planar: false };
  const ordered = dataset.encoding.littleEndian ? bytes : littleEndian(dataset, bytes, size);
  if (photometric === 'YBR_FULL_422') return { ...common, bytes: upsample422(ordered, size), planar: false };
  return { ...common, bytes: ordered, planar: samplesPerPixel > 1 && header.planar };
}

/** Big endian: by sample; 8-bit samples lie in pairs when they were written as words (OW, PS3.5 8.1.2). */
function littleEndian(dataset: Dataset, bytes: Uint8Array, size: 1 | 2 | 4 | 8): Uint8Array {
  if (size === 8) return Buffer.from(bytes).swap64();
  if (size === 4) return Buffer.from(bytes).swap32();
  if (size === 2) return Buffer.from(bytes).swap16();
  return pixelElement(dataset)?.vr === 'OW' ? unpaired(dataset, bytes) : bytes;
}

/** Pairs count from the first pixel of the object: a frame of odd length begins or ends inside one. */
function unpaired(dataset: Dataset, bytes: Uint8Array): Uint8Array {
  const origin = pixelElement(dataset)?.valueStart ?? 0;
  const start = bytes.byteOffset - dataset.bytes.byteOffset - origin;
  return bytes.map((_, i) => dataset.bytes[origin + ((start + i) ^ 1)] ?? 0);
}

/** 1 bit a pixel, lowest bit first, frames back to back without padding (PS3.5 8.1.1). */
export function unpackBits(
  { rows, columns }: Pick<ImageDescription, 'rows' | 'columns'>,
  frame: number,
  bytes: Uint8Array,
): Uint8Array {
  const count = rows * columns;
  const skip = (count * frame) % 8;
  return Uint8Array.from({ length: count }, (_, i) => ((bytes[(skip + i) >> 3] ?? 0) >> ((skip + i) & 7)) & 1);
}

/** Y1 Y2 Cb Cr for each pair of pixels → Y Cb Cr a pixel. */
function upsample422(bytes: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array((bytes.length / 2) * 3);
  const sample = (from: number, to: number): void => {
    for (let i = 0; i < size; i++) out[to * size + i] = bytes[from * size + i] ?? 0;
  };
  const samples = out.length / size;
  for (let from = 0, to = 0; to < samples; from += 4, to += 6) {
    [from, from + 2, from + 3, from + 1, from + 2, from + 3].forEach((source, i) => sample(source, to + i));
  }
  return out;
}
