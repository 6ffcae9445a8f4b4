import type { BaseObject, Place } from './base-object.ts';
import { readLength, setLength } from './edits.ts';
import type { Mutation } from './edits.ts';
import { encodeMark, encodeOne, encodeTag, LONG_VRS, nested, SHORT_VRS, UNDEFINED } from './encode.ts';
import type { Random } from './random.ts';

/** Makes one mutation of a base, or none where the base holds nothing of the kind. */
export type Mutate = (random: Random, base: BaseObject) => Mutation | undefined;

function pickPlace(random: Random, base: BaseObject, wanted: (place: Place) => boolean): Place | undefined {
  const places = base.places.filter(wanted);
  return places.length === 0 ? undefined : random.pick(places);
}

function named({ kind, tag, start }: Place): string {
  return `${kind} ${tag.toString(16).padStart(8, '0')} at ${start}`;
}

const isElement = (place: Place): boolean => place.kind === 'element';
const isDataElement = (place: Place): boolean => place.kind === 'element' && !place.meta;

/** Lengths that are zero, odd, at the end of their field, off by one, undefined, another's. */
export const mutateLength: Mutate = (random, base) => {
  const place = pickPlace(random, base, () => true);
  if (place === undefined) return undefined;
  const now = readLength(base.bytes, place.length);
  const other = random.pick(base.places);
  const choices: readonly (readonly [string, number])[] = [
    ['zero', 0],
    ['one more', now + 1],
    ['one less', now - 1],
    ['two more', now + 2],
    ['two less', now - 2],
    ['largest', place.length.size === 2 ? 0xffff : 0xfffffffe],
    ['undefined', UNDEFINED],
    ['signed edge', 0x80000000],
    ["another's", readLength(base.bytes, other.length)],
    ['up to the end of the file', base.bytes.length - place.valueStart],
    ['random', random.uint32()],
  ];
  const [word, value] = random.pick(choices);
  return { note: `length ${word} of ${named(place)}`, edits: [setLength(place.length, value)] };
};

/** The value made longer or shorter, with or without the lengths that say so. */
export const resizeValue: Mutate = (random, base) => {
  const place = pickPlace(random, base, (p) => p.kind !== 'delimiter' && !p.undefinedLength);
  if (place === undefined) return undefined;
  const grow = random.chance(0.5);
  const size = place.valueEnd - place.valueStart;
  const bytes = grow ? random.bytes(random.between(1, 9)) : Buffer.alloc(0);
  const start = grow ? place.valueEnd : place.valueEnd - Math.min(size, random.between(1, 9));
  const fits = random.chance(0.6);
  const around = fits ? [...place.around, place.length] : [];
  const note = `${grow ? 'longer' : 'shorter'} value of ${named(place)}, lengths ${fits ? 'fitted' : 'as before'}`;
  return { note, edits: [{ start, end: place.valueEnd, bytes, around }] };
};

const STRANGE_VRS = ['pn', 'Pn', 'ZZ', 'QQ', '??', '  ', '\0\0', '\0A', '12', 'OX', 'SX', 'xs', '\xff\xff'];

/** Another VR in the header, its length field as before, or the whole header made anew for it. */
export const mutateVr: Mutate = (random, base) => {
  const place = pickPlace(random, base, (p) => isElement(p) && p.explicitVr);
  if (place === undefined) return undefined;
  const vr = random.pick(random.chance(0.35) ? STRANGE_VRS : [...LONG_VRS, ...SHORT_VRS]);
  const note = `VR ${JSON.stringify(vr)} of ${named(place)}`;
  const at = place.start + 4;
  if (random.chance(0.5)) return { note, edits: [{ start: at, end: at + 2, bytes: Buffer.from(vr, 'latin1') }] };
  const length = place.undefinedLength ? UNDEFINED : place.valueEnd - place.valueStart;
  const header = encodeOne(place.tag, vr, Buffer.alloc(0), place, length);
  const edits = [{ start: place.start, end: place.valueStart, bytes: header, around: place.around }];
  return { note: `${note}, new header`, edits };
};

/** Item and delimiter marks taken away, doubled, moved or changed. */
export const mutateMark: Mutate = (random, base) => {
  const place = pickPlace(random, base, (p) => p.kind !== 'element');
  if (place === undefined) return undefined;
  const { start, around } = place;
  const mark = base.bytes.subarray(start, start + 8);
  const removed = { start, end: start + 8, bytes: Buffer.alloc(0), around };
  const target = random.pick(base.places);
  const wrong = random.pick([0xfffee000, 0xfffee00d, 0xfffee0dd, 0xfffee0ff, 0xfffe0000, 0x00100010]);
  const retagged = { start, end: start + 4, bytes: encodeTag(wrong, place.littleEndian) };
  return random.pick<Mutation>([
    { note: `mark removed: ${named(place)}`, edits: [removed] },
    { note: `whole removed: ${named(place)}`, edits: [{ ...removed, end: place.end }] },
    { note: `mark doubled: ${named(place)}`, edits: [{ start, end: start, bytes: mark, around }] },
    {
      note: `mark moved: ${named(place)} to ${target.start}`,
      edits: [removed, { start: target.start, end: target.start, bytes: mark, around: target.around }],
    },
    { note: `mark ${wrong.toString(16)} for ${named(place)}`, edits: [retagged] },
  ]);
};

