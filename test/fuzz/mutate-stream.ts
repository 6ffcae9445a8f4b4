import type { Random } from './random.ts';

/** A code stream that was changed. `mustFail` says why no picture may come of it. */
export interface StreamMutation {
  readonly note: string;
  readonly bytes: Buffer;
  readonly mustFail?: string;
}

export type Family = 'rle' | 'jpeg' | 'j2k';
export type MutateStream = (random: Random, stream: Buffer, family: Family) => StreamMutation | undefined;

interface Segment {
  readonly marker: number;
  readonly start: number;
  readonly end: number;
}

const SOS = 0xda;
const SOT = 0x90;
const SIZ = 0x51;

/** Marker segments of the header, the first scan's or tile-part's among them; `start` is behind the length field. */
export function segmentsOf(stream: Buffer): readonly Segment[] {
  const found: Segment[] = [];
  for (let at = 2; at + 4 <= stream.length && stream[at] === 0xff;) {
    const marker = stream[at + 1] ?? 0;
    const end = at + 2 + stream.readUInt16BE(at + 2);
    if (end > stream.length || end < at + 4) break;
    found.push({ marker, start: at + 4, end });
    if (marker === SOS || marker === SOT) break;
    at = end;
  }
  return found;
}

function headerEnd(stream: Buffer, family: Family): number {
  return family === 'rle' ? 64 : (segmentsOf(stream).at(-1)?.end ?? Math.min(stream.length, 20));
}

function changed(stream: Buffer, at: number, bytes: Uint8Array): Buffer {
  const copy = Buffer.from(stream);
  copy.set(bytes.subarray(0, Math.max(0, copy.length - at)), at);
  return copy;
}

export const flipBits: MutateStream = (random, stream) => {
  const copy = Buffer.from(stream);
  const places = Array.from({ length: random.between(1, 8) }, () => random.below(copy.length));
  for (const at of places) copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
  return { note: `bits flipped at ${places.join(', ')}`, bytes: copy };
};

/** Edges in what the header says: sizes, tables, tiles, sampling, RLE offsets. */
export const changeHeader: MutateStream = (random, stream, family) => {
  const end = Math.min(stream.length, headerEnd(stream, family));
  const at = random.below(Math.max(1, end));
  const width = random.pick([1, 2, 4]);
  const edge = random.pick([0, 1, 0x7f, 0x80, 0xff, random.below(256)]);
  const value = Buffer.alloc(width, edge === 1 ? 0 : edge);
  if (edge === 1) value[width - 1] = 1;
  return { note: `header bytes ${value.toString('hex')} at ${at}`, bytes: changed(stream, at, value) };
};

/** Markers put in, taken out, turned into others; lengths of their segments changed. */
export const changeMarker: MutateStream = (random, stream, family) => {
  if (family === 'rle') return changeRleOffset(random, stream);
  const segments = segmentsOf(stream);
  if (segments.length === 0) return undefined;
  const { marker, start, end } = random.pick(segments);
  const code = random.pick([
    0x00, 0x01, 0x4f, 0x51, 0x52, 0x53, 0x5c, 0x90, 0x93, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc9, 0xd0, 0xd8, 0xd9, 0xda,
    0xdb, 0xdd, 0xee, 0xf7, 0xf8, 0xff,
  ]);
  const at = random.below(stream.length);
  const length = end - start + 2 + random.pick([-2, -1, 1, 2, 200, -(end - start + 2), 0x7000]);
  const whole = stream.subarray(start - 4, end);
  return random.pick<StreamMutation>([
    {
      note: `marker ff${code.toString(16)} for ff${marker.toString(16)}`,
      bytes: changed(stream, start - 3, Uint8Array.of(code)),
    },
    { note: `marker ff${code.toString(16)} over ${at}`, bytes: changed(stream, at, Uint8Array.of(0xff, code)) },
    {
      note: `marker ff${code.toString(16)} put in at ${at}`,
      bytes: Buffer.concat([stream.subarray(0, at), Buffer.of(0xff, code), stream.subarray(at)]),
    },
    {
      note: `segment ff${marker.toString(16)} removed`,
      bytes: Buffer.concat([stream.subarray(0, start - 4), stream.subarray(end)]),
    },
    {
      note: `segment ff${marker.toString(16)} doubled`,
      bytes: Buffer.concat([stream.subarray(0, end), whole, stream.subarray(end)]),
    },
    {
      note: `segment ff${marker.toString(16)} of length ${length}`,
      bytes: changed(stream, start - 2, Uint8Array.of((length >> 8) & 0xff, length & 0xff)),
    },
  ]);
};

