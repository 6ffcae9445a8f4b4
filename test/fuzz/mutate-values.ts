import type { BaseObject, Place } from './base-object.ts';
import type { Edit, Mutation } from './edits.ts';
import { lengthBytes } from './edits.ts';
import { encodeMark, encodeOne, UNDEFINED } from './encode.ts';
import type { Mutate } from './mutate-structure.ts';
import type { Random } from './random.ts';

function replaceValue(place: Place, value: Buffer): Edit {
  return { start: place.valueStart, end: place.valueEnd, bytes: value, around: [...place.around, place.length] };
}

function padded(text: string | Buffer): Buffer {
  const bytes = Buffer.from(text as string, 'latin1');
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from(' ')]);
}

function find(base: BaseObject, tag: number): Place | undefined {
  return base.places.find((place) => place.kind === 'element' && place.tag === tag);
}

/** Inserts before the first element of a larger tag at the top level. */
function insertTop(base: BaseObject, tag: number, vr: string, value: Buffer): Edit {
  const top = base.dataset.elements.find((element) => element.tag >= tag)?.start ?? base.dataset.end;
  return { start: top, end: top, bytes: encodeOne(tag, vr, value, base.dataset.encoding) };
}

const CHARSETS = [
  'ISO_IR 100',
  'ISO_IR 192',
  'ISO_IR 13',
  'GB18030',
  'GBK',
  'ISO_IR 999',
  'iso ir 100',
  'UTF-8',
  '\\',
  '',
  'ISO 2022 IR 6\\ISO 2022 IR 87',
  '\\ISO 2022 IR 149',
  'ISO 2022 IR 13\\ISO 2022 IR 87\\ISO 2022 IR 159',
  'ISO 2022 IR 58',
  '\\ISO 2022 IR 58',
  'ISO 2022 IR 100\\ISO 2022 IR 144',
  'GB18030\\ISO 2022 IR 87',
  'ISO_IR 192\\ISO 2022 IR 87',
  '\0\0',
  'ISO_IR 203',
  '\\ISO 2022 IR 87'.repeat(400),
  '__proto__',
  'constructor\\toString',
];
const TEXTS = [
  '\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B',
  '\x1b$B',
  '\x1b',
  '\x1b$)C\xd1\xce\xd4\xd7',
  '\x1b$)C',
  '\x1b-F\xe4\xe9',
  '\x1b$(D\x22',
  '\x1b(Jabc\x5c\x5c',
  '\xc3\x28',
  '\xf0\x9f',
  '\xed\xa0\x80',
  '\x81\x5c\x81',
  '\x84\x31\xa4\x39',
  '\xff\xfe',
  '\0\0\0',
  '\x1b$B'.repeat(60),
  'A\\\x1b$B;3\\B=C^D',
  '\x8e\xa1',
];
const TEXT_VRS = new Set(['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT']);

/** Specific Character Set that is unknown, changed, inside an item; text with code extensions that start and never end. */
export const mutateCharset: Mutate = (random, base) => {
  const edits: Edit[] = [];
  const charset = random.pick(CHARSETS);
  if (random.chance(0.75)) edits.push(charsetEdit(random, base, charset));
  const places = base.places.filter(({ kind, vr, meta }) => kind === 'element' && !meta && TEXT_VRS.has(vr));
  const texts = places.length === 0 ? [] : Array.from({ length: random.between(1, 3) }, () => random.pick(places));
  for (const place of new Set(texts)) edits.push(replaceValue(place, padded(random.pick(TEXTS))));
  const note = `character set ${JSON.stringify(charset.slice(0, 40))}, ${edits.length} values`;
  return edits.length === 0 ? undefined : { note, edits };
};

