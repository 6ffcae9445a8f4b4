import type { Evidence } from '../domain/evidence.ts';
import { idForms, nameForms } from '../domain/spellings.ts';
import { wordsOf } from './technical-marks.ts';

/** Shorter words would be found in anything that is read wrongly. */
const MIN_LENGTH = 4;
/** Words from this length on may be read with errors: one for each so many characters. */
const MIN_LENGTH_WITH_ERRORS = 6;
const CHARACTERS_AN_ERROR = 5;

/** What the object's own header says about its patient, sought in what was read in the picture, with reading errors. */
export class KnownWords {
  readonly #words: readonly string[];

  constructor({ patientNames, otherNames, ids, phrases }: Evidence) {
    const names = [...patientNames, ...otherNames].flatMap((name) => nameForms(name).parts);
    const texts = [...names, ...[...ids].flatMap((id) => [...idForms(id)]), ...phrases];
    this.#words = [...new Set(texts.map(squeezed))].filter((word) => word.length >= MIN_LENGTH);
  }

  occurIn(text: string): boolean {
    const read = squeezed(text);
    return read.length >= MIN_LENGTH && this.#words.some((word) => isIn(word, read));
  }
}

const squeezed = (text: string): string => wordsOf(text).join('');

/** Least edits that make the word out of some part of the text (Sellers 1980), against what its length allows. */
function isIn(word: string, text: string): boolean {
  if (text.includes(word)) return true;
  const allowed = Math.floor(word.length / CHARACTERS_AN_ERROR);
  if (word.length < MIN_LENGTH_WITH_ERRORS || word.length > 64 || text.length > 200) return false;
  let before = new Uint8Array(text.length + 1);
  for (let i = 1; i <= word.length; i++) {
    const row = new Uint8Array(text.length + 1);
    row[0] = i;
    for (let j = 1; j <= text.length; j++) {
      const change = (before[j - 1] ?? 0) + (word[i - 1] === text[j - 1] ? 0 : 1);
      row[j] = Math.min(change, (before[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
    }
    before = row;
  }
  return Math.min(...before) <= allowed;
}
