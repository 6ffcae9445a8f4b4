// Places where nobody looks. Each plants a word and says whether a careful engine may hold the whole object back for it.
import type { Node } from './dataset.ts';
import { evenly, SYNTAX } from './dataset.ts';
import type { Kind } from './kinds.ts';
import { SIDE, shapeOf } from './pictures.ts';
import { binary, plant } from './plant.ts';
import { CONTAINERS, unlisted } from './facts.ts';
import type { Attribute } from './facts.ts';
import { hex } from './reader.ts';
import type { Sheet } from './sheet.ts';
import { encoded, mustGo, numbers, sequence, text } from './sheet.ts';
import { comment, tinyJpeg } from './tiny-jpeg.ts';

const hidden = (sheet: Sheet, place: string, look: 'word' | 'bits' = 'word'): Buffer =>
  evenly(Buffer.from(mustGo(sheet, sheet.canaries.word(), place, look, 'hidden_removed'), 'latin1'));

/** Preamble (PS3.10 7.1): 128 bytes that are anyone's. */
export function preamble(sheet: Sheet): Buffer {
  return Buffer.concat([hidden(sheet, 'preamble'), Buffer.alloc(128)]).subarray(0, 128);
}

/** Group 0002 of applications: titles, addresses, private information. */
export function meta(sheet: Sheet): readonly Node[] {
  const titles: readonly (readonly [number, string])[] = [
    [0x00020013, 'SH'],
    [0x00020016, 'AE'],
    [0x00020017, 'AE'],
    [0x00020018, 'AE'],
    [0x00020026, 'UR'],
  ];
  const nodes = titles.map(([tag, vr]) => ({ tag, vr, value: hidden(sheet, `meta ${hex(tag)}`) }));
  const creator = { tag: 0x00020100, vr: 'UI', value: evenly(Buffer.from('1.2.826.0.1.3680043.10.1427.7')) };
  return [...nodes, creator, { tag: 0x00020102, vr: 'OB', value: hidden(sheet, 'meta 00020102') }];
}

export const padding = (sheet: Sheet): Node => ({
  tag: 0xfffcfffc,
  vr: 'OB',
  value: hidden(sheet, 'data set trailing padding'),
});

/** Behind a value's end as some writers leave it: a NUL, then what was in the buffer before. */
export const behindNul = (sheet: Sheet): Node => ({
  tag: 0x00081090,
  vr: 'LO',
  value: evenly(
    Buffer.concat([Buffer.from('Optiscan 64\0', 'latin1'), hidden(sheet, 'behind the NUL of a kept value')]),
    0x20,
  ),
});

/** Group lengths are retired and unsaid to be true; four bytes of them may be anything. */
export const groupLength = (): Node => ({ tag: 0x00080000, vr: 'UL', value: Buffer.from('ANNA', 'latin1') });

/** Icons (PS3.3 C.7.6.1.1.6) are pictures in the header. */
export function icon(sheet: Sheet): Node {
  const picture = Buffer.concat([hidden(sheet, 'icon image'), Buffer.alloc(256)]).subarray(0, 256);
  return sequence('IconImageSequence', [
    numbers('SamplesPerPixel', 1),
    text(sheet, 'PhotometricInterpretation', 'MONOCHROME2'),
    numbers('Rows', 16),
    numbers('Columns', 16),
    numbers('BitsAllocated', 8),
    numbers('BitsStored', 8),
    numbers('HighBit', 7),
    numbers('PixelRepresentation', 0),
    { tag: 0x7fe00010, vr: sheet.bigEndian || sheet.explicit ? 'OB' : 'OW', value: picture },
  ]);
}

