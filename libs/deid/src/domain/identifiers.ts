import type { Evidence } from './evidence.ts';
import { dayOf } from './dates.ts';
import { dateForms, foldAccents, idForms, nameForms, spellingsOf } from './spellings.ts';

/**
 * Identifiers as plain strings, which is how they are handed about: a name has a caret (PN of PS3.5 6.2; `Smith^` for a
 * single one), a date is YYYYMMDD, anything else is a number, address or place.
 */
export function identifiersOf(evidence: Evidence): readonly string[] {
  const names = [...evidence.patientNames, ...evidence.otherNames].map(asName);
  return [...new Set([...names, ...evidence.ids, ...evidence.phrases, ...evidence.dates, ...evidence.uids])];
}

/** @returns the value marked as a name: `Smith, John` and `Smith^John` alike. */
export function asName(value: string): string {
  if (/[\^=]/.test(value)) return value;
  const [family = '', given = ''] = value.split(/,\s*/);
  return `${family}^${given}`;
}

/** What to search a text for, folded (lower case, no accents). */
export interface SearchTerms {
  /** Found anywhere at word edges. */
  readonly phrases: ReadonlySet<string>;
  /** Single words of names. */
  readonly nameWords: ReadonlySet<string>;
}

/** Characters below which a place is no place (`ER`, `No 9`). */
const MIN_PLACE = 5;

/** Expands identifiers into every spelling they are searched in. */
export function searchTerms(identifiers: readonly string[]): SearchTerms {
  const phrases = new Set<string>();
  const nameWords = new Set<string>();
  for (const identifier of new Set(identifiers)) {
    if (/[\^=]/.test(identifier)) addName(identifier, phrases, nameWords);
    else if (/^\d{8}$/.test(identifier) && dayOf(identifier) !== undefined)
      dateForms(identifier).forEach((form) => phrases.add(form));
    else if (/\d/.test(identifier)) [...idForms(identifier)].forEach((form) => addSpellings(form, phrases));
    else if (identifier.length >= MIN_PLACE) addSpellings(identifier, phrases);
  }
  return { phrases, nameWords };
}

function addName(name: string, phrases: Set<string>, nameWords: Set<string>): void {
  const { parts, wholes } = nameForms(name);
  for (const whole of wholes) addSpellings(whole, phrases);
  for (const part of parts) addSpellings(part, /\s/u.test(part) ? phrases : nameWords);
}

/** Also with the written-out umlauts taken back (`Roessler` → `rossler`), which is how a folded `Rössler` reads. */
function addSpellings(text: string, into: Set<string>): void {
  for (const spelling of spellingsOf(text)) {
    const folded = foldAccents(spelling);
    into.add(folded);
    into.add(folded.replace(/(a|o|u)e/g, '$1'));
  }
}
