import { createRequire } from 'node:module';
import type * as DcmjsCodecs from 'dcmjs-codecs';
import { damaged, mismatch } from '../domain/failure.ts';
import { checkAllBlocks } from '../domain/jpeg-completeness.ts';
import { checkJpegHeader, readJpegHeader, untilEndMarker } from '../domain/jpeg-stream.ts';
import { copyOut } from './wasm-module.ts';
import { decodeJpegBaseline } from './jpeg-baseline.ts';
import type { DecodedFrame, FrameShape } from '../domain/decoded.ts';

type Codecs = typeof DcmjsCodecs;

const require = createRequire(import.meta.url);
let loading: Promise<Codecs> | undefined;

/** 4 MB of WebAssembly for one rare syntax: loaded only when an object needs it. */
async function load(): Promise<Codecs> {
  const codecs = require('dcmjs-codecs') as Codecs;
  await codecs.NativeCodecs.initializeAsync({ logCodecsInfo: false, logCodecsTrace: false });
  return codecs;
}

/** JPEG extended of 12 bit (IJG 6b in dcmjs-codecs, the only decoder of it on npm); of 8 bit as baseline. Grey only above 8. */
export async function decodeJpegExtended(
  frame: Uint8Array,
  shape: FrameShape,
  photometric: string,
): Promise<DecodedFrame> {
  const stream = untilEndMarker(frame);
  const header = readJpegHeader(stream);
  if (header.precision === 8) return decodeJpegBaseline(stream, shape, photometric);
  if (header.sof !== 0xc1 || header.precision !== 12 || shape.samplesPerPixel !== 1)
    throw mismatch('process or precision');
  checkJpegHeader(header, shape);
  checkAllBlocks(stream, header);
  loading ??= load();
  const bytes = decodeWith(await loading, stream, shape);
  if (bytes.length !== shape.rows * shape.columns * 2) throw mismatch('length');
  return { bytes, bytesPerSample: 2, bits: 12, planar: false, rgb: false };
}

function decodeWith({ NativeCodecs, Context }: Codecs, stream: Uint8Array, shape: FrameShape): Uint8Array {
  const context = new Context({
    width: shape.columns,
    height: shape.rows,
    bitsAllocated: 16,
    bitsStored: 12,
    samplesPerPixel: 1,
    pixelRepresentation: shape.signed ? 1 : 0,
    planarConfiguration: 0,
    photometricInterpretation: 'MONOCHROME2',
    encodedBuffer: stream,
  });
  try {
    return copyOut(NativeCodecs.decodeJpeg(context).getDecodedBuffer() ?? new Uint8Array());
  } catch (cause) {
    loading = undefined;
    throw damaged('the JPEG stream is damaged', cause);
  }
}