function charsetEdit(random: Random, base: BaseObject, charset: string): Edit {
  const items = base.places.filter(({ kind }) => kind === 'item');
  if (items.length > 0 && random.chance(0.4)) {
    const item = random.pick(items);
    const bytes = encodeOne(0x00080005, 'CS', padded(charset), item);
    const around = item.undefinedLength ? item.around : [...item.around, item.length];
    return { start: item.valueStart, end: item.valueStart, bytes, around };
  }
  const there = find(base, 0x00080005);
  return there === undefined
    ? insertTop(base, 0x00080005, 'CS', padded(charset))
    : replaceValue(there, padded(charset));
}

const SYNTAXES = [
  '',
  '.1',
  '.1.99',
  '.2',
  '.4.50',
  '.4.51',
  '.4.57',
  '.4.70',
  '.4.80',
  '.4.90',
  '.4.100',
  '.4.201',
  '.5',
  '.8.1',
  '.9.9',
  '.4.94',
  '.4.95',
];

/** Group 0002: lengths that lie, another transfer syntax, two of them, none, private and foreign elements. */
export const mutateMeta: Mutate = (random, base) => {
  const { meta } = base.dataset;
  const first = base.places.find((place) => place.meta);
  if (first === undefined) return undefined;
  const syntax = find(base, 0x00020010);
  const uid = padded(`1.2.840.10008.1.2${random.pick(SYNTAXES)}`);
  const end = meta.at(-1)?.end ?? 0;
  const again = encodeOne(0x00020010, 'UI', uid, { explicitVr: true, littleEndian: true });
  const choices: Mutation[] = [
    { note: 'group 0002 removed', edits: [{ start: first.start, end, bytes: Buffer.alloc(0) }] },
    { note: `a second transfer syntax ${uid.toString('latin1')}`, edits: [{ start: end, end, bytes: again }] },
    { note: 'group 0002 cut off', edits: [{ start: random.between(first.start, end), end, bytes: Buffer.alloc(0) }] },
    {
      note: 'group length of 0002',
      edits: [{ start: first.valueStart, end: first.valueEnd, bytes: lengthBytes(random.below(400), 4, true) }],
    },
    {
      note: 'a private element in group 0002',
      edits: [{ start: end, end, bytes: encodeOne(0x00020102, 'OB', random.bytes(30), first) }],
    },
    { note: 'group 0002 twice', edits: [{ start: end, end, bytes: base.bytes.subarray(first.start, end) }] },
  ];
  if (syntax !== undefined) {
    choices.push(
      { note: `transfer syntax ${uid.toString('latin1')}`, edits: [replaceValue(syntax, uid)] },
      { note: `transfer syntax ${uid.toString('latin1')}`, edits: [replaceValue(syntax, uid)] },
      { note: 'transfer syntax of nothing', edits: [replaceValue(syntax, Buffer.alloc(random.between(0, 8)))] },
    );
  }
  return random.pick(choices);
};

const NUMBERS = [0, 1, 2, 7, 8, 15, 16, 31, 255, 256, 32767, 32768, 65535];

/** Padding that never ends, with something behind or before it: a pattern that cuts it goes back for every character of it. */
function longPadding(random: Random): Buffer {
  const length = random.pick([5_000, 60_000, 200_000]);
  const blank = Buffer.alloc(length, random.pick(['\0', ' ', '\0 ', '.', '0']));
  return Buffer.concat(random.pick([[blank, Buffer.from('1 ')], [Buffer.from('1 '), blank], [blank]]));
}

/** A value of its own length filled with edges, zeros or noise; or emptied. */
export const mutateValue: Mutate = (random, base) => {
  const places = base.places.filter((place) => place.kind === 'element' && !place.undefinedLength && place.vr !== 'SQ');
  if (places.length === 0) return undefined;
  const place = random.pick(places);
  const size = Math.min(place.valueEnd - place.valueStart, 64);
  const number = lengthBytes(random.pick(NUMBERS), 2, place.littleEndian);
  const values = [
    Buffer.alloc(0),
    Buffer.alloc(size),
    Buffer.alloc(size, 0xff),
    random.bytes(size),
    number,
    padded('-1'),
    padded('1e400'),
    padded('NaN'),
    padded('99999999999999999999'),
    padded(random.pick(TEXTS)),
    padded('A'.repeat(random.pick([65, 1025, 70_000]))),
    padded('\\'.repeat(random.pick([1, 5, 3000]))),
    longPadding(random),
  ];
  const value = random.pick(values);
  const hex = value.subarray(0, 8).toString('hex');
  return {
    note: `value ${hex}… of ${value.length} in ${place.tag.toString(16)} at ${place.start}`,
    edits: [replaceValue(place, value)],
  };
};

