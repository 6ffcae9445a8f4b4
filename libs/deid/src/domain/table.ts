import { IOD_TYPES, PLACES } from './data/iod-types.ts';
import { TABLE_E1_1, TABLE_EDITION } from './data/table-e1-1.ts';

/**
 * The options of PS3.15 E.3 that have a column in Table E.1-1, by the letters of the generated data. Full and modified dates are
 * one column's rows with two ways to treat them.
 */
export const OPTION_LETTERS = {
  dates: 'm',
  patientCharacteristics: 'p',
  uids: 'u',
  deviceIdentity: 'v',
  institutionIdentity: 'i',
  descriptors: 'd',
  structuredContent: 's',
  graphics: 'g',
  safePrivate: 'f',
} as const;

export type TableOption = keyof typeof OPTION_LETTERS;

/** One row of PS3.15 Table E.1-1: the code of the Basic profile and the options that touch the attribute. */
export interface TableRow {
  readonly code: string;
  /** What an option does with the attribute: keep (K) or clean (C); absent where it does not touch it. */
  readonly options: ReadonlyMap<TableOption, 'K' | 'C'>;
}

/** What a code comes down to at one place: remove, empty, dummy, map the UID, or map the UIDs of the items (U*). */
export type BasicAction = 'X' | 'Z' | 'D' | 'U' | 'U*';

/** Attribute Type of PS3.5 7.4 with the conditional ones taken strictly: 1C as 1, 2C as 2. */
export type AttributeType = '1' | '2' | '3';

/** Types of the attributes with a compound code in one IOD. */
export interface Iod {
  readonly name: string;
  /** @returns the Type at this place, or undefined when the IOD does not have the attribute there. */
  typeAt(tag: number, parent: number | undefined): AttributeType | undefined;
}

export { TABLE_EDITION };

const ROWS = new Map<number, TableRow>(TABLE_E1_1.flatMap(rowsOfLine));

function rowsOfLine(line: string): [number, TableRow][] {
  const [code = '', options = '', tags = ''] = line.split('|');
  const row = { code, options: optionsOf(options) };
  return tags.split(' ').map((tag) => [Number.parseInt(tag, 16), row]);
}

function optionsOf(marks: string): TableRow['options'] {
  const named = Object.entries(OPTION_LETTERS) as [TableOption, string][];
  return new Map(
    named.flatMap(([option, letter]): [TableOption, 'K' | 'C'][] => {
      const mark = marks.split(' ').find((one) => one.startsWith(letter));
      return mark === undefined ? [] : [[option, mark.endsWith('K') ? 'K' : 'C']];
    }),
  );
}

/** @returns the row of a tag; curves, overlays and private attributes are rules, not rows. */
export function rowOf(tag: number): TableRow | undefined {
  return ROWS.get(tag);
}

/** Every tag that has a row, for tests that walk the whole table. */
export function tableTags(): readonly number[] {
  return [...ROWS.keys()];
}

/**
 * Resolves a code by the attribute's Type (PS3.15 E.3, notes to Table E.1-1a): taking the first letter of a compound
 * code removes what the IOD requires, taking the last keeps a dummy where nothing is needed.
 */
export function resolveCode(code: string, type: AttributeType | undefined): BasicAction {
  if (code === 'X' || code === 'Z' || code === 'D' || code === 'U') return code;
  // The links between images survive: their UIDs are mapped inside the items, whatever the Type.
  if (code === 'X/Z/U*') return 'U*';
  if (type === '1') return 'D';
  if (type === '2') return 'Z';
  return code === 'Z/D' ? 'Z' : 'X';
}

const STORAGE_ROOT = '1.2.840.10008.5.1.4.';

/** Retired image classes that follow the rules of their successors (PS3.6 Table A-1). */
const SUCCESSORS: Readonly<Record<string, string>> = {
  '1.2.840.10008.5.1.4.1.1.3': '1.2.840.10008.5.1.4.1.1.3.1',
  '1.2.840.10008.5.1.4.1.1.5': '1.2.840.10008.5.1.4.1.1.20',
  '1.2.840.10008.5.1.4.1.1.6': '1.2.840.10008.5.1.4.1.1.6.1',
};

const PLACE_INDEX = new Map(PLACES.split(' ').map((place, index) => [keyOfPlace(place), index]));
const IOD_BY_CLASS = new Map<string, Iod>(IOD_TYPES.flatMap(classesOfLine));

function keyOfPlace(place: string): string {
  return place
    .split('.')
    .map((tag) => String(Number.parseInt(tag, 16)))
    .join('.');
}

function classesOfLine(line: string): [string, Iod][] {
  const [name = '', classes = '', digits = ''] = line.split('|');
  const iod: Iod = {
    name,
    typeAt: (tag, parent) => {
      const key = parent === undefined ? String(tag) : `${parent}.${tag}`;
      const digit = digits[PLACE_INDEX.get(key) ?? -1];
      return digit === '1' || digit === '2' || digit === '3' ? digit : undefined;
    },
  };
  return classes.split(' ').map((suffix) => [STORAGE_ROOT + suffix, iod]);
}

/** @returns the IOD of a storage SOP class, or undefined for one this edition does not know (such objects are refused). */
export function iodOf(sopClassUid: string): Iod | undefined {
  return IOD_BY_CLASS.get(SUCCESSORS[sopClassUid] ?? sopClassUid);
}
