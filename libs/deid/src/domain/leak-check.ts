import type { Dataset } from '@precedent/dicom';
import { ByteSearch, isWordByte } from './byte-search.ts';
import type { Evidence } from './evidence.ts';
import type { LeakKind, LeakNeedle } from './leak-needles.ts';
import { NeedleMaker } from './leak-needles.ts';
import { haystackOf } from './leak-places.ts';
import type { Stretch } from './leak-places.ts';
import { foldAccents, nameForms } from './spellings.ts';
import { daysIn } from './written-dates.ts';

export type { LeakKind };

/** What was legitimately written: dates in place of the source's, and what an option of the profile keeps. */
export interface Allowed {
  readonly newDates: ReadonlySet<string>;
  readonly retained: ReadonlySet<string>;
}

/** Folded words of names, by name: the same ten people are in all objects of a study. */
const MEMORY = 5_000;

/**
 * Searches finished objects for what their sources said about patients. Independent of the plan on purpose: it finds what a
 * wrong rule, a wrong offset or a wrong character set left behind.
 */
export class LeakCheck {
  readonly #ordinaryWords: ReadonlySet<string>;
  readonly #maker: NeedleMaker;
  #words = new Map<string, readonly string[]>();

  /** @param ordinaryWords names that are ordinary terms as well: not searched alone, only within a whole name */
  constructor(ordinaryWords: readonly string[]) {
    this.#ordinaryWords = new Set(ordinaryWords.map((word) => word.toLowerCase()));
    this.#maker = new NeedleMaker(this.#ordinaryWords);
  }

  searchFor(evidence: Evidence): LeakSearch {
    return new LeakSearch(this.#maker.needlesOf(evidence), evidence.dates, () => this.#namesIn(evidence));
  }

  #namesIn(evidence: Evidence): ReadonlySet<string> {
    const names = new Set<string>();
    for (const name of [...evidence.patientNames, ...evidence.otherNames])
      for (const word of this.#wordsOf(name)) names.add(word);
    return names;
  }

  #wordsOf(name: string): readonly string[] {
    const known = this.#words.get(name);
    if (known !== undefined) return known;
    const words = nameForms(name).parts.map(foldAccents);
    const made = words.filter((word) => !this.#ordinaryWords.has(word));
    if (this.#words.size >= MEMORY) this.#words = new Map();
    this.#words.set(name, made);
    return made;
  }
}

/** The identifiers of one source, ready to be looked for. */
export class LeakSearch {
  readonly #all: ByteSearch<LeakNeedle>;
  readonly #long: ByteSearch<LeakNeedle>;
  readonly #dates: ReadonlySet<string>;
  readonly #namesIn: () => ReadonlySet<string>;
  #names: ReadonlySet<string> | undefined;

  constructor(needles: readonly LeakNeedle[], dates: ReadonlySet<string>, namesIn: () => ReadonlySet<string>) {
    this.#dates = dates;
    this.#all = new ByteSearch(needles);
    this.#long = new ByteSearch(needles.filter(({ anywhere }) => anywhere));
    this.#namesIn = namesIn;
  }

  /** Whether a folded word is part of somebody's name in the source. */
  isPersonal(word: string): boolean {
    this.#names ??= this.#namesIn();
    return this.#names.has(word);
  }

  /** Whether a text that is about to be written holds an identifier. */
  holds(text: string): boolean {
    const bytes = Buffer.from(text, 'utf8');
    return this.holdsIn(bytes, { start: 0, end: bytes.length });
  }

  /** Whether a value of the source, taken as it is, holds an identifier. */
  holdsIn(bytes: Buffer, value: Stretch): boolean {
    return this.#inText(bytes, value, NOTHING) !== undefined;
  }

  /**
   * @param output the finished object, read again
   * @returns the kind of the first identifier found in any of its bytes, or undefined
   */
  findIn(output: Dataset, allowed: Allowed): LeakKind | undefined {
    const { bytes, values, rest, unpacked } = haystackOf(output);
    for (const value of values) {
      const found = this.#inText(bytes, value, allowed);
      if (found !== undefined) return found;
    }
    for (const text of unpacked) {
      const found = this.#inText(text, { start: 0, end: text.length }, allowed);
      if (found !== undefined) return found;
    }
    for (const stretch of rest) {
      const found = this.#long.find(bytes, stretch, (needle) => !isAllowed(needle, allowed));
      if (found !== undefined) return found.kind;
    }
    return undefined;
  }

  /** At the edges of words, since a header's bytes beside a value look like letters (group 0054 begins with a T). */
  #inText(bytes: Buffer, { start, end }: Stretch, allowed: Allowed): LeakKind | undefined {
    const found = this.#all.find(bytes, { start, end }, (needle, at) => {
      if (isAllowed(needle, allowed)) return false;
      return !needle.atEdges || needle.anywhere || hasEdges(needle, at, bytes, { start, end });
    });
    return found?.kind ?? this.#writtenDate(bytes, { start, end }, allowed);
  }

  #writtenDate(bytes: Buffer, { start, end }: Stretch, { newDates }: Allowed): LeakKind | undefined {
    if (this.#dates.size === 0 || end - start > MAX_READ || end - start < MIN_WRITTEN_DATE) return undefined;
    const days = daysIn(bytes.toString('latin1', start, end));
    return days.some((day) => this.#dates.has(day) && !newDates.has(day)) ? 'date' : undefined;
  }
}

/** Longer values are tables and pictures; `1-2-19` is the shortest date. */
const MAX_READ = 65_536;
const MIN_WRITTEN_DATE = 6;

const NOTHING: Allowed = { newDates: new Set(), retained: new Set() };

function isAllowed({ kind, source }: LeakNeedle, { newDates, retained }: Allowed): boolean {
  return kind === 'date' ? newDates.has(source) : retained.has(source);
}

const POINT = 0x2e;

/** A hit counts at a word's edges only; a date also where a time of day follows it. */
function hasEdges({ text, kind }: LeakNeedle, at: number, bytes: Uint8Array, { start, end }: Stretch): boolean {
  const after = at + text.length;
  const next = after < end ? bytes[after] : undefined;
  if (isWordByte(text.charCodeAt(0)) && !startsWord(bytes, at, start)) return false;
  return kind === 'date' || !isWordByte(text.charCodeAt(text.length - 1)) || !isWordByte(next);
}

function startsWord(bytes: Uint8Array, at: number, start: number): boolean {
  const before = at > start ? bytes[at - 1] : undefined;
  // Digits after a decimal point are a figure.
  if (before === POINT && isDigit(bytes[at]) && at - 2 >= start && isDigit(bytes[at - 2])) return false;
  return !isWordByte(before);
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
