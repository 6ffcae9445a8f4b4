import { formatTag, numbersOf, readDataset, rewriteDataset, stringsOf } from '@precedent/dicom';
import type { Dataset, Element, NewElement } from '@precedent/dicom';
import { encodeFrames } from '@precedent/imaging';
import { HOLD_DETAILS, unpackField } from './face-plan.ts';
import type { ObjectFaces, PackedField } from './face-plan.ts';
import type { FrameDecoder } from './frame-decoder.ts';
import { objectPlanes } from './object-planes.ts';
import type { FramePlane, ObjectPlanes } from './object-planes.ts';
import { maskOf } from './removal.ts';
import type { RemovalField } from './removal.ts';
import { rangeOf } from './samples.ts';
import type { SampleShape } from './samples.ts';

export type FaceRemoval =
  | { readonly kind: 'removed'; readonly bytes: Buffer }
  | { readonly kind: 'held'; readonly reason: 'recognisable-features' | 'undecodable'; readonly detail: string };

const PIXEL_DATA = 0x7fe00010;
/** Describe the old fragments. */
const OFFSET_TABLES = [0x7fe00001, 0x7fe00002];
const JPEG_LS_LOSSLESS = '1.2.840.10008.1.2.4.80';
const AIR_HU = -1000;

/** Removal fields of a plan, unpacked when they are used: the neighbours of a picture use the same. */
export class FieldStore {
  readonly #packed: readonly PackedField[];
  #last: { readonly index: number; readonly field: RemovalField } | undefined;

  constructor(packed: readonly PackedField[]) {
    this.#packed = packed;
  }

