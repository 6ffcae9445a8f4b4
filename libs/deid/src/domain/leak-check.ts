import type { Evidence } from './evidence.ts';
import { dateForms, idForms, nameForms, spellingsOf } from './spellings.ts';

/** What kind of identifier of the source was found in the finished object. The value itself is never reported. */
export type LeakKind = 'name' | 'id' | 'place' | 'date' | 'uid';

interface Needle {
  readonly kind: LeakKind;
  /** Bytes as Latin-1 text in lower case, as the haystack is. */
  readonly text: string;
}

/** Legitimate content of the output that may equal a source value by chance. */
export interface Excuses {
  /** Dates written in place of the source's, YYYYMMDD. */
  readonly newDates: ReadonlySet<string>;
  /** Lower-case words that are names and ordinary terms alike. */
  readonly ordinaryWords: ReadonlySet<string>;
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

/** The finished object as it is searched. */
export interface Haystack {
  /** The value of every element at every depth, the picture excepted. */
  readonly values: readonly Buffer[];
  /** All bytes outside the picture, headers and delimiters included. */
  readonly raw: readonly Buffer[];
}

/**
 * Searches the finished object's bytes for what the source said about its patient. Independent of the plan on purpose: it
 * finds what a wrong rule, a wrong offset or a wrong character set left behind. Values are searched at word edges, since
 * a header's bytes beside a value look like letters (group 0054 begins with a T); long needles in all bytes, anywhere.
 * @returns the kind of the first identifier found
 */
export function findLeak(haystack: Haystack, evidence: Evidence, excuses: Excuses): LeakKind | undefined {
  const values = haystack.values.map(lowerBytes).join('\n');
  const raw = haystack.raw.map(lowerBytes).join('\n');
  for (const needle of needlesOf(evidence, excuses)) {
    if (occurs(values, needle) || (isLong(needle) && raw.includes(needle.text))) return needle.kind;
  }
  return undefined;
}

function isLong({ text, kind }: Needle): boolean {
  return kind !== 'date' && text.length >= MIN_RAW && !/^\d+$/.test(text);
}

function lowerBytes(bytes: Buffer): string {
  return bytes.toString('latin1').toLowerCase();
}

function needlesOf(evidence: Evidence, excuses: Excuses): readonly Needle[] {
  const needles = new Map<string, LeakKind>();
  const add = (kind: LeakKind, text: string): void => {
    for (const bytes of encodingsOf(text)) if (!needles.has(bytes)) needles.set(bytes, kind);
  };
  for (const name of evidence.patientNames) for (const form of searchedForms(name, excuses)) add('name', form);
  for (const name of evidence.otherNames) for (const form of nameForms(name).wholes) add('name', form);
  for (const raw of evidence.rawNames) for (const form of rawForms(raw, excuses)) needles.set(form, 'name');
  for (const id of evidence.ids) for (const form of idForms(id)) add('id', form);
  for (const phrase of evidence.phrases)
    if (phrase.length >= MIN_PLACE && !isOrdinary(phrase, excuses)) add('place', phrase);
  for (const date of evidence.dates)
    if (!excuses.newDates.has(date)) for (const form of dateForms(date)) add('date', form);
  for (const uid of evidence.uids) if (uid.length >= MIN_UID) needles.set(uid.toLowerCase(), 'uid');
  return [...needles].map(([text, kind]) => ({ text, kind }));
}

function isOrdinary(text: string, excuses: Excuses): boolean {
  return excuses.ordinaryWords.has(text.toLowerCase());
}

function searchedForms(name: string, excuses: Excuses): readonly string[] {
  const { parts, wholes } = nameForms(name);
  return [...wholes, ...parts.filter((part) => !isOrdinary(part, excuses))];
}

/** The bytes of a name as the source has them, and its components: holds when the character set was stated wrongly. */
function rawForms(raw: string, excuses: Excuses): readonly string[] {
  // eslint-disable-next-line no-control-regex -- bytes of the default repertoire, which the decoded forms cover
  if (/^[\0-\x1a\x1c-\x7f]*$/.test(raw)) return [];
  const words = raw.split(/[\^= ]+/).map((word) => word.trim().toLowerCase());
  return words.filter((word) => word.length >= 4 && !isOrdinary(word, excuses));
}

/** Every spelling as UTF-8, and as Latin-1 where that can hold it. */
function encodingsOf(text: string): readonly string[] {
  const forms = new Set<string>();
  for (const spelling of [text, ...spellingsOf(text)]) {
    forms.add(lowerBytes(Buffer.from(spelling, 'utf8')));
    // eslint-disable-next-line no-control-regex -- the range of Latin-1
    if (/^[\0-\xff]*$/.test(spelling)) forms.add(spelling.toLowerCase());
  }
  return [...forms];
}

const WORD = /[a-z0-9\u00c0-\u00ff]/;

/** A hit counts at a word's edge only; a date also where a time of day follows it. */
function occurs(hay: string, { kind, text }: Needle): boolean {
  for (let at = hay.indexOf(text); at !== -1; at = hay.indexOf(text, at + 1)) {
    const before = hay[at - 1] ?? ' ';
    const after = hay[at + text.length] ?? ' ';
    if (startsWord(text, before, hay[at - 2] ?? ' ') && (kind === 'date' || endsWord(text, after))) return true;
  }
  return false;
}

function startsWord(text: string, before: string, beforeThat: string): boolean {
  if (!WORD.test(text[0] ?? '')) return true;
  // Digits after a decimal point are a figure.
  if (before === '.' && /\d/.test(text[0] ?? '') && /\d/.test(beforeThat)) return false;
  return !WORD.test(before);
}

function endsWord(text: string, after: string): boolean {
  return !WORD.test(text.at(-1) ?? '') || !WORD.test(after);
}
