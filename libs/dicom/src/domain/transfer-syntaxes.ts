import type { Encoding } from './types.ts';

/** Which decoder a frame needs; `none` is native, `unsupported` is stored but never decoded. */
export type CodecId =
  | 'none'
  | 'rle'
  | 'jpeg-baseline'
  | 'jpeg-extended'
  | 'jpeg-lossless'
  | 'jpeg-ls'
  | 'jpeg-2000'
  | 'htj2k'
  | 'jpeg-xl'
  | 'video'
  | 'deflated-frame'
  | 'unsupported';

export interface TransferSyntax {
  readonly uid: string;
  readonly name: string;
  readonly encoding: Encoding;
  readonly codec: CodecId;
  /** The syntax by itself cannot lose picture information. */
  readonly lossless: boolean;
}

const NATIVE: Encoding = { explicitVr: true, littleEndian: true, deflated: false, encapsulated: false };
const ENCAPSULATED: Encoding = { ...NATIVE, encapsulated: true };

export const IMPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2';
export const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
export const DEFLATED_LITTLE_ENDIAN = '1.2.840.10008.1.2.1.99';
export const EXPLICIT_BIG_ENDIAN = '1.2.840.10008.1.2.2';

type Row = readonly [suffix: string, name: string, codec: CodecId, lossless: boolean];

/** Suffixes of 1.2.840.10008.1.2, PS3.6 Table A-1 edition 2024e: explicit VR little endian, Pixel Data in fragments. */
const ENCAPSULATED_ROWS: readonly Row[] = [
  ['.1.98', 'Encapsulated Uncompressed Explicit VR Little Endian', 'unsupported', true],
  ['.4.50', 'JPEG Baseline (Process 1)', 'jpeg-baseline', false],
  ['.4.51', 'JPEG Extended (Process 2 and 4)', 'jpeg-extended', false],
  ['.4.57', 'JPEG Lossless (Process 14)', 'jpeg-lossless', true],
  ['.4.70', 'JPEG Lossless SV1', 'jpeg-lossless', true],
  ['.4.80', 'JPEG-LS Lossless', 'jpeg-ls', true],
  ['.4.81', 'JPEG-LS Near-Lossless', 'jpeg-ls', false],
  ['.4.90', 'JPEG 2000 Lossless', 'jpeg-2000', true],
  ['.4.91', 'JPEG 2000', 'jpeg-2000', false],
  ['.4.92', 'JPEG 2000 Part 2 Multi-component Lossless', 'unsupported', true],
  ['.4.93', 'JPEG 2000 Part 2 Multi-component', 'unsupported', false],
  ['.4.100', 'MPEG2 Main Profile / Main Level', 'video', false],
  ['.4.100.1', 'Fragmentable MPEG2 Main Profile / Main Level', 'video', false],
  ['.4.101', 'MPEG2 Main Profile / High Level', 'video', false],
  ['.4.101.1', 'Fragmentable MPEG2 Main Profile / High Level', 'video', false],
  ['.4.102', 'MPEG-4 AVC/H.264 High Profile / Level 4.1', 'video', false],
  ['.4.102.1', 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.1', 'video', false],
  ['.4.103', 'MPEG-4 AVC/H.264 BD-compatible', 'video', false],
  ['.4.103.1', 'Fragmentable MPEG-4 AVC/H.264 BD-compatible', 'video', false],
  ['.4.104', 'MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D', 'video', false],
  ['.4.104.1', 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D', 'video', false],
  ['.4.105', 'MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D', 'video', false],
  ['.4.105.1', 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D', 'video', false],
  ['.4.106', 'MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2', 'video', false],
  ['.4.106.1', 'Fragmentable MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2', 'video', false],
  ['.4.107', 'HEVC/H.265 Main Profile / Level 5.1', 'video', false],
  ['.4.108', 'HEVC/H.265 Main 10 Profile / Level 5.1', 'video', false],
  ['.4.110', 'JPEG XL Lossless', 'jpeg-xl', true],
  ['.4.111', 'JPEG XL JPEG Recompression', 'jpeg-xl', false],
  ['.4.112', 'JPEG XL', 'jpeg-xl', false],
  ['.4.201', 'High-Throughput JPEG 2000 Lossless', 'htj2k', true],
  ['.4.202', 'High-Throughput JPEG 2000 Lossless RPCL', 'htj2k', true],
  ['.4.203', 'High-Throughput JPEG 2000', 'htj2k', false],
  ['.5', 'RLE Lossless', 'rle', true],
  ['.8.1', 'Deflated Image Frame Compression', 'deflated-frame', true],
];

const REFERENCED: Encoding = NATIVE;

/** Every transfer syntax that is read, by UID. Any other is refused as `unsupported-transfer-syntax`. */
export const TRANSFER_SYNTAXES: ReadonlyMap<string, TransferSyntax> = new Map(
  [
    syntax('', 'Implicit VR Little Endian', { ...NATIVE, explicitVr: false }, 'none', true),
    syntax('.1', 'Explicit VR Little Endian', NATIVE, 'none', true),
    syntax('.1.99', 'Deflated Explicit VR Little Endian', { ...NATIVE, deflated: true }, 'none', true),
    syntax('.2', 'Explicit VR Big Endian (retired)', { ...NATIVE, littleEndian: false }, 'none', true),
    syntax('.4.94', 'JPIP Referenced', REFERENCED, 'unsupported', false),
    syntax('.4.95', 'JPIP Referenced Deflate', { ...REFERENCED, deflated: true }, 'unsupported', false),
    ...ENCAPSULATED_ROWS.map(([suffix, name, codec, lossless]) => syntax(suffix, name, ENCAPSULATED, codec, lossless)),
    {
      uid: '1.2.840.113619.5.2',
      name: 'GE private: implicit VR little endian, Pixel Data big endian',
      encoding: { ...NATIVE, explicitVr: false },
      codec: 'unsupported' as const,
      lossless: true,
    },
  ].map((row) => [row.uid, row]),
);

function syntax(suffix: string, name: string, encoding: Encoding, codec: CodecId, lossless: boolean): TransferSyntax {
  return { uid: `1.2.840.10008.1.2${suffix}`, name, encoding, codec, lossless };
}
