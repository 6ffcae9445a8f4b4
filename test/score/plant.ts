import { encodeWith } from './charsets.ts';
import type { Node } from './dataset.ts';
import { evenly } from './dataset.ts';
import type { Attribute, Row } from './facts.ts';
import { rowOf, typeIn, unlisted } from './facts.ts';
import type { Look } from './key.ts';
import { nativeWord, isLatin, someDate } from './people.ts';
import type { Sheet } from './sheet.ts';
import { encoded, mustGo } from './sheet.ts';
import { hex } from './reader.ts';

/** Where in the object: the path of the parent with its point, what the report calls it, and whether the parents stay. */
export interface Spot {
  readonly prefix: string;
  readonly place: string;
  readonly parentsStay: boolean;
}

export const TOP: Spot = { prefix: '', place: '', parentsStay: true };

/** VRs that hold something about a person; the others are planted in `odd-places.ts`, where it is no ordinary content. */
export const PLANTED_VRS = [
  'PN',
  'LO',
  'SH',
  'ST',
  'LT',
  'UT',
  'UC',
  'AE',
  'UR',
  'DA',
  'DT',
  'TM',
  'UI',
  'OB',
  'OW',
  'OF',
  'OD',
  'OL',
  'UN',
];

/** An attribute with something of the patient in it; undefined where its VR holds nothing of the kind. */
export function plant(sheet: Sheet, attribute: Attribute, spot: Spot): Node | undefined {
  const row = rowOf(attribute.tag);
  const group = row === undefined ? 'no row' : `row ${row.code}`;
  const place = `${spot.place}${group} ${attribute.vr} ${attribute.keyword}`;
  const node = valueOf(sheet, attribute, { ...spot, place });
  if (node === undefined) return undefined;
  if (row !== undefined && spot.prefix === '') expectRow(sheet, row, place);
  return sheet.explicit && attribute.vr !== 'SQ' && sheet.random.chance(0.04) ? { ...node, asUnknown: true } : node;
}

/** PS3.15 E.1: D a value that is not empty, Z empty or a dummy, U a UID again; compound codes by the attribute's Type in the IOD. */
function expectRow(sheet: Sheet, { code, tag, vr, options }: Row, place: string): void {
  const type = typeIn(sheet.sopClass, tag);
  const filled = code === 'D' || (type === '1' && code.includes('D'));
  const present = filled || code === 'Z' || (type === '2' && code.includes('Z'));
  const shifted = options.has('mC') && (vr === 'DA' || vr === 'DT') && sheet.dates === 'shifted';
  if (present && !shifted)
    sheet.actions.push({ c: 'tag_retained', place, path: hex(tag), filled: filled && vr !== 'SQ' });
}

function valueOf(sheet: Sheet, attribute: Attribute, spot: Spot): Node | undefined {
  const { tag, vr } = attribute;
  if (vr === 'SQ') return plantSequence(sheet, attribute, spot);
  if (vr === 'UI') return plantUid(sheet, attribute, spot);
  if (vr === 'DA' || vr === 'DT') return plantDate(sheet, attribute, spot);
  if (/^O[BWFDL]$|^UN$/.test(vr)) return { tag, vr: sheet.bigEndian ? 'OB' : vr, value: binary(sheet, spot.place) };
  const text = textFor(sheet, vr, spot.place);
  return text === undefined ? undefined : { tag, vr, value: encoded(sheet, vr, text) };
}

function textFor(sheet: Sheet, vr: string, place: string): string | undefined {
  const { random, canaries } = sheet;
  const word = (): string => mustGo(sheet, canaries.word(), place);
  if (vr === 'PN') return personValue(sheet, place);
  if (vr === 'AE' || vr === 'CS') return word().toUpperCase();
  if (vr === 'UR') return `https://${word().toLowerCase()}.example.org/${word()}`;
  if (vr === 'TM') return mustGo(sheet, someTime(sheet), place, 'raw');
  if (vr === 'SH')
    return random.chance(0.2)
      ? mustGo(sheet, canaries.digits(), place, 'digits')
      : random.pick([word, () => native(sheet, place)])();
  if (/^(LO|ST|LT|UT|UC)$/.test(vr)) return sentence(sheet, place);
  return undefined;
}

function someTime({ random }: Sheet): string {
  const two = (most: number): string => String(random.below(most)).padStart(2, '0');
  return `${two(24)}${two(60)}${two(60)}.${random.between(100_000, 999_999)}`;
}

/** A word in the script of the object's character set. */
export function native(sheet: Sheet, place: string): string {
  const { charset } = sheet.person;
  const word = nativeWord(charset, sheet.canaries, sheet.random);
  // The letter in front of a Latin word is the set's; the canary behind it is found without it, too.
  return isLatin(charset.script)
    ? `${word.slice(0, -8)}${mustGo(sheet, word.slice(-8), place)}`
    : mustGo(sheet, word, place, 'script');
}

