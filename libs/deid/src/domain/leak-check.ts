import type { Evidence } from './evidence.ts';
import { dateForms, idForms, nameForms, spellingsOf } from './spellings.ts';

/** What kind of identifier of the source was found in the finished object. The value itself is never reported. */
export type LeakKind = 'name' | 'id' | 'place' | 'date' | 'uid';

/** The finished object as it is searched: bytes as `searchable` makes them. */
export interface Haystack {
  /** The value of every element at every depth, the picture excepted. */
  readonly values: readonly string[];
  /** All bytes outside the picture, headers and delimiters included. */
  readonly raw: readonly string[];
}

/** @returns the bytes in Latin-1 and lower case, one character a byte: offsets stay what they were. */
export function searchable(bytes: Buffer): string {
  return bytes.toString('latin1').toLowerCase();
}

/**
 * Short values would be found by chance in figures and terms: ids count from the lengths of `idForms` on, parts of names
 * from three letters (two in scripts whose signs are syllables) unless the profile lists them as ordinary words, places
 * and UIDs from these.
 */
const MIN_PLACE = 5;
const MIN_UID = 6;
/** From this length on, and with something else than digits in it, a needle is searched in the raw bytes as well. */
const MIN_RAW = 8;
/** Values of each kind whose forms are remembered; the objects of a study repeat the same thirty. */
const MEMORY = 2_000;

/**
 * Searches the finished object's bytes for what the source said about its patient. Independent of the plan on purpose: it
 * finds what a wrong rule, a wrong offset or a wrong character set left behind. Values are searched at word edges, since
 * a header's bytes beside a value look like letters (group 0054 begins with a T); long needles in all bytes, anywhere.
 */
export class LeakCheck {
  readonly #ordinaryWords: ReadonlySet<string>;
  readonly #forms: Readonly<Record<keyof Evidence, Map<string, readonly string[]>>> = {
    patientNames: new Map(),
    otherNames: new Map(),
    rawNames: new Map(),
    ids: new Map(),
    phrases: new Map(),
    dates: new Map(),
    uids: new Map(),
  };

  /** @param ordinaryWords names that are ordinary terms as well: not searched alone, only within a whole name */
  constructor(ordinaryWords: readonly string[]) {
    this.#ordinaryWords = new Set(ordinaryWords.map((word) => word.toLowerCase()));
  }

  /**
   * @param newDates dates written in place of the source's (YYYYMMDD): one may equal another source date by chance
   * @returns the kind of the first identifier found, or undefined
   */
  find(haystack: Haystack, evidence: Evidence, newDates: ReadonlySet<string>): LeakKind | undefined {
    const values = haystack.values.join('\n');
    const raw = haystack.raw.join('\n');
    for (const kind of KINDS) {
      const [leak] = FORMS[kind];
      for (const value of evidence[kind]) {
        if (kind === 'dates' && newDates.has(value)) continue;
        const stands = (needle: string): boolean =>
          occurs(values, needle, leak) || (isLong(needle, leak) && raw.includes(needle));
        if (this.#formsOf(kind, value).some(stands)) return leak;
      }
    }
    return undefined;
  }

  /** Every form of a value that is searched for, ordinary words left out. */
  #formsOf(kind: keyof Evidence, value: string): readonly string[] {
    const memory = this.#forms[kind];
    const known = memory.get(value);
    if (known !== undefined) return known;
    const made = FORMS[kind][1](value).filter((form) => !this.#ordinaryWords.has(form));
    if (memory.size >= MEMORY) memory.clear();
    memory.set(value, made);
    return made;
  }
}

/** How the values of each kind of evidence are written, as bytes in Latin-1 and lower case. */
const FORMS: Readonly<Record<keyof Evidence, readonly [LeakKind, (value: string) => readonly string[]]>> = {
  patientNames: ['name', (name) => encoded([...nameForms(name).wholes, ...nameForms(name).parts])],
  otherNames: ['name', (name) => encoded(nameForms(name).wholes)],
  rawNames: ['name', rawForms],
  ids: ['id', (id) => encoded(idForms(id))],
  phrases: ['place', (phrase) => (phrase.length < MIN_PLACE ? [] : encoded([phrase]))],
  dates: ['date', dateForms],
  uids: ['uid', (uid) => (uid.length < MIN_UID ? [] : [uid.toLowerCase()])],
};

const KINDS = Object.keys(FORMS) as readonly (keyof Evidence)[];

function isLong(needle: string, kind: LeakKind): boolean {
  return kind !== 'date' && needle.length >= MIN_RAW && !/^\d+$/.test(needle);
}

/** The bytes of a name's words as the source has them: holds when the character set was stated wrongly. */
function rawForms(raw: string): readonly string[] {
  if (/^[\0-\x1a\x1c-\x7f]*$/.test(raw)) return [];
  const words = raw.split(/[\^= ]+/).map((word) => word.trim().toLowerCase());
  return words.filter((word) => word.length >= 4);
}

/** Every spelling as UTF-8, and as Latin-1 where that can hold it. */
function encoded(texts: readonly string[]): readonly string[] {
  const forms = new Set<string>();
  for (const spelling of texts.flatMap((text) => [text, text.toUpperCase(), ...spellingsOf(text)])) {
    forms.add(searchable(Buffer.from(spelling, 'utf8')));
    if (/^[\0-\xff]*$/.test(spelling)) forms.add(spelling.toLowerCase());
  }
  // A spelling can come out empty or as one letter (a name of marks or soft signs): that is found everywhere.
  return [...forms].filter((form) => form.length >= 2);
}

const WORD = /[a-z0-9\u00c0-\u00ff]/;

/** A hit counts at a word's edges only; a date also where a time of day follows it. */
function occurs(hay: string, needle: string, kind: LeakKind): boolean {
  for (let at = hay.indexOf(needle); at !== -1; at = hay.indexOf(needle, at + 1)) {
    if (startsWord(hay, at, needle) && (kind === 'date' || endsWord(hay, at + needle.length, needle))) return true;
  }
  return false;
}

function startsWord(hay: string, at: number, needle: string): boolean {
  if (!WORD.test(needle[0] ?? '')) return true;
  const before = hay[at - 1] ?? '\n';
  // Digits after a decimal point are a figure.
  if (before === '.' && /\d/.test(needle[0] ?? '') && /\d/.test(hay[at - 2] ?? '')) return false;
  return !WORD.test(before);
}

function endsWord(hay: string, end: number, needle: string): boolean {
  return !WORD.test(needle.at(-1) ?? '') || !WORD.test(hay[end] ?? '\n');
}