function changeRleOffset(random: Random, stream: Buffer): StreamMutation {
  const copy = Buffer.from(stream);
  const field = random.below(16);
  const value = random.pick([
    0,
    1,
    63,
    64,
    65,
    stream.length,
    stream.length + 2,
    0xffffffff,
    random.below(stream.length),
  ]);
  copy.writeUInt32LE(value, 4 * field);
  return { note: `RLE header field ${field} is ${value}`, bytes: copy };
}

/** Blocks of the coded data overwritten, removed, doubled. */
export const changeBlock: MutateStream = (random, stream, family) => {
  const from = Math.min(headerEnd(stream, family), stream.length - 1);
  const at = random.between(from, stream.length - 1);
  const length = Math.min(stream.length - at, random.pick([1, 2, 3, 8, 32, 200]));
  const source = random.below(stream.length - length + 1);
  const fill = random.pick([0, 0xff, 0x80, 0x55]);
  const word = `${length} bytes at ${at}`;
  return random.pick<StreamMutation>([
    { note: `${word} of ${fill.toString(16)}`, bytes: changed(stream, at, Buffer.alloc(length, fill)) },
    { note: `${word} of noise`, bytes: changed(stream, at, random.bytes(length)) },
    { note: `${word} taken from ${source}`, bytes: changed(stream, at, stream.subarray(source, source + length)) },
    { note: `${word} removed`, bytes: Buffer.concat([stream.subarray(0, at), stream.subarray(at + length)]) },
    { note: `${word} doubled`, bytes: Buffer.concat([stream.subarray(0, at + length), stream.subarray(at)]) },
  ]);
};

/** Less than this off the end may be nothing but padding. */
const MAX_PADDING = 40;

/** Cut off somewhere, with and without an end marker put behind: never a picture. */
export const cutOff: MutateStream = (random, stream, family) => {
  if (stream.length <= MAX_PADDING + 2) return undefined;
  const at = random.below(stream.length - MAX_PADDING);
  const head = stream.subarray(0, at);
  if (family === 'rle' || random.chance(0.5))
    return { note: `cut off at ${at}`, bytes: head, mustFail: 'the code stream was cut off' };
  const bytes = Buffer.concat([head, Buffer.of(0xff, 0xd9)]);
  return { note: `cut off at ${at}, end marker put there`, bytes, mustFail: 'the code stream lost its end' };
};

/** Where rows and columns stand, and in how many bytes. */
export function sizeFields(
  stream: Buffer,
  family: Family,
): { rows: number; columns: number; width: 2 | 4 } | undefined {
  const segments = segmentsOf(stream);
  if (family === 'j2k') {
    const siz = segments.find(({ marker }) => marker === SIZ);
    return siz === undefined ? undefined : { columns: siz.start + 2, rows: siz.start + 6, width: 4 };
  }
  const frame = segments.find(({ marker }) => marker === 0xf7 || (marker >= 0xc0 && marker <= 0xc3));
  return family === 'rle' || frame === undefined
    ? undefined
    : { rows: frame.start + 1, columns: frame.start + 3, width: 2 };
}

/** Another size in the code stream than in the data set: never a picture. */
export const changeSize: MutateStream = (random, stream, family) => {
  const fields = sizeFields(stream, family);
  if (fields === undefined) return undefined;
  const which = random.pick(['rows', 'columns'] as const);
  const { [which]: at, width } = fields;
  const now = width === 2 ? stream.readUInt16BE(at) : stream.readUInt32BE(at);
  const wanted = random.pick([0, 1, now - 1, now + 1, now * 2, 0xffff, random.below(0x10000)]) & 0xffff;
  if (wanted === now) return undefined;
  const bytes = Buffer.alloc(width);
  bytes.writeUIntBE(wanted, 0, width);
  return {
    note: `${which} ${now} is ${wanted} in the code stream`,
    bytes: changed(stream, at, bytes),
    mustFail: 'the sizes disagree',
  };
};

export const STREAM_MUTATIONS: Readonly<Record<string, MutateStream>> = {
  'bit flips': flipBits,
  'header fields': changeHeader,
  markers: changeMarker,
  'coded blocks': changeBlock,
  'cut off': cutOff,
  'size in the stream': changeSize,
};
