import { findElement } from '@precedent/dicom';
import type { Dataset } from '@precedent/dicom';
import type { DecodedFrame } from './decoded.ts';
import type { PixelHeader } from './pixel-header.ts';

const PIXEL_DATA = 0x7fe00010;

/** One frame of native pixels, little endian. `bytes` may be a view of the data set: nobody writes to decoded frames. */
export function nativeFrame(dataset: Dataset, header: PixelHeader, frame: number, bytes: Uint8Array): DecodedFrame {
  const { bitsAllocated, bitsStored, photometric, samplesPerPixel } = header.image;
  const size = bitsAllocated === 32 ? 4 : bitsAllocated === 16 ? 2 : 1;
  const common = { bytesPerSample: size, bits: bitsStored, rgb: false } as const;
  if (bitsAllocated === 1) return { ...common, bytes: unpackBits(header, frame, bytes), planar: false };
  const ordered = dataset.encoding.littleEndian ? bytes : littleEndian(dataset, bytes, size);
  if (photometric === 'YBR_FULL_422') return { ...common, bytes: upsample422(ordered), planar: false };
  return { ...common, bytes: ordered, planar: samplesPerPixel > 1 && header.planar };
}

/** Big endian: by sample; 8-bit samples lie in pairs when they were written as words (OW, PS3.5 8.1.2). */
function littleEndian(dataset: Dataset, bytes: Uint8Array, size: 1 | 2 | 4): Uint8Array {
  if (size === 4) return Buffer.from(bytes).swap32();
  if (size === 2) return Buffer.from(bytes).swap16();
  return findElement(dataset, PIXEL_DATA)?.vr === 'OW' ? unpaired(dataset, bytes) : bytes;
}

/** Pairs count from the first pixel of the object: a frame of odd length begins or ends inside one. */
function unpaired(dataset: Dataset, bytes: Uint8Array): Uint8Array {
  const origin = findElement(dataset, PIXEL_DATA)?.valueStart ?? 0;
  const start = bytes.byteOffset - dataset.bytes.byteOffset - origin;
  return bytes.map((_, i) => dataset.bytes[origin + ((start + i) ^ 1)] ?? 0);
}

/** 1 bit a pixel, lowest bit first, frames back to back without padding (PS3.5 8.1.1). */
function unpackBits(header: PixelHeader, frame: number, bytes: Uint8Array): Uint8Array {
  const count = header.image.rows * header.image.columns;
  const skip = (count * frame) % 8;
  return Uint8Array.from({ length: count }, (_, i) => ((bytes[(skip + i) >> 3] ?? 0) >> ((skip + i) & 7)) & 1);
}

/** Y1 Y2 Cb Cr for each pair of pixels → Y Cb Cr a pixel. */
function upsample422(bytes: Uint8Array): Uint8Array {
  const pairs = bytes.length >> 2;
  const out = new Uint8Array(pairs * 6);
  for (let i = 0, from = 0, to = 0; i < pairs; i++, from += 4, to += 6) {
    const [y1 = 0, y2 = 0, cb = 0, cr = 0] = [bytes[from], bytes[from + 1], bytes[from + 2], bytes[from + 3]];
    out.set([y1, cb, cr, y2, cb, cr], to);
  }
  return out;
}
