import { TRANSFER_SYNTAXES } from '@precedent/dicom';
import { ImageRefused } from './failure.ts';
import type { CodecId, TransferSyntax } from '@precedent/dicom';

/** Every way the room turns the bytes of a frame into samples. */
export type FrameCodec = Exclude<CodecId, 'video' | 'unsupported'> | 'encapsulated-native';

/** What becomes of the pixels of one transfer syntax; the one list that tables and decisions are made from. */
export interface SyntaxSupport {
  readonly uid: string;
  readonly name: string;
  /** Absent: the object is kept, but it is not indexable. */
  readonly codec?: FrameCodec;
  /** Who decodes, or why nobody does: half a sentence. */
  readonly by: string;
  /** No picture information can have been lost by the syntax itself. */
  readonly lossless: boolean;
}

const ENCAPSULATED_UNCOMPRESSED = '1.2.840.10008.1.2.1.98';

const DECODED_BY: Readonly<Record<FrameCodec, string>> = {
  none: 'own',
  rle: 'own',
  'jpeg-baseline': 'libjpeg-turbo (WebAssembly)',
  'jpeg-extended': 'libjpeg-turbo (WebAssembly) for 8 bit, own for 12 bit grey',
  'jpeg-lossless': 'own',
  'jpeg-ls': 'CharLS (WebAssembly)',
  'jpeg-2000': 'OpenJPEG (WebAssembly)',
  htj2k: 'OpenJPH (WebAssembly)',
  'jpeg-xl': 'libjxl of dcmjs-codecs (WebAssembly)',
  'deflated-frame': 'zlib of Node',
  'encapsulated-native': 'own',
};

const NOT_DECODED = {
  jpip: 'the pixels are not in the object but on a JPIP server',
  part2: 'JPEG 2000 Part 2 codes several frames as one, and no free decoder of it exists',
  ge: 'a private syntax of one maker',
  video: 'a video stream (MPEG-2, MPEG-4 or HEVC), not single frames',
} as const;

function whyNot({ uid, codec }: TransferSyntax): string {
  if (codec === 'video') return NOT_DECODED.video;
  if (uid.startsWith('1.2.840.10008.1.2.4.94') || uid.startsWith('1.2.840.10008.1.2.4.95')) return NOT_DECODED.jpip;
  return uid.startsWith('1.2.840.10008.1.2.4.9') ? NOT_DECODED.part2 : NOT_DECODED.ge;
}

function codecFor({ uid, codec }: TransferSyntax): FrameCodec | undefined {
  if (uid === ENCAPSULATED_UNCOMPRESSED) return 'encapsulated-native';
  return codec === 'video' || codec === 'unsupported' ? undefined : codec;
}

function supportOf(syntax: TransferSyntax): SyntaxSupport {
  const codec = codecFor(syntax);
  const { uid, name, lossless } = syntax;
  if (codec === undefined) return { uid, name, lossless, by: whyNot(syntax) };
  return { uid, name, lossless, codec, by: DECODED_BY[codec] };
}

/** By transfer syntax UID: all that are read, shown or not. Any other is refused when the object is read. */
export const SYNTAX_SUPPORT: ReadonlyMap<string, SyntaxSupport> = new Map(
  [...TRANSFER_SYNTAXES.values()].map((syntax) => [syntax.uid, supportOf(syntax)]),
);

/** @throws ImageRefused `unsupported-transfer-syntax`, saying why: the object is kept and not indexable. */
export function frameCodecOf(transferSyntax: string): FrameCodec {
  const support = SYNTAX_SUPPORT.get(transferSyntax);
  if (support?.codec !== undefined) return support.codec;
  const why = support?.by ?? 'a transfer syntax of no standard that we know';
  throw new ImageRefused('unsupported-transfer-syntax', `Pixel Data is not decoded: ${why}`);
}
