import { encodeFrames } from './encode-frames.ts';
import { ImageRefused } from './domain/failure.ts';
import { assertWholeBytes, clearStrayBits, fillMasks, nativePixels } from './domain/mask-frame.ts';
import { pixelElement } from './domain/pixel-place.ts';
import { storedFrame } from './domain/stored.ts';
import { frameCodecOf } from './domain/syntax-support.ts';
import type { Dataset } from '@precedent/dicom';
import type { DecodedFrame } from './domain/decoded.ts';
import type { PixelBytes } from './domain/mask-frame.ts';
import type { PixelHeader } from './domain/pixel-header.ts';
import type { EncodedAs, EncodeSyntax, MaskRectangle } from './domain/types.ts';

const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
const RLE = '1.2.840.10008.1.2.5';
const JPEG_LS = '1.2.840.10008.1.2.4.80';
const JPEG_2000 = '1.2.840.10008.1.2.4.90';

export interface MaskedFrame {
  /** Bytes of the frame in the new Pixel Data: native, or one code stream. */
  readonly data: Uint8Array;
  readonly encoded: EncodedAs;
}

/**
 * A frame with rectangles filled and stray bits gone, encoded without loss: native frames in place, byte by byte; code streams
 * in their own syntax where it is lossless and has an encoder here, else as JPEG-LS. Every sample outside of the rectangles keeps
 * its value (a lossy frame: the value that it decodes to).
 * @throws ImageRefused for what cannot be masked
 */
export async function maskFrame(
  dataset: Dataset,
  header: PixelHeader,
  source: { readonly decoded: DecodedFrame; readonly bytes: Uint8Array },
  masks: readonly MaskRectangle[],
): Promise<MaskedFrame> {
  const codec = frameCodecOf(dataset.transferSyntax);
  if (codec === 'none') return maskNative(dataset, header, source, masks);
  return maskStream(dataset, header, source.decoded, masks);
}

function maskNative(
  dataset: Dataset,
  header: PixelHeader,
  { decoded, bytes }: { readonly decoded: DecodedFrame; readonly bytes: Uint8Array },
  masks: readonly MaskRectangle[],
): MaskedFrame {
  const { photometric, bitsAllocated } = header.image;
  const { littleEndian } = dataset.encoding;
  assertWholeBytes(header);
  const data = new Uint8Array(bytes);
  if (bitsAllocated >= 8) clearStrayBits(header, decoded, data, littleEndian);
  const swapped = !littleEndian && bitsAllocated === 8 && pixelElement(dataset)?.vr === 'OW';
  fillMasks(swapped ? inSwappedPairs(nativePixels(header, data)) : nativePixels(header, data), header, decoded, masks);
  return { data, encoded: { transferSyntax: dataset.transferSyntax, photometric, planar: header.planar } };
}

/** 8-bit samples written as big endian words lie in pairs, the second first (PS3.5 8.1.2). */
function inSwappedPairs(pixels: PixelBytes): PixelBytes {
  if (pixels.bytes.length % 2 !== 0)
    throw new ImageRefused('unsupported-photometric', 'frames of an odd length in big endian words cannot be masked');
  return { ...pixels, at: (index, channel) => pixels.at(index, channel) ^ 1 };
}

async function maskStream(
  dataset: Dataset,
  header: PixelHeader,
  decoded: DecodedFrame,
  masks: readonly MaskRectangle[],
): Promise<MaskedFrame> {
  const { image } = header;
  const plain = {
    ...header,
    image: { ...image, photometric: image.samplesPerPixel === 3 ? 'RGB' : image.photometric },
  };
  // Named RGB, so that luminance and colour differences stay what they are.
  const samples = storedFrame(plain, decoded);
  const wanted = targetOf(dataset.transferSyntax, header, decoded);
  clearStrayBits(header, { ...decoded, bytesPerSample: bytesOf(image.bitsAllocated) }, samples, true);
  const pixels = nativePixels({ ...plain, planar: false }, samples);
  fillMasks(pixels, header, decoded, masks);
  return { data: await encoded(samples, header, wanted.transferSyntax), encoded: wanted };
}

const bytesOf = (bits: number): 1 | 2 | 4 => (bits <= 8 ? 1 : bits <= 16 ? 2 : 4);

/** What the new frame is called: `rgb` is set where the decoder made RGB out of what the stream held. */
function targetOf(syntax: string, { image }: PixelHeader, { rgb }: DecodedFrame): EncodedAs {
  const colour = image.samplesPerPixel === 3;
  const named = colour && (rgb || image.photometric === 'XYB') ? 'RGB' : image.photometric;
  const photometric = named === 'YBR_FULL_422' || named === 'YBR_ICT' ? 'YBR_FULL' : named;
  const as = (transferSyntax: string, photometricNow = photometric): EncodedAs => {
    return { transferSyntax, photometric: photometricNow, planar: false };
  };
  if (image.bitsAllocated !== 8 && image.bitsAllocated !== 16) return as(EXPLICIT_LITTLE_ENDIAN);
  if (syntax === RLE) return as(RLE);
  // The encoder turns three components into YBR_RCT, which is right for RGB only.
  if (syntax === JPEG_2000 && !colour) return as(JPEG_2000);
  if (syntax === JPEG_2000 && photometric === 'RGB') return as(JPEG_2000, 'YBR_RCT');
  return image.bitsStored < 2 ? as(RLE) : as(JPEG_LS);
}

async function encoded(samples: Uint8Array, { image }: PixelHeader, syntax: string): Promise<Uint8Array> {
  if (syntax === EXPLICIT_LITTLE_ENDIAN) return samples;
  const { rows, columns, bitsStored, signed } = image;
  const raw = {
    rows,
    columns,
    bitsStored,
    signed,
    samplesPerPixel: image.samplesPerPixel === 3 ? 3 : 1,
    bitsAllocated: image.bitsAllocated === 8 ? 8 : 16,
    frames: [samples],
  } as const;
  const [stream] = await encodeFrames(raw, syntax as EncodeSyntax);
  if (stream === undefined) throw new ImageRefused('decode-failed', 'the masked frame could not be encoded');
  return stream;
}
