import { decodeHtj2k, decodeJpeg2000 } from './adapters/jpeg-2000.ts';
import { decodeJpegBaseline } from './adapters/jpeg-baseline.ts';
import { decodeJpegExtended } from './adapters/jpeg-extended.ts';
import { decodeJpegLs } from './adapters/jpeg-ls.ts';
import { decodeJpegXl } from './adapters/jpeg-xl.ts';
import { inflateFrame } from './adapters/deflated-frame.ts';
import { ImageRefused } from './domain/failure.ts';
import { decodeJpegLossless } from './domain/jpeg-lossless.ts';
import { nativeFrame, nativeFrameBytes } from './domain/native.ts';
import { decodeRle } from './domain/rle.ts';
import { frameCodecOf } from './domain/syntax-support.ts';
import type { Dataset } from '@precedent/dicom';
import type { DecodedFrame, FrameShape } from './domain/decoded.ts';
import type { PixelHeader } from './domain/pixel-header.ts';
import type { FrameCodec } from './domain/syntax-support.ts';

type Decode = (
  stream: Uint8Array,
  shape: FrameShape,
  photometric: string,
  transferSyntax: string,
) => DecodedFrame | Promise<DecodedFrame>;

type NativeCodec = 'none' | 'deflated-frame' | 'encapsulated-native';

const DECODERS: Readonly<Record<Exclude<FrameCodec, NativeCodec>, Decode>> = {
  rle: decodeRle,
  'jpeg-baseline': decodeJpegBaseline,
  'jpeg-extended': decodeJpegExtended,
  'jpeg-lossless': decodeJpegLossless,
  'jpeg-ls': decodeJpegLs,
  'jpeg-2000': decodeJpeg2000,
  htj2k: decodeHtj2k,
  'jpeg-xl': decodeJpegXl,
};

/** Codecs whose frames may be single bits (segmentations); JPEG and JPEG-LS begin at 2 bits, libjxl gives whole bytes. */
const SINGLE_BITS: ReadonlySet<FrameCodec> = new Set(['rle', 'jpeg-2000', 'htj2k']);

/** @throws ImageRefused `unsupported-transfer-syntax`, before any frame is touched. */
export function checkTransferSyntax(transferSyntax: string): void {
  frameCodecOf(transferSyntax);
}

/** Decodes one frame from its bytes. @throws ImageRefused; damaged and truncated streams always throw. */
export async function decodeFrame(
  dataset: Dataset,
  header: PixelHeader,
  frame: number,
  bytes: Uint8Array,
): Promise<DecodedFrame> {
  const codec = frameCodecOf(dataset.transferSyntax);
  if (codec === 'none') return nativeFrame(dataset, header, frame, bytes);
  // Every encapsulated frame begins with a whole byte: single bits are counted from it, as in frame 0.
  if (codec === 'encapsulated-native' || codec === 'deflated-frame') {
    return nativeFrame(dataset, header, 0, encapsulatedNative(codec, header, bytes));
  }
  if (header.image.floating !== undefined) {
    throw new ImageRefused(
      'unsupported-photometric',
      'floating-point pixels are shown only when they are not compressed',
    );
  }
  if (header.image.bitsAllocated < 8 && !SINGLE_BITS.has(codec)) {
    throw new ImageRefused('unsupported-photometric', 'frames of single bits are not shown in this transfer syntax');
  }
  return DECODERS[codec](bytes, header.image, header.image.photometric, dataset.transferSyntax);
}

function encapsulatedNative(codec: NativeCodec, { image }: PixelHeader, bytes: Uint8Array): Uint8Array {
  const expected = nativeFrameBytes(image);
  if (codec === 'deflated-frame') return inflateFrame(bytes, expected);
  // The fragment is padded to an even length; more would be a frame that nobody is told of.
  if (bytes.length === expected || bytes.length === expected + 1) return bytes.subarray(0, expected);
  throw new ImageRefused('pixel-data-length', 'a frame has another length than Rows × Columns asks for');
}