/** Fragments of Pixel Data and the tables that say where frames begin (PS3.5 A.4). */
export const mutateFragments: Mutate = (random, base) => {
  const pixels = find(base, 0x7fe00010);
  if (pixels === undefined) return undefined;
  const fragments = base.places.filter(({ kind }) => kind === 'fragment');
  const [table] = fragments;
  if (table === undefined) return wrapped(random, base, pixels);
  const one = random.pick(fragments);
  const other = random.pick(fragments);
  const middle = random.between(one.valueStart, one.valueEnd);
  const offsets = Buffer.concat(
    Array.from({ length: random.between(1, 4) }, () =>
      lengthBytes(random.chance(0.5) ? random.below(2000) * 2 : random.uint32(), 4, true),
    ),
  );
  return random.pick<Mutation>([
    { note: 'basic offset table of random offsets', edits: [replaceValue(table, offsets)] },
    { note: 'basic offset table of odd length', edits: [replaceValue(table, random.bytes(random.pick([1, 2, 3, 5])))] },
    { note: 'no basic offset table', edits: [{ start: table.start, end: table.end, bytes: Buffer.alloc(0) }] },
    {
      note: 'extended offset table',
      edits: [
        insertTop(base, 0x7fe00001, 'OV', random.bytes(random.pick([0, 7, 8, 16, 24]))),
        insertTop(base, 0x7fe00002, 'OV', random.bytes(8)),
      ],
    },
    { note: `fragment at ${one.start} split`, edits: [split(one, base.bytes, middle)] },
    { note: `fragment at ${one.start} removed`, edits: [{ start: one.start, end: one.end, bytes: Buffer.alloc(0) }] },
    { note: `fragment at ${one.start} emptied`, edits: [replaceValue(one, Buffer.alloc(0))] },
    {
      note: `fragment at ${one.start} of undefined length`,
      edits: [{ start: one.length.at, end: one.length.at + 4, bytes: lengthBytes(UNDEFINED, 4, true) }],
    },
    {
      note: `fragment at ${one.start} takes the place of that at ${other.start}`,
      edits: [replaceValue(other, base.bytes.subarray(one.valueStart, one.valueEnd))],
    },
    {
      note: 'a hundred empty fragments',
      edits: [
        {
          start: table.end,
          end: table.end,
          bytes: Buffer.concat(Array.from({ length: 100 }, () => encodeMark(0xfffee000, 0, table))),
        },
      ],
    },
  ]);
};

function split(one: Place, bytes: Buffer, at: number): Edit {
  const parts = [bytes.subarray(one.valueStart, at), bytes.subarray(at, one.valueEnd)];
  return {
    start: one.start,
    end: one.end,
    bytes: Buffer.concat(parts.flatMap((part) => [encodeMark(0xfffee000, part.length, one), part])),
  };
}

/** Native Pixel Data put into fragments though its transfer syntax has none. */
function wrapped(random: Random, base: BaseObject, pixels: Place): Mutation {
  const value = base.bytes.subarray(pixels.valueStart, pixels.valueEnd);
  const parts = [
    encodeMark(0xfffee000, 0, pixels),
    encodeMark(0xfffee000, value.length, pixels),
    value,
    ...(random.chance(0.8) ? [encodeMark(0xfffee0dd, 0, pixels)] : []),
  ];
  const bytes = encodeOne(0x7fe00010, 'OB', Buffer.concat(parts), pixels, UNDEFINED);
  return {
    note: 'native pixels in fragments',
    edits: [{ start: pixels.start, end: pixels.end, bytes, around: pixels.around }],
  };
}
