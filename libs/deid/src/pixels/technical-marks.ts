import { z } from 'zod';
import { foldAccents } from '../domain/spellings.ts';

/** `governance/pixel-cleaning/technical-marks.yaml`. */
export const technicalMarksSchema = z.strictObject({
  version: z.int().positive(),
  position: z.array(z.string().min(1)),
  value: z.array(z.string().min(1)),
  bareDigits: z.int().min(1).max(4),
});

/** Lines that say how a picture was made and nothing else. */
export class TechnicalMarks {
  readonly #words: ReadonlySet<string>;
  readonly #bareDigits: number;

  constructor({ position, value, bareDigits }: z.infer<typeof technicalMarksSchema>) {
    this.#words = new Set([...position, ...value].map((word) => word.toLowerCase()));
    this.#bareDigits = bareDigits;
  }

  /** Whether every word of a line is listed, or a number of few digits. An empty line says nothing. */
  covers(text: string): boolean {
    // A date or a time has separators between its figures that no technical value has.
    // The recogniser puts spaces where there are none: `13 -OCT -20 22`.
    if (/\d[/-]|\/\d|\d:\d{2}|\d\.\d+\./.test(text.replace(/\s/g, ''))) return false;
    const words = wordsOf(text);
    if (words.length === 0) return false;
    // `12 05 13` is a date as well: every figure needs a name, but for one.
    const figures = words.filter((word) => /^\d+$/.test(word)).length;
    if (figures > words.length - figures + 1) return false;
    // The recogniser splits words: `PO RTABLE`.
    return (
      words.every((word) => this.#isTechnical(word)) || this.#isListed(words.join('')) || this.#isTwo(words.join(''))
    );
  }

  /** With one letter wrong, missing or too much in a word of length: `SUPIN`. */
  #isListed(word: string): boolean {
    if (this.#words.has(word)) return true;
    if (word.length < MIN_LENGTH_WITH_ERROR || /\d/.test(word)) return false;
    return [...this.#words].some((listed) => listed.length >= MIN_LENGTH_WITH_ERROR && differsByOne(word, listed));
  }

  /** Two listed words without the space between them, one of them of length: `APSUPINE`. */
  #isTwo(word: string): boolean {
    return Array.from(word, (_, at) => at).some((at) => {
      const [first, second] = [word.slice(0, at), word.slice(at)];
      const long = Math.max(first.length, second.length) >= MIN_LENGTH_WITH_ERROR;
      return long && Math.min(first.length, second.length) >= 2 && this.#words.has(first) && this.#isListed(second);
    });
  }

  #isTechnical(word: string): boolean {
    if (this.#isListed(word)) return true;
    // Figures and names run together, as in `W350L40`.
    const runs = word.match(/\d+|\D+/g) ?? [];
    return (
      /\d/.test(word) && runs.every((run) => (/\d/.test(run) ? run.length <= this.#bareDigits : this.#words.has(run)))
    );
  }
}

const MIN_LENGTH_WITH_ERROR = 5;

/** One letter changed, added or left out. */
function differsByOne(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  if (long.length - short.length > 1) return false;
  let at = 0;
  while (at < short.length && short[at] === long[at]) at++;
  const rest = long.length === short.length ? short.slice(at + 1) : short.slice(at);
  return rest === long.slice(at + 1);
}

/** Words in lower case without accents; a decimal number is one word of its whole part. */
export function wordsOf(text: string): readonly string[] {
  const plain = foldAccents(text)
    .toLowerCase()
    .replace(/(\d)[.,]\d{1,3}(?!\d)/g, '$1');
  return plain.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
}
