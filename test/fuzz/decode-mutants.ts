import { numbersOf, TRANSFER_SYNTAXES } from '@precedent/dicom';
import type { BaseObject, Place } from './base-object.ts';
import { applyEdits, lengthBytes } from './edits.ts';
import type { Edit } from './edits.ts';
import { drawBase } from './mutants.ts';
import type { BaseGroups, Mutant } from './mutants.ts';
import { sizeFields, STREAM_MUTATIONS } from './mutate-stream.ts';
import type { Family } from './mutate-stream.ts';
import type { Random } from './random.ts';

export interface DecodeMutant extends Mutant {
  /** Decoder that has to deal with it. */
  readonly codec: string;
  /** Why no picture may come of it; absent where one may. */
  readonly mustFail?: string;
  readonly target: 'stored' | 'display';
  /** The base it was made of. */
  readonly base: BaseObject;
}

interface Change {
  readonly note: string;
  readonly edits: readonly Edit[];
  readonly mustFail?: string;
}

type Changer = (random: Random, base: BaseObject, frames: readonly Place[]) => Change | undefined;

export function codecOf(base: BaseObject): string {
  return TRANSFER_SYNTAXES.get(base.dataset.transferSyntax)?.codec ?? 'unsupported';
}

function familyOf(base: BaseObject): Family {
  const codec = codecOf(base);
  if (codec === 'rle') return 'rle';
  return codec === 'jpeg-2000' || codec === 'htj2k' ? 'j2k' : 'jpeg';
}

function valueEdit(place: Place, value: Buffer): Edit {
  const even = value.length % 2 === 0 ? value : Buffer.concat([value, Buffer.alloc(1)]);
  return { start: place.valueStart, end: place.valueEnd, bytes: even, around: [place.length] };
}

function streamOf(base: BaseObject, { valueStart, valueEnd }: Place): Buffer {
  return base.bytes.subarray(valueStart, valueEnd);
}

function element(base: BaseObject, tag: number): Place | undefined {
  return base.places.find((place) => place.kind === 'element' && place.tag === tag);
}

function inStream(className: string): Changer {
  return (random, base, frames) => {
    const place = random.pick(frames);
    const mutation = STREAM_MUTATIONS[className]?.(random, streamOf(base, place), familyOf(base));
    if (mutation === undefined) return undefined;
    const { note, bytes, mustFail } = mutation;
    return { note, edits: [valueEdit(place, bytes)], ...(mustFail === undefined ? {} : { mustFail }) };
  };
}

const ROWS = 0x00280010;
const COLUMNS = 0x00280011;

/** Another size in the data set than in the code stream: never a picture. */
const sizeInDataset: Changer = (random, base) => {
  const tag = random.pick([ROWS, COLUMNS]);
  const place = element(base, tag);
  const now = numbersOf(base.dataset, tag)[0] ?? 0;
  const wanted = random.pick([0, 1, now - 1, now + 1, now * 2, 0xffff, random.below(0x10000)]) & 0xffff;
  if (place === undefined || wanted === now) return undefined;
  const note = `${tag === ROWS ? 'rows' : 'columns'} ${now} is ${wanted} in the data set`;
  return {
    note,
    edits: [valueEdit(place, lengthBytes(wanted, 2, place.littleEndian))],
    mustFail: 'the sizes disagree',
  };
};

/** More rows in both: they agree, but the stream ends before the picture does. */
const moreRows: Changer = (random, base, frames) => {
  const place = element(base, ROWS);
  const now = numbersOf(base.dataset, ROWS)[0] ?? 0;
  // Fewer than 16 rows more may lie in blocks that are there already.
  const wanted = now + Math.max(16, random.pick([16, 64, now, 1000]));
  const edits = frames.flatMap((frame) => {
    const stream = Buffer.from(streamOf(base, frame));
    const fields = sizeFields(stream, familyOf(base));
    if (fields === undefined) return [];
    stream.writeUIntBE(wanted, fields.rows, fields.width);
    return [valueEdit(frame, stream)];
  });
  if (place === undefined || edits.length === 0 || wanted > 0xffff) return undefined;
  const both = [valueEdit(place, lengthBytes(wanted, 2, place.littleEndian)), ...edits];
  // JPEG 2000 may leave the lowest blocks out; whether tiles are missing shows in the tile-parts only.
  const mayEndEarly = familyOf(base) === 'j2k';
  return {
    note: `rows ${now} are ${wanted} in both`,
    edits: both,
    ...(mayEndEarly ? {} : { mustFail: 'the stream ends before the picture does' }),
  };
};

