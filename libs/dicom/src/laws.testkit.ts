// Random data sets for fast-check: every VR, nested items, private elements, in the four encodings.
import fc from 'fast-check';

import { bytesOf } from './accessors.ts';
import {
  DEFLATED_LITTLE_ENDIAN,
  EXPLICIT_BIG_ENDIAN,
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
} from './domain/transfer-syntaxes.ts';
import type { NewElement, NewValue, RewriteAction, RewriteDecision } from './domain/rewrite-types.ts';
import type { Dataset, Element, Tag, Vr } from './domain/types.ts';

export const ENCODINGS = [EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN, EXPLICIT_BIG_ENDIAN, DEFLATED_LITTLE_ENDIAN];

const text = fc
  .array(fc.constantFrom(...Array.from('ABCXYZ019 .-éßØ日本김')), { minLength: 1, maxLength: 20 })
  .map((characters) => characters.join('').trim());
const ascii = fc
  .array(fc.constantFrom(...Array.from('ABCXYZ019._')), { minLength: 1, maxLength: 16 })
  .map((characters) => characters.join(''));

function integers(min: number, max: number): fc.Arbitrary<NewValue> {
  return fc.array(fc.integer({ min, max }), { minLength: 1, maxLength: 4 }).map((numbers) => ({ numbers }));
}

const doubles = fc
  .array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 3 })
  .map((numbers) => ({ numbers }));
const floats = fc
  .array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 3 })
  .map((numbers) => ({ numbers }));
const bytes = fc.uint8Array({ maxLength: 40 }).map((raw) => ({ bytes: evenly(Buffer.from(raw)) }));
const texts = fc.array(text, { minLength: 1, maxLength: 3 }).map((values) => ({ text: values }));
const oneText = text.map((value) => ({ text: value }));
const asciis = fc.array(ascii, { minLength: 1, maxLength: 3 }).map((values) => ({ text: values }));

function evenly(raw: Buffer): Buffer {
  return raw.length % 2 === 0 ? raw : raw.subarray(1);
}

/** A tag of PS3.6 for each VR, so that implicit VR finds it again; SV, OV and the like have few. */
const LEAVES: readonly (readonly [Tag, Vr, fc.Arbitrary<NewValue>])[] = [
  [0x00080050, 'SH', texts],
  [0x00080054, 'AE', asciis],
  [0x00080060, 'CS', asciis],
  [0x00080080, 'LO', texts],
  [0x00080081, 'ST', oneText],
  [0x00080119, 'UC', texts],
  [0x00080120, 'UR', oneText.map(() => ({ text: 'https://example.org/a' }))],
  [0x00089123, 'UI', fc.constant({ text: '1.2.840.1' })],
  [0x00100010, 'PN', texts],
  [0x00100030, 'DA', fc.constant({ text: '19700101' })],
  [0x00101010, 'AS', fc.constant({ text: '042Y' })],
  [0x0040a160, 'UT', oneText],
  [0x001021b0, 'LT', oneText],
  [0x00082134, 'FD', doubles],
  [0x00089459, 'FL', floats],
  [0x00186030, 'UL', integers(0, 0xffffffff)],
  [0x00186020, 'SL', integers(-0x80000000, 0x7fffffff)],
  [0x00200013, 'IS', integers(-1000, 1000)],
  [0x00280009, 'AT', integers(0, 0xffffffff)],
  [0x00280010, 'US', integers(0, 0xffff)],
  [0x00280030, 'DS', fc.constant({ numbers: [0.5, -1.25e-7] })],
  [0x00189219, 'SS', integers(-0x8000, 0x7fff)],
  [0x00091001, 'UN', bytes],
  [0x00420011, 'OB', bytes],
  [0x00720082, 'SV', integers(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)],
  [0x00720083, 'UV', integers(0, Number.MAX_SAFE_INTEGER)],
  [0x7fe00001, 'OV', integers(0, Number.MAX_SAFE_INTEGER)],
  [0x7fe00010, 'OW', bytes],
];

const leaf = fc.constantFrom(...LEAVES).chain(([tag, vr, values]) => values.map((value) => ({ tag, vr, value })));

const SEQUENCES: readonly Tag[] = [0x00081115, 0x00400275, 0x0040a730];

const level = fc.letrec<{ level: NewElement[] }>((tie) => ({
  level: fc
    .uniqueArray(
      fc.oneof({ maxDepth: 3 }, { weight: 4, arbitrary: leaf }, { weight: 1, arbitrary: sequence(tie('level')) }),
      {
        minLength: 1,
        maxLength: 8,
        selector: ({ tag }) => tag,
      },
    )
    .map((elements) => [...elements].sort((a, b) => a.tag - b.tag)),
})).level;

function sequence(items: fc.Arbitrary<NewElement[]>): fc.Arbitrary<NewElement> {
  return fc
    .tuple(fc.constantFrom(...SEQUENCES), fc.array(items, { maxLength: 3 }))
    .map(([tag, all]) => ({ tag, vr: 'SQ' as const, value: { items: all } }));
}

/** Always with a SOP Instance UID and UTF-8, so that group 0002 can be made and any text be written. */
export const randomElements: fc.Arbitrary<NewElement[]> = level.map((elements) => [
  { tag: 0x00080005, value: { text: 'ISO_IR 192' } },
  { tag: 0x00080018, value: { text: '1.2.3.4' } },
  ...elements,
]);

export const keepAll: RewriteDecision = () => ({ kind: 'keep' });
export const recurseAll: RewriteDecision = ({ items }) => ({ kind: items === undefined ? 'keep' : 'recurse' });

/** Decides some tags, descends into sequences, keeps the rest. */
export function deciding(actions: ReadonlyMap<Tag, RewriteAction>): RewriteDecision {
  return (element, context) => actions.get(element.tag) ?? recurseAll(element, context);
}

/** Tag and bytes of every value that is no sequence, in file order. */
export function leaves(dataset: Dataset, elements: readonly Element[] = dataset.elements): string[] {
  return elements.flatMap((element) =>
    element.items === undefined
      ? [`${element.tag}:${bytesOf(dataset, element).toString('hex')}`]
      : element.items.flatMap((item) => leaves(dataset, item.elements)),
  );
}