  get(index: number): RemovalField | undefined {
    const packed = this.#packed[index];
    if (packed === undefined) return undefined;
    if (this.#last?.index !== index) this.#last = { index, field: unpackField(packed) };
    return this.#last.field;
  }
}

/**
 * The object without its face: masked pixels are filled with air, every other bit stays. Native pixels are changed in
 * place; compressed ones are decoded and stored as lossless JPEG-LS.
 */
export async function removeFaces(
  bytes: Buffer,
  faces: Extract<ObjectFaces, { kind: 'deface' }>,
  store: FieldStore,
  decoder: FrameDecoder,
): Promise<FaceRemoval> {
  const read = readDataset(bytes);
  const planes = read.kind === 'read' ? objectPlanes(read.dataset) : undefined;
  if (read.kind !== 'read' || planes === undefined) return held('recognisable-features', HOLD_DETAILS.unsupported);
  const { dataset } = read;
  const picture = dataset.elements.find(({ tag }) => tag === PIXEL_DATA);
  const shape = shapeOf(dataset);
  if (picture === undefined || shape === undefined) return held('recognisable-features', HOLD_DETAILS.unsupported);
  const masks = masksOf(planes, faces, store);
  if (masks === undefined) return held('recognisable-features', HOLD_DETAILS.geometry);
  const work = { dataset, picture, shape, planes, masks };
  return picture.fragments === undefined ? removeNative(work) : removeEncoded(bytes, work, decoder);
}

function held(reason: 'recognisable-features' | 'undecodable', detail: string): FaceRemoval {
  return { kind: 'held', reason, detail };
}

interface Work {
  readonly dataset: Dataset;
  readonly picture: Element;
  readonly shape: SampleShape & { readonly highBit: number };
  readonly planes: ObjectPlanes;
  /** One a frame; undefined where nothing goes. */
  readonly masks: readonly (Uint8Array | undefined)[];
}

/** Grey integers of 8 or 16 bits; undefined for anything else. */
function shapeOf(dataset: Dataset): Work['shape'] | undefined {
  const number = (tag: number): number => numbersOf(dataset, tag)[0] ?? 0;
  const [bitsAllocated, bitsStored, highBit] = [number(0x00280100), number(0x00280101), number(0x00280102)];
  const isGrey = number(0x00280002) === 1 && (stringsOf(dataset, 0x00280004)[0] ?? '').startsWith('MONOCHROME');
  const isPlain = (bitsAllocated === 8 || bitsAllocated === 16) && bitsStored >= 1 && highBit < bitsAllocated;
  if (!isGrey || !isPlain || highBit + 1 < bitsStored) return undefined;
  return { bitsAllocated, bitsStored, highBit, signed: number(0x00280103) === 1 };
}

/** @returns undefined when a frame's place is not what it was when the series was looked at */
function masksOf(
  { frames }: ObjectPlanes,
  { fields }: Extract<ObjectFaces, { kind: 'deface' }>,
  store: FieldStore,
): readonly (Uint8Array | undefined)[] | undefined {
  if (fields.length !== frames.length) return undefined;
  const masks: (Uint8Array | undefined)[] = [];
  for (const [at, index] of fields.entries()) {
    const plane = frames[at]?.plane;
    const field = store.get(index);
    if (index >= 0 && (plane === null || plane === undefined || field === undefined)) return undefined;
    masks.push(
      index < 0 || field === undefined || plane === null || plane === undefined ? undefined : maskOf(field, plane),
    );
  }
  return masks;
}

function removeNative({ dataset, picture, shape, planes, masks }: Work): FaceRemoval {
  const value = Buffer.from(dataset.bytes.subarray(picture.valueStart, picture.valueEnd));
  const width = shape.bitsAllocated / 8;
  let start = 0;
  for (const [frame, { plane, slope, intercept }] of planes.frames.entries()) {
    const mask = masks[frame];
    const count = plane === null ? 0 : plane.rows * plane.columns;
    if (mask !== undefined)
      fill(
        value,
        { start, mask, shape, bigEndian: !dataset.encoding.littleEndian },
        fillValue(planes, shape, { slope, intercept }),
      );
    start += count * width;
  }
  const element: NewElement = { tag: PIXEL_DATA, vr: picture.vr, value: { bytes: value } };
  return { kind: 'removed', bytes: rewriteDataset(dataset, () => ({ kind: 'keep' }), { add: [element] }) };
}

async function removeEncoded(
  bytes: Buffer,
  { dataset, shape, planes, masks }: Work,
  decoder: FrameDecoder,
): Promise<FaceRemoval> {
  const decoded = await decoder.stored(bytes);
  if (decoded === undefined || decoded.frames.length !== masks.length)
    return held('undecodable', 'The picture could not be decoded to remove the face: ask the sender for it again.');
  const { rows, columns, bitsAllocated, bitsStored, signed } = decoded.image;
  if (bitsAllocated !== 8 && bitsAllocated !== 16) return held('recognisable-features', HOLD_DETAILS.unsupported);
  const frames = decoded.frames.map(({ data }, at) => {
    const copy = Buffer.from(data);
    const [mask, frame] = [masks[at], planes.frames[at]];
    if (mask !== undefined && frame !== undefined)
      fill(copy, { start: 0, mask, shape, bigEndian: false }, fillValue(planes, shape, frame));
    return copy;
  });
  const streams = await encodeFrames(
    { rows, columns, samplesPerPixel: 1, bitsAllocated, bitsStored, signed, frames },
    JPEG_LS_LOSSLESS,
  );
  const element: NewElement = {
    tag: PIXEL_DATA,
    vr: 'OB',
    // The first fragment is the basic offset table (PS3.5 A.4); it may be empty.
    value: { fragments: [Buffer.alloc(0), ...streams.map((stream) => Buffer.from(stream))] },
  };
  const rewritten = rewriteDataset(dataset, ({ tag }) => ({ kind: OFFSET_TABLES.includes(tag) ? 'drop' : 'keep' }), {
    add: [element],
    transferSyntax: JPEG_LS_LOSSLESS,
  });
  return { kind: 'removed', bytes: rewritten };
}

/** Air in CT, no signal in MR, as a stored value. */
function fillValue(
  { modality }: ObjectPlanes,
  shape: SampleShape,
  { slope, intercept }: Pick<FramePlane, 'slope' | 'intercept'>,
): number {
  const { low, high } = rangeOf(shape);
  // A CT without rescale to HU (cone beam) has its air at the bottom.
  const wanted = modality === 'CT' ? (intercept < 0 || shape.signed ? AIR_HU : 0) : 0;
  return Math.max(low, Math.min(high, Math.round((wanted - intercept) / (slope === 0 ? 1 : slope))));
}

/** Writes the value under the mask; bits above and below the stored ones (an old overlay) go as well. */
function fill(
  bytes: Buffer,
  { start, mask, shape, bigEndian }: { start: number; mask: Uint8Array; shape: Work['shape']; bigEndian: boolean },
  value: number,
): void {
  const pattern = ((value & (2 ** shape.bitsStored - 1)) << (shape.highBit + 1 - shape.bitsStored)) & 0xffff;
  const isWide = shape.bitsAllocated === 16;
  const sign =
    shape.signed && value < 0 && shape.highBit + 1 < shape.bitsAllocated ? (0xffff << (shape.highBit + 1)) & 0xffff : 0;
  const word = isWide ? pattern | sign : (pattern | sign) & 0xff;
  for (const [i, masked] of mask.entries()) {
    if (masked === 0) continue;
    if (!isWide) bytes[start + i] = word;
    else if (bigEndian) bytes.writeUInt16BE(word, start + 2 * i);
    else bytes.writeUInt16LE(word, start + 2 * i);
  }
}

/** For the ledger. */
export const PIXEL_DATA_PATH = formatTag(PIXEL_DATA);