/** Marks and sequences where none was. */
export const addNesting: Mutate = (random, base) => {
  const place = pickPlace(random, base, isElement);
  if (place === undefined) return undefined;
  const { start, around } = place;
  const depth = random.pick([1, 2, 5, 20, 31, 32, 33, 64, 500]);
  const open = random.chance(0.5);
  const items = random.pick([1, 3, 300]);
  const item = encodeMark(0xfffee000, open ? UNDEFINED : 0, place);
  const added: readonly (readonly [string, Buffer])[] = [
    [`${depth} sequences in each other`, nested(depth, place, open)],
    ['a lone item', item],
    ['a lone item delimiter', encodeMark(0xfffee00d, 0, place)],
    ['a lone sequence delimiter', encodeMark(0xfffee0dd, random.pick([0, 2, UNDEFINED]), place)],
    ['a sequence never closed', encodeOne(0x00081115, 'SQ', item, place, UNDEFINED)],
    [`a sequence of ${items} empty items`, emptyItems(items, place)],
    [
      'UN of undefined length',
      Buffer.concat([
        encodeOne(0x00091001, 'UN', Buffer.alloc(0), place, UNDEFINED),
        nested(1, { explicitVr: false, littleEndian: true }, true),
        encodeMark(0xfffee0dd, 0, place),
      ]),
    ],
  ];
  const [word, bytes] = random.pick(added);
  return { note: `${word} before ${named(place)}`, edits: [{ start, end: start, bytes, around }] };
};

function emptyItems(count: number, place: Place): Buffer {
  const value = Buffer.concat(Array.from({ length: count }, () => encodeMark(0xfffee000, 0, place)));
  return encodeOne(0x00081115, 'SQ', value, place);
}

/** A sequence or item of defined length written with undefined length, which is the same object, or the other way round. */
export const convertLength: Mutate = (random, base) => {
  const place = pickPlace(random, base, (p) => p.kind === 'item' || p.vr === 'SQ');
  if (place === undefined) return undefined;
  const { length, valueEnd, end, around } = place;
  const tag = place.kind === 'item' ? 0xfffee00d : 0xfffee0dd;
  const note = `${place.undefinedLength ? 'defined' : 'undefined'} length for ${named(place)}`;
  if (place.undefinedLength) {
    const closed = { start: valueEnd, end, bytes: Buffer.alloc(0), around };
    return { note, edits: [setLength(length, valueEnd - place.valueStart), closed] };
  }
  const delimiter = { start: end, end, bytes: encodeMark(tag, 0, place), around };
  return { note, edits: [setLength(length, UNDEFINED), delimiter] };
};

const STRANGE_TAGS = [
  0, 0x00000010, 0x00020010, 0x00080000, 0x00080005, 0x00100010, 0x00280010, 0x00280103, 0x7fe00010, 0x7fe00000,
  0xfffcfffc, 0xffffffff, 0x00090010, 0x00091001, 0xfffee000,
];

/** Tags doubled, out of order, changed, and group lengths. */
export const mutateTag: Mutate = (random, base) => {
  const place = pickPlace(random, base, isElement);
  if (place === undefined) return undefined;
  const { start, end, around } = place;
  const whole = base.bytes.subarray(start, end);
  const other = random.chance(0.5) ? random.pick(STRANGE_TAGS) : place.tag + random.pick([1, -1, 0x10000, -0x10000]);
  const group = encodeOne(place.tag & 0xffff0000, 'UL', random.bytes(4), place);
  const target = pickPlace(random, base, isDataElement) ?? place;
  return random.pick<Mutation>([
    { note: `doubled: ${named(place)}`, edits: [{ start: end, end, bytes: whole, around }] },
    { note: `removed: ${named(place)}`, edits: [{ start, end, bytes: Buffer.alloc(0), around }] },
    { note: `moved: ${named(place)} to ${target.start}`, edits: moved(place, target, whole) },
    { note: `group length before ${named(place)}`, edits: [{ start, end: start, bytes: group, around }] },
    {
      note: `tag ${(other >>> 0).toString(16)} for ${named(place)}`,
      edits: [{ start, end: start + 4, bytes: encodeTag(other, place.littleEndian) }],
    },
  ]);
};

function moved({ start, end, around }: Place, target: Place, whole: Buffer): Mutation['edits'] {
  return [
    { start, end, bytes: Buffer.alloc(0), around },
    { start: target.start, end: target.start, bytes: whole, around: target.around },
  ];
}
