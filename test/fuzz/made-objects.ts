// Bases that need no shared data: structures written element by element, and one picture in every code stream we decode.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { writeDataset } from '@precedent/dicom';
import type { NewElement, NewValue } from '@precedent/dicom';
import { encodeFrames } from '@precedent/imaging';
import type { EncodeSyntax } from '@precedent/imaging';
import type * as DcmjsCodecs from 'dcmjs-codecs';
import { encodeMark, encodeOne, nested } from './encode.ts';
import { Random } from './random.ts';

export interface MadeFile {
  readonly name: string;
  readonly bytes: Buffer;
}

const text = (tag: number, value: string | readonly string[]): NewElement => ({ tag, value: { text: value } });
const us = (tag: number, value: number): NewElement => ({ tag, vr: 'US', value: { numbers: [value] } });
const items = (tag: number, ...all: NewElement[][]): NewElement => ({ tag, vr: 'SQ', value: { items: all } });

const IDENTITY = [text(0x00080018, '2.25.4711'), text(0x0020000d, '2.25.4712'), text(0x0020000e, '2.25.4713')];

/** Every VR, private blocks, sequences in sequences, several character sets: small, so that each byte is often hit. */
function richElements(): NewElement[] {
  const code = [text(0x00080100, 'T-D0050'), text(0x00080102, 'SRT'), text(0x00080104, 'tissue')];
  const inner = [text(0x00080005, 'ISO_IR 144'), text(0x00081030, 'Иванов'), items(0x0040a730, code, [])];
  const numbers: readonly (readonly [number, NewElement['vr'], NewValue])[] = [
    [0x00082134, 'FD', { numbers: [1.5] }],
    [0x00089459, 'FL', { numbers: [0.25] }],
    [0x00186020, 'SL', { numbers: [-5] }],
    [0x00186030, 'UL', { numbers: [7] }],
    [0x00189219, 'SS', { numbers: [-3] }],
    [0x00280009, 'AT', { numbers: [0x00181063] }],
    [0x00720082, 'SV', { numbers: [-9] }],
    [0x00720083, 'UV', { numbers: [9] }],
    [0x00420011, 'OB', { bytes: Buffer.from('%PDF-1.4 none') }],
    [0x00091001, 'UN', { bytes: Buffer.from('private') }],
    [0x00091002, 'SQ', { items: [[text(0x00100010, 'In^Private')]] }],
  ];
  return [
    text(0x00080005, 'ISO_IR 100'),
    text(0x00080016, '1.2.840.10008.5.1.4.1.1.2'),
    text(0x00080020, '20200101'),
    text(0x00080030, '101010.5'),
    text(0x00080060, 'CT'),
    text(0x00081030, 'Abdomen größer'),
    text(0x00090010, 'FUZZ MAKER 1'),
    text(0x00100010, ['Fuzz^Base']),
    text(0x00100020, 'FUZZ-1'),
    text(0x00101010, '042Y'),
    text(0x001021b0, 'two lines\\in one'),
    text(0x00180050, '1.25'),
    text(0x00200013, '7'),
    text(0x0040a160, 'a long text'),
    items(0x00081115, inner, code),
    items(0x00400275, []),
    ...IDENTITY,
    ...numbers.map(([tag, vr, value]) => ({ tag, ...(vr === undefined ? {} : { vr }), value })),
  ];
}

const SIDE = { rows: 31, columns: 40 };

/** A picture of slopes and noise: coders make long and short codes of it. */
function samples(bits: number, count: number, frame: number): Uint8Array {
  const random = new Random(`picture ${bits} ${count} ${frame}`);
  const total = SIDE.rows * SIDE.columns * count;
  const at = (i: number): number =>
    Math.round((0.5 + 0.3 * Math.sin(i / 61) * Math.cos(i / 700)) * 2 ** bits) + random.below(2 ** (bits - 5));
  if (bits <= 8) return Uint8Array.from({ length: total }, (_, i) => at(i) & 0xff);
  return new Uint8Array(Uint16Array.from({ length: total }, (_, i) => at(i) & (2 ** bits - 1)).buffer);
}