/** Bits, samples, sign and colours that the data set tells otherwise. Some may be shown: what comes must have the size told. */
const depthInDataset: Changer = (random, base) => {
  const tag = random.pick([0x00280002, 0x00280004, 0x00280006, 0x00280100, 0x00280101, 0x00280102, 0x00280103]);
  const place = element(base, tag);
  if (place === undefined) return undefined;
  const colour = random.pick([
    'MONOCHROME1 ',
    'MONOCHROME2 ',
    'RGB ',
    'YBR_FULL',
    'YBR_FULL_422',
    'YBR_RCT ',
    'PALETTE COLOR ',
    'CMYK',
  ]);
  const number = random.pick([0, 1, 2, 3, 4, 7, 8, 10, 12, 15, 16, 17, 32, 64, 0xffff]);
  const value = tag === 0x00280004 ? Buffer.from(colour) : lengthBytes(number, 2, place.littleEndian);
  return { note: `${tag.toString(16)} is ${tag === 0x00280004 ? colour : number}`, edits: [valueEdit(place, value)] };
};

/** Number of Frames that does not fit the fragments: never a picture. */
const frameCount: Changer = (random, base, frames) => {
  const place = element(base, 0x00280008);
  const now = numbersOf(base.dataset, 0x00280008)[0] ?? 1;
  // One frame may lie in any number of fragments, so only objects of a fragment a frame can be judged.
  if (place === undefined || frames.length !== now) return undefined;
  const wanted = random.pick([0, 1, 2, now - 1, now + 1, 100_000, -1]);
  if (wanted === now) return undefined;
  const value = Buffer.from(String(wanted).padEnd(String(wanted).length + (String(wanted).length % 2)));
  return {
    note: `${now} frames are ${wanted}`,
    edits: [valueEdit(place, value)],
    mustFail: 'there are not that many frames',
  };
};

/** Fragments that are gone or empty: never a picture; and tables that lie, which may be overruled. */
const fragments: Changer = (random, base, frames) => {
  const place = random.pick(frames);
  const table = base.places.find(({ kind }) => kind === 'fragment');
  if (table === undefined) return undefined;
  const offsets = Buffer.concat(
    frames.map(() => lengthBytes(random.pick([0, 2, 8, random.below(5000), 0xfffffffe]), 4, true)),
  );
  const gone = { start: place.start, end: place.end, bytes: Buffer.alloc(0) };
  const stream = streamOf(base, place);
  const middle = 2 * random.below(stream.length / 2);
  const halves = [stream.subarray(0, middle), stream.subarray(middle)];
  const items = halves.flatMap((half) => [encodeItem(half.length), half]);
  return random.pick<Change>([
    { note: `fragment at ${place.start} gone`, edits: [gone], mustFail: 'a fragment is missing' },
    {
      note: `fragment at ${place.start} empty`,
      edits: [valueEdit(place, Buffer.alloc(0))],
      mustFail: 'a fragment is empty',
    },
    { note: 'random basic offset table', edits: [valueEdit(table, offsets)] },
    { note: `fragment at ${place.start} in two`, edits: [{ ...gone, bytes: Buffer.concat(items) }] },
  ]);
};

function encodeItem(length: number): Buffer {
  return Buffer.concat([Buffer.from('feff00e0', 'hex'), lengthBytes(length, 4, true)]);
}

const CHANGERS: Readonly<Record<string, Changer>> = {
  ...Object.fromEntries(Object.keys(STREAM_MUTATIONS).map((name) => [name, inStream(name)])),
  'size in the data set': sizeInDataset,
  'more rows in both': moreRows,
  'bits, samples, colours': depthInDataset,
  'number of frames': frameCount,
  fragments,
};
export const DECODE_CLASSES = Object.keys(CHANGERS);

/** @param seed `decode/SEED/NUMBER`, with `@BASE` where the base is not to be drawn */
export function decodeMutant(seed: string, groups: BaseGroups): DecodeMutant {
  const { random, base, seed: full } = drawBase(seed, groups);
  const frames = base.places.filter(({ kind }) => kind === 'fragment').slice(1);
  const { className, change, bytes } = drawChange(random, base, frames);
  const target = random.chance(0.7) ? 'stored' : 'display';
  const { note, mustFail } = change;
  const shared = { seed: full, className, notes: [note], bytes, codec: codecOf(base), target, base } as const;
  return mustFail === undefined ? shared : { ...shared, mustFail };
}

/** Draws until something has come out that is not the base. */
function drawChange(
  random: Random,
  base: BaseObject,
  frames: readonly Place[],
): { className: string; change: Change; bytes: Buffer } {
  for (;;) {
    const className = random.pick(DECODE_CLASSES);
    const change = CHANGERS[className]?.(random, base, frames);
    if (change === undefined) continue;
    const { bytes } = applyEdits(base.bytes, change.edits, 0);
    if (!bytes.equals(base.bytes)) return { className, change, bytes };
  }
}