/** Overlay planes (PS3.3 C.9.2) and curves (retired, PS3.3 2004 C.10.2): drawn text, and words about it. */
export function graphics(sheet: Sheet): readonly Node[] {
  const group = 0x6000_0000 + sheet.random.below(16) * 0x20000;
  const curve = 0x5000_0000 + sheet.random.below(16) * 0x20000;
  const us = (value: number): Buffer => Buffer.from([value & 255, value >> 8]);
  const words: readonly (readonly [number, string, string])[] = [
    [group + 0x0022, 'LO', 'overlay description'],
    [group + 0x1500, 'LO', 'overlay label'],
    [group + 0x4000, 'LT', 'overlay comments'],
    [curve + 0x0022, 'LO', 'curve description'],
    [curve + 0x0040, 'SH', 'curve axis label'],
    [curve + 0x2500, 'LO', 'curve label'],
  ];
  const plane = Buffer.concat([hidden(sheet, 'overlay plane'), Buffer.alloc(SIDE * SIDE)]).subarray(
    0,
    (SIDE * SIDE) / 8,
  );
  const data = sheet.bigEndian ? 'OB' : 'OW';
  return [
    { tag: group + 0x0010, vr: 'US', value: us(SIDE) },
    { tag: group + 0x0011, vr: 'US', value: us(SIDE) },
    { tag: group + 0x0040, vr: 'CS', value: Buffer.from('G ') },
    { tag: group + 0x0050, vr: 'SS', value: Buffer.from([1, 0, 1, 0]) },
    { tag: group + 0x0100, vr: 'US', value: us(1) },
    { tag: group + 0x0102, vr: 'US', value: us(0) },
    { tag: group + 0x3000, vr: data, value: plane },
    { tag: curve + 0x0005, vr: 'US', value: us(1) },
    { tag: curve + 0x3000, vr: data, value: hidden(sheet, 'curve data') },
    ...words.map(([tag, vr, place]) => ({ tag, vr, value: hidden(sheet, place) })),
  ];
}

/** Eight pixels a letter, one bit each, above the bits that are stored: nobody sees them, every file has them. */
export function intoHighBits(sheet: Sheet, frames: readonly Buffer[], kind: Kind): void {
  const [first] = frames;
  if (first === undefined || shapeOf(kind).allocated !== 16) throw new Error('only 12 of 16 bits leave room');
  const word = mustGo(sheet, sheet.canaries.word(), 'unused high bits of pixels', 'bits', 'hidden_removed');
  [...Buffer.from(word, 'latin1')].forEach((letter, index) => {
    for (let bit = 0; bit < 8; bit += 1) {
      const at = (index * 8 + bit) * 2 + 1;
      first[at] = ((first[at] ?? 0) & 0x0f) | (((letter >> (7 - bit)) & 1) << 7);
    }
  });
}

/** Comments and application segments of JPEG (T.81 B.2.4), comment segments of JPEG 2000 (T.800 A.9.2). */
export function intoStream(sheet: Sheet, streams: readonly Buffer[], syntax: string): Buffer[] {
  const [first = Buffer.alloc(0), ...rest] = streams;
  if (syntax === SYNTAX.jpeg) {
    const marker = sheet.random.pick([0xfe, 0xe1, 0xed]);
    return [tinyJpeg(200, SIDE, comment(marker, hidden(sheet, `JPEG marker ${marker.toString(16)}`))), ...rest];
  }
  if (syntax === SYNTAX.jpegLs) {
    const segment = comment(0xfe, hidden(sheet, 'JPEG-LS comment'));
    return [evenly(Buffer.concat([first.subarray(0, 2), segment, first.subarray(2)])), ...rest];
  }
  if (syntax === SYNTAX.jpeg2000) return [evenly(withJ2kComment(first, hidden(sheet, 'JPEG 2000 comment'))), ...rest];
  return [evenly(Buffer.concat([first, hidden(sheet, 'behind the stream in its fragment')])), ...rest];
}

/** Behind SIZ, as T.800 wants it: SOC, SIZ, then others in any order. */
function withJ2kComment(stream: Buffer, content: Buffer): Buffer {
  const sizEnd = 4 + stream.readUInt16BE(4);
  const segment = comment(0x64, Buffer.concat([Buffer.from([0, 1]), content]));
  return Buffer.concat([stream.subarray(0, sizEnd), segment, stream.subarray(sizEnd)]);
}