interface Look {
  readonly bits: number;
  readonly count: 1 | 3;
  readonly frames: number;
}

function imageElements({ bits, count, frames }: Look, pixels: NewElement): NewElement[] {
  return [
    text(0x00080016, '1.2.840.10008.5.1.4.1.1.7'),
    ...IDENTITY,
    text(0x00080060, 'OT'),
    text(0x00100010, 'Fuzz^Base'),
    text(0x00100020, 'FUZZ-1'),
    us(0x00280002, count),
    text(0x00280004, count === 3 ? 'RGB' : 'MONOCHROME2'),
    ...(count === 3 ? [us(0x00280006, 0)] : []),
    text(0x00280008, String(frames)),
    us(0x00280010, SIDE.rows),
    us(0x00280011, SIDE.columns),
    us(0x00280100, bits > 8 ? 16 : 8),
    us(0x00280101, bits),
    us(0x00280102, bits - 1),
    us(0x00280103, 0),
    pixels,
  ];
}

function fragmented(streams: readonly Uint8Array[]): NewValue {
  const even = streams.map((stream) => Buffer.concat([stream, Buffer.alloc(stream.length % 2)]));
  return { fragments: [Buffer.alloc(0), ...even] };
}

const STRUCTURES = {
  implicit: '1.2.840.10008.1.2',
  explicit: '1.2.840.10008.1.2.1',
  deflated: '1.2.840.10008.1.2.1.99',
  'big endian': '1.2.840.10008.1.2.2',
};

/** Structures in the four encodings, and objects with native pixels. */
export function madeStructures(): MadeFile[] {
  const explicit = writeDataset(richElements(), { transferSyntax: STRUCTURES.explicit });
  const made = Object.entries(STRUCTURES).flatMap(([word, transferSyntax]) => {
    const look: Look = { bits: 12, count: 1, frames: 1 };
    const pixels = Buffer.from(samples(12, 1, 0));
    const image = imageElements(look, {
      tag: 0x7fe00010,
      vr: 'OW',
      value: { bytes: transferSyntax.endsWith('.2.2') ? pixels.swap16() : pixels },
    });
    return [
      { name: `made/rich ${word}`, bytes: writeDataset(richElements(), { transferSyntax }) },
      { name: `made/image ${word}`, bytes: writeDataset(image, { transferSyntax }) },
    ];
  });
  return [...made, definedLengths(explicit)];
}

const EXPLICIT = { explicitVr: true, littleEndian: true };

/** Sequences whose every length is defined, which our own writer does not make; `file` lends its head. */
function definedLengths(file: Buffer): MadeFile {
  const head = file.subarray(0, 144 + file.readUInt32LE(140));
  const one = (tag: number, vr: string, value: string): Buffer => encodeOne(tag, vr, Buffer.from(value), EXPLICIT);
  const item = (...inner: Buffer[]): Buffer => {
    const value = Buffer.concat(inner);
    return Buffer.concat([encodeMark(0xfffee000, value.length, EXPLICIT), value]);
  };
  const inner = encodeOne(0x0040a730, 'SQ', item(one(0x00080104, 'LO', 'tissue')), EXPLICIT);
  const outer = Buffer.concat([item(one(0x00081030, 'LO', 'CT'), inner), item(), item(nested(3, EXPLICIT, false))]);
  const identity = [one(0x00080018, 'UI', '2.25.4711\0'), encodeOne(0x00081115, 'SQ', outer, EXPLICIT)];
  const patient = [one(0x00100010, 'PN', 'Fuzz^Base '), one(0x00100020, 'LO', 'FUZZ')];
  return { name: 'made/defined lengths', bytes: Buffer.concat([head, ...identity, ...patient]) };
}

type Encode = (bits: number, count: 1 | 3, frame: Uint8Array) => Promise<Uint8Array> | Uint8Array;

const GREY_8: Look = { bits: 8, count: 1, frames: 1 };
const GREY_12: Look = { bits: 12, count: 1, frames: 2 };
const COLOUR: Look = { bits: 8, count: 3, frames: 1 };

