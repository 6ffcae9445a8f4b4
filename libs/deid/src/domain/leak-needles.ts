import type { Needle } from './byte-search.ts';
import { lowerCase } from './byte-search.ts';
import { encodingsOf } from './encodings.ts';
import type { Evidence } from './evidence.ts';
import { idForms, nameForms, spellingsOf } from './spellings.ts';

/** What kind of identifier of the source was found in the finished object. The value itself is never reported. */
export type LeakKind = 'name' | 'id' | 'place' | 'date' | 'uid';

/** One way in which an identifier of the source may stand in bytes. */
export interface LeakNeedle extends Needle {
  readonly kind: LeakKind;
  /** The identifier it is a form of: what may stay by an option is told by it. */
  readonly source: string;
  /** Counts at the edges of words only: short Latin words are parts of others. */
  readonly atEdges: boolean;
  /** Long enough, and not a mere figure, to be looked for in all bytes and not in values only. */
  readonly anywhere: boolean;
}

/**
 * Short values would be found by chance in figures and terms: ids count from the lengths of `idForms` on, parts of names
 * from three letters (two in scripts whose signs are syllables) unless the profile lists them as ordinary words, places
 * and UIDs from these.
 */
const MIN_PLACE = 5;
const MIN_UID = 6;
const MIN_ANYWHERE = 8;
/** Below four bytes nothing but an ASCII word at its edges is told from chance. */
const MIN_BYTES = 3;
const MIN_WIDE_BYTES = 4;
/** Values whose forms are remembered; the objects of a study repeat the same thirty. */
const MEMORY = 5_000;

type Forms = (value: string) => readonly string[];

const FORMS: Readonly<Record<Exclude<keyof Evidence, 'rawNames'>, readonly [LeakKind, Forms]>> = {
  patientNames: ['name', (name) => [...nameForms(name).wholes, ...nameForms(name).parts]],
  otherNames: ['name', (name) => nameForms(name).wholes],
  ids: ['id', idForms],
  phrases: ['place', (phrase) => (phrase.length < MIN_PLACE ? [] : [phrase])],
  dates: ['date', (date) => [date]],
  uids: ['uid', (uid) => (uid.length < MIN_UID ? [] : [uid])],
};

/** Makes the needles of an object's evidence; the forms of a value are made once. */
export class NeedleMaker {
  readonly #ordinaryWords: ReadonlySet<string>;
  #made = new Map<string, readonly LeakNeedle[]>();

  /** @param ordinaryWords in lower case; not looked for alone */
  constructor(ordinaryWords: ReadonlySet<string>) {
    this.#ordinaryWords = ordinaryWords;
  }

  needlesOf(evidence: Evidence): readonly LeakNeedle[] {
    const needles: LeakNeedle[] = [];
    for (const kind of Object.keys(evidence) as (keyof Evidence)[])
      for (const value of evidence[kind]) needles.push(...this.#remembered(kind, value));
    return needles;
  }

  #remembered(kind: keyof Evidence, value: string): readonly LeakNeedle[] {
    const key = `${kind} ${value}`;
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const made = kind === 'rawNames' ? rawNeedles(value) : this.#make(kind, value);
    if (this.#made.size >= MEMORY) this.#made = new Map();
    this.#made.set(key, made);
    return made;
  }

  #make(kind: Exclude<keyof Evidence, 'rawNames'>, value: string): readonly LeakNeedle[] {
    const [leak, formsOf] = FORMS[kind];
    const distinct = new Map<string, LeakNeedle>();
    for (const form of formsOf(value)) {
      if (this.#ordinaryWords.has(form.toLowerCase())) continue;
      for (const spelling of casesOf(form))
        for (const text of encodingsOf(spelling)) {
          const needle = needleOf(text, { kind: leak, source: value, isLatin: LATIN.test(spelling) });
          if (needle !== undefined) distinct.set(needle.text, needle);
        }
    }
    return [...distinct.values()];
  }
}

/** Scripts whose words have edges that a byte can show. */
const LATIN = /^[\0-\u024f\u1e00-\u1eff]*$/;

/** Upper case and titles too: beyond Latin-1 the search itself does not know the case of a byte. */
function casesOf(text: string): readonly string[] {
  const spellings = spellingsOf(text);
  if (/^[\0-\x7f]*$/.test(text)) return spellings;
  const lower = text.toLowerCase();
  const title = lower.replace(/(?<!\p{L}|\p{M})\p{L}/gu, (letter) => letter.toUpperCase());
  return [...new Set([text, text.normalize('NFC'), text.toUpperCase(), title, ...spellings])];
}

function needleOf(
  text: string,
  { kind, source, isLatin }: { kind: LeakKind; source: string; isLatin: boolean },
): LeakNeedle | undefined {
  const isWide = text.includes('\0');
  if (text.length < (isLatin && !isWide ? MIN_BYTES : MIN_WIDE_BYTES)) return undefined;
  // Numbers of 16 bits in a row look like UTF-16: twice the length makes up for it.
  const anywhere = kind !== 'date' && text.length >= (isWide ? 2 : 1) * MIN_ANYWHERE && !/^\d+$/.test(text);
  return { text: lowerCase(text), kind, source, atEdges: isLatin && !isWide, anywhere };
}

/** The bytes of a name's words as the source has them: holds when the character set was stated wrongly. */
function rawNeedles(raw: string): readonly LeakNeedle[] {
  if (/^[\0-\x1a\x1c-\x7f]*$/.test(raw)) return [];
  const words = raw.split(/[\^= ]+/).map((word) => word.trim());
  return words
    .filter((word) => word.length >= MIN_WIDE_BYTES)
    .map((word) => ({
      text: lowerCase(word),
      kind: 'name',
      source: raw,
      atEdges: true,
      anywhere: word.length >= MIN_ANYWHERE,
    }));
}