function personValue(sheet: Sheet, place: string): string {
  const { script } = sheet.person.charset;
  const inScript = sheet.random.chance(0.4) && script !== 'ascii';
  const grouped = /chinese|japanese|korean/.test(script);
  if (inScript && !grouped) return native(sheet, place);
  const alphabetic = `${mustGo(sheet, sheet.canaries.word(), place)}^${mustGo(sheet, sheet.canaries.word(), place)}`;
  if (inScript) return `${alphabetic}=${native(sheet, place)}`;
  return sheet.random.chance(0.2) ? alphabetic.toUpperCase() : alphabetic;
}

/** Free text as people write it: strangers (canaries) in many forms, numbers, and the patient himself. */
function sentence(sheet: Sheet, place: string): string {
  const { random, canaries } = sheet;
  const word = mustGo(sheet, canaries.word(), place);
  const makers: readonly (() => string)[] = [
    () => `seen by Dr. ${word}`,
    () => word.toUpperCase(),
    () => `${word.toLowerCase()}, ${mustGo(sheet, canaries.word(), place)} (ward 3)`,
    () => `${word} Tel. ${phone(mustGo(sheet, canaries.digits(), place, 'digits'))}`,
    () => `MRN:${mustGo(sheet, canaries.digits(), place, 'digits')}/${word}`,
    () => `${word} ${native(sheet, place)}`,
    () => `Clinic of ${word}, ${mustGo(sheet, canaries.word(), place)}str. 12`,
  ];
  return random.pick(makers)();
}

const phone = (digits: string): string => `${digits.slice(0, 4)}-${digits.slice(4, 7)} ${digits.slice(7)}`;

/** Bytes with a word in them: as text, as UTF-16, in base64, behind zeros. Long as every binary VR may be. */
export function binary(
  sheet: Sheet,
  place: string,
  c: 'text_removed' | 'private_removed' | 'hidden_removed' = 'text_removed',
): Buffer {
  const word = mustGo(sheet, sheet.canaries.word(), place, 'word', c);
  const forms = [
    Buffer.from(word, 'latin1'),
    Buffer.from(word, 'utf16le'),
    encodeWith(word, 'utf-16be') ?? Buffer.alloc(0),
    Buffer.from(Buffer.from(`patient ${word}, ward 3`).toString('base64'), 'latin1'),
    Buffer.concat([Buffer.alloc(13), Buffer.from(word, 'latin1'), sheet.random.bytes(9)]),
  ];
  const bytes = sheet.random.pick(forms);
  return Buffer.concat([bytes, Buffer.alloc((8 - (bytes.length % 8)) % 8)]);
}

function plantUid(sheet: Sheet, { tag, keyword }: Attribute, { prefix, place }: Spot): Node | undefined {
  // A class or a code list: what is there is the standard's, or a mistake that no reader understands.
  if (
    /SOPClass|TransferSyntax|CodingSchemeUID|ContextUID|ContextGroupExtensionCreatorUID|MappingResourceUID/.test(
      keyword,
    )
  )
    return undefined;
  const uid = `${sheet.person.uidRoot}.9.${sheet.random.between(1, 1e9)}.${sheet.random.between(1, 1e6)}`;
  const required = prefix === '' && rowOf(tag)?.code === 'U';
  sheet.actions.push(
    { c: 'uid_changed', place, uid },
    { c: 'uid_consistent', place, path: prefix + hex(tag), uid, required },
  );
  return { tag, vr: 'UI', value: evenly(Buffer.from(uid, 'latin1')) };
}

function plantDate(sheet: Sheet, { tag, vr }: Attribute, { prefix, place, parentsStay }: Spot): Node {
  const date = someDate(sheet.random, 1990, 2018);
  const path = prefix + hex(tag);
  const clock =
    vr === 'DT' ? `${mustGo(sheet, someTime(sheet), place, 'raw')}${sheet.random.pick(['', '+0100', '-0500'])}` : '';
  sheet.actions.push({ c: 'date_shifted', place, path, date });
  // E.3.6: with modified dates the rows marked C keep the intervals; without the option, or without a row, a date may go.
  if (sheet.dates === 'shifted' && parentsStay && rowOf(tag)?.options.has('mC') === true)
    sheet.actions.push({ c: 'interval_kept', place, path, date });
  return { tag, vr, value: evenly(Buffer.from(date + clock, 'latin1'), 0x20) };
}

const INSIDE = unlisted(['LO', 'PN', 'ST', 'UI', 'DA']).filter(({ retired }) => !retired);

/** A sequence that a row names: what is in its item is of the patient, whatever becomes of the sequence. */
function plantSequence(sheet: Sheet, { tag }: Attribute, { prefix, place }: Spot): Node {
  const inside: Spot = { prefix: `${prefix}${hex(tag)}[0].`, place: `${place} > `, parentsStay: false };
  const chosen = new Map<number, Attribute>();
  while (chosen.size < 2) {
    const one = sheet.random.pick(INSIDE);
    if (!sheet.keptText.has(one.keyword)) chosen.set(one.tag, one);
  }
  const item = [...chosen.values()].flatMap((one) => plant(sheet, one, inside) ?? []);
  return { tag, vr: 'SQ', items: [item], open: sheet.random.chance(0.5) };
}

export type { Look };