/** Basic Offset Table whose numbers are letters. */
export const offsetsOfLetters = (sheet: Sheet): Buffer =>
  Buffer.concat([hidden(sheet, 'basic offset table'), Buffer.alloc(8)]).subarray(0, 8);

/** Behind the data set: no element, but in the file. */
export const trailing = (sheet: Sheet): Buffer => hidden(sheet, 'bytes behind the data set');

/** A second value of a tag, which some readers see and others do not. */
export const duplicate = (sheet: Sheet): readonly Node[] => {
  const twice = (place: string): Node => ({
    tag: 0x00104000,
    vr: 'LT',
    value: encoded(sheet, 'LT', mustGo(sheet, sheet.canaries.word(), place)),
  });
  return [twice('first of two equal tags'), twice('second of two equal tags')];
};

const NESTED = ['LO', 'PN', 'ST', 'LT', 'UT', 'SH', 'UC', 'DA', 'DT', 'TM', 'UI', 'AE', 'UR', 'OB', 'UN'];

/** Items may have a character set of their own (PS3.5 7.5.3). */
const UTF_8 = 'ISO_IR 192';

/** Sequences in each other, none of which any row names, with things planted on the way and more at the bottom. */
export function nestedPlants(
  outer: Sheet,
  depth: number,
  pool: readonly Attribute[],
  count: number,
  taken: ReadonlyMap<number, Node>,
): Node {
  const inUtf8 = outer.person.charset.coding.label !== 'utf-8' && outer.random.chance(0.2);
  const charset = { ...outer.person.charset, name: UTF_8, term: UTF_8, coding: { label: 'utf-8' } };
  const sheet = inUtf8 ? { ...outer, person: { ...outer.person, charset } } : outer;
  const node = chainOf(sheet, depth, pool, count, taken);
  if (!inUtf8) return node;
  return { ...node, items: (node.items ?? []).map((item) => [text(sheet, 'SpecificCharacterSet', UTF_8), ...item]) };
}

function chainOf(
  sheet: Sheet,
  depth: number,
  pool: readonly Attribute[],
  count: number,
  taken: ReadonlyMap<number, Node>,
): Node {
  const chain = new Map<number, Attribute>();
  while (chain.size < depth) {
    const one = sheet.random.pick(CONTAINERS);
    if (taken.has(one.tag)) continue;
    chain.set(one.tag, one);
  }
  return build(sheet, [...chain.values()], '', pool, count, depth);
}

function build(
  sheet: Sheet,
  chain: readonly Attribute[],
  prefix: string,
  pool: readonly Attribute[],
  count: number,
  depth: number,
): Node {
  const [head, ...rest] = chain;
  if (head === undefined) throw new Error('a chain of nothing');
  const inner = `${prefix}${hex(head.tag)}[0].`;
  const place = `depth ${depth - rest.length}: `;
  const nodes = new Map<number, Node>();
  const wanted = rest.length === 0 ? count : 2;
  for (let tries = 0; nodes.size < wanted && tries < wanted * 5; tries += 1) {
    const attribute = sheet.random.pick(pool);
    if (nodes.has(attribute.tag) || !NESTED.includes(attribute.vr)) continue;
    const node = plant(sheet, attribute, { prefix: inner, place, parentsStay: false });
    if (node !== undefined) nodes.set(attribute.tag, node);
  }
  if (rest.length > 0) nodes.set(rest[0]?.tag ?? 0, build(sheet, rest, inner, pool, count, depth));
  const asUnknown = sheet.explicit && !sheet.bigEndian && prefix === '' && sheet.random.chance(0.3);
  return {
    tag: head.tag,
    vr: 'SQ',
    items: [[...nodes.values()]],
    open: sheet.random.chance(0.5),
    ...(asUnknown ? { asUnknown } : {}),
  };
}

export const nestedPool = (sheet: Sheet, rows: readonly Attribute[]): readonly Attribute[] => [
  ...rows.filter(({ vr }) => vr !== 'SQ'),
  ...unlisted(NESTED, sheet.keptText),
];

export { binary };
