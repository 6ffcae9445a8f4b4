import { createRequire } from 'node:module';
import type * as DcmjsCodecs from 'dcmjs-codecs';
import { copyOut } from './wasm-module.ts';
import type { FrameShape } from '../domain/decoded.ts';

export type Codecs = typeof DcmjsCodecs;
type Context = InstanceType<Codecs['Context']>;

const require = createRequire(import.meta.url);
let loading: Promise<Codecs> | undefined;

/** 4 MB of WebAssembly for rare syntaxes: loaded only when an object needs it. */
async function load(): Promise<Codecs> {
  const codecs = require('dcmjs-codecs') as Codecs;
  await codecs.NativeCodecs.initializeAsync({ logCodecsInfo: false, logCodecsTrace: false });
  return codecs;
}

/**
 * Runs one of dcmjs-codecs' decoders. The instance is discarded after whatever it throws, which is thrown on.
 * @returns an own copy of the samples, 1 or 2 bytes each by `bitsAllocated`
 */
export async function decodeByDcmjs(
  decode: (codecs: Codecs, context: Context) => Context,
  stream: Uint8Array,
  shape: Pick<FrameShape, 'rows' | 'columns' | 'samplesPerPixel' | 'bitsAllocated' | 'bitsStored' | 'signed'>,
): Promise<Uint8Array> {
  loading ??= load();
  const codecs = await loading;
  const context = new codecs.Context({
    width: shape.columns,
    height: shape.rows,
    bitsAllocated: shape.bitsAllocated,
    bitsStored: shape.bitsStored,
    samplesPerPixel: shape.samplesPerPixel,
    pixelRepresentation: shape.signed ? 1 : 0,
    planarConfiguration: 0,
    photometricInterpretation: shape.samplesPerPixel === 3 ? 'RGB' : 'MONOCHROME2',
    encodedBuffer: stream,
  });
  try {
    return copyOut(decode(codecs, context).getDecodedBuffer() ?? new Uint8Array());
  } catch (cause) {
    loading = undefined;
    throw cause;
  }
}
