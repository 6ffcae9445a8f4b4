import { TRANSFER_SYNTAXES } from '@precedent/dicom';
import { decodeHtj2k, decodeJpeg2000 } from './adapters/jpeg-2000.ts';
import { decodeJpegBaseline } from './adapters/jpeg-baseline.ts';
import { decodeJpegExtended } from './adapters/jpeg-extended.ts';
import { decodeJpegLs } from './adapters/jpeg-ls.ts';
import { ImageRefused } from './domain/failure.ts';
import { decodeJpegLossless } from './domain/jpeg-lossless.ts';
import { nativeFrame } from './domain/native.ts';
import { decodeRle } from './domain/rle.ts';
import type { CodecId, Dataset } from '@precedent/dicom';
import type { DecodedFrame, FrameShape } from './domain/decoded.ts';
import type { PixelHeader } from './domain/pixel-header.ts';

type Decode = (stream: Uint8Array, shape: FrameShape, photometric: string) => DecodedFrame | Promise<DecodedFrame>;

const DECODERS: Readonly<Partial<Record<CodecId, Decode>>> = {
  rle: decodeRle,
  'jpeg-baseline': decodeJpegBaseline,
  'jpeg-extended': decodeJpegExtended,
  'jpeg-lossless': decodeJpegLossless,
  'jpeg-ls': decodeJpegLs,
  'jpeg-2000': decodeJpeg2000,
  htj2k: decodeHtj2k,
};

function codecOf(transferSyntax: string): CodecId {
  return TRANSFER_SYNTAXES.get(transferSyntax)?.codec ?? 'unsupported';
}

/** @throws ImageRefused `unsupported-transfer-syntax`, before any frame is touched. */
export function checkTransferSyntax(transferSyntax: string): void {
  const codec = codecOf(transferSyntax);
  if (codec === 'none' || DECODERS[codec] !== undefined) return;
  throw new ImageRefused(
    'unsupported-transfer-syntax',
    'the picture is stored in a transfer syntax that we do not decode',
  );
}

/** Decodes one frame from its bytes. @throws ImageRefused; damaged and truncated streams always throw. */
export async function decodeFrame(
  dataset: Dataset,
  header: PixelHeader,
  frame: number,
  bytes: Uint8Array,
): Promise<DecodedFrame> {
  const decode = DECODERS[codecOf(dataset.transferSyntax)];
  if (decode === undefined) return nativeFrame(dataset, header, frame, bytes);
  if (header.image.bitsAllocated < 8) {
    throw new ImageRefused(
      'unsupported-photometric',
      'frames of single bits are shown only when they are not compressed',
    );
  }
  return decode(bytes, header.image, header.image.photometric);
}