function ourCoder(syntax: EncodeSyntax): Encode {
  return async (bits, count, frame) => {
    const raw = {
      ...SIDE,
      samplesPerPixel: count,
      bitsAllocated: bits > 8 ? 16 : 8,
      bitsStored: bits,
      signed: false,
      frames: [frame],
    } as const;
    return (await encodeFrames(raw, syntax))[0] ?? new Uint8Array();
  };
}

/** What our own room does not write comes from another library. */
async function foreignCoders(): Promise<Readonly<Record<string, Encode>>> {
  const codecs = createRequire(import.meta.url)('dcmjs-codecs') as typeof DcmjsCodecs;
  await codecs.NativeCodecs.initializeAsync({ logCodecsInfo: false, logCodecsTrace: false });
  const context = (bits: number, count: number, frame: Uint8Array): DcmjsCodecs.Context =>
    new codecs.Context({
      width: SIDE.columns,
      height: SIDE.rows,
      bitsAllocated: bits > 8 ? 16 : 8,
      bitsStored: bits,
      samplesPerPixel: count,
      pixelRepresentation: 0,
      planarConfiguration: 0,
      photometricInterpretation: count === 3 ? 'RGB' : 'MONOCHROME2',
      decodedBuffer: frame,
    });
  const out = (made: DcmjsCodecs.Context): Uint8Array => Uint8Array.from(made.getEncodedBuffer() ?? []);
  const { NativeCodecs } = codecs;
  return {
    '.4.50': (...of) => out(NativeCodecs.encodeJpeg(context(...of), { lossy: true, quality: 90 })),
    '.4.57': (...of) => out(NativeCodecs.encodeJpeg(context(...of), { lossy: false, predictor: 4 })),
    '.4.70': (...of) => out(NativeCodecs.encodeJpeg(context(...of), { lossy: false, predictor: 1 })),
    '.4.81': (...of) => out(NativeCodecs.encodeJpegLs(context(...of), { lossy: true, allowedLossyError: 3 })),
    '.4.91': (...of) => out(NativeCodecs.encodeJpeg2000(context(...of), { lossy: true, rate: 8 })),
    '.4.201': (...of) => out(NativeCodecs.encodeHtJpeg2000(context(...of), { lossy: false })),
    '.4.203': (...of) => out(NativeCodecs.encodeHtJpeg2000(context(...of), { lossy: true })),
  };
}

/** One small picture in every code stream that is decoded; of two frames where it is grey of 12 bits. */
export async function madeImages(): Promise<MadeFile[]> {
  const ours = {
    '.5': ourCoder('1.2.840.10008.1.2.5'),
    '.4.80': ourCoder('1.2.840.10008.1.2.4.80'),
    '.4.90': ourCoder('1.2.840.10008.1.2.4.90'),
  };
  const made: MadeFile[] = [];
  for (const [suffix, encode] of Object.entries({ ...ours, ...(await foreignCoders()) })) {
    // JPEG baseline holds 8 bits; both JPEG-LS coders of dcmjs-codecs write grey only.
    for (const look of suffix === '.4.50' ? [GREY_8, COLOUR] : [GREY_8, GREY_12, COLOUR])
      made.push(await madeImage(suffix, look, encode));
  }
  return [
    ...made,
    { name: 'made/.4.51 12 1', bytes: readFileSync(new URL('bases/jpeg-extended-12-bit.dcm', import.meta.url)) },
  ];
}

async function madeImage(suffix: string, look: Look, encode: Encode): Promise<MadeFile> {
  const streams: Uint8Array[] = [];
  for (let frame = 0; frame < look.frames; frame++)
    streams.push(await encode(look.bits, look.count, samples(look.bits, look.count, frame)));
  const elements = imageElements(look, { tag: 0x7fe00010, vr: 'OB', value: fragmented(streams) });
  return {
    name: `made/${suffix} ${look.bits} ${look.count}`,
    bytes: writeDataset(elements, { transferSyntax: `1.2.840.10008.1.2${suffix}` }),
  };
}
