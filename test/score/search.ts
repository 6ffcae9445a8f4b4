// Are any of the planted things left in these bytes? Every byte is looked at, in every encoding a text may have, and what is
// found is a planted token, so that no rule is needed about what looks like an identifier.
import { encodeWith, SEARCHED_LABELS } from './charsets.ts';
import { CANARY_LETTERS } from './canary.ts';

const RUN = new RegExp(`[a-z]{${CANARY_LETTERS},}`, 'g');
const BASE64 = /[A-Za-z0-9+/]{12,}/g;
/** Letters with a zero between them: UTF-16 of either order. */
const WIDE = new RegExp(`(?:[A-Za-z]\\0){${CANARY_LETTERS - 1},}[A-Za-z]?`, 'g');

const fold = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

/** What can be read in a carrier: made once, asked for every token. */
export class Haystack {
  readonly #bytes: readonly Buffer[];
  readonly #latin: readonly string[];
  /** All windows of letters that are as long as a canary. */
  readonly #words = new Set<string>();
  /** Runs of digits with separators and leading zeros left out. */
  readonly #digits = new Set<string>();

  /** @param values values on their own, because the byte behind one may be a digit of the next header */
  constructor(carriers: readonly Buffer[], values: readonly Buffer[] = []) {
    this.#bytes = carriers;
    this.#latin = carriers.map((one) => one.toString('latin1'));
    for (const [index, latin] of this.#latin.entries()) {
      this.#addWords(latin.toLowerCase());
      if (/[\x80-\xff]/.test(latin)) this.#addWords(fold((carriers[index] ?? Buffer.alloc(0)).toString('utf8')));
      for (const wide of latin.match(WIDE) ?? []) this.#addWords(wide.replaceAll('\0', '').toLowerCase());
      for (const packed of latin.match(BASE64) ?? []) this.#addBase64(packed);
      this.#addDigits(latin);
    }
    for (const value of values) this.#addDigits(value.toString('latin1'));
  }

  #addWords(text: string): void {
    for (const run of text.match(RUN) ?? [])
      for (let at = 0; at + CANARY_LETTERS <= run.length; at += 1) this.#words.add(run.slice(at, at + CANARY_LETTERS));
  }

  /** Base64 may start at any of four places of a run of its letters. */
  #addBase64(packed: string): void {
    for (let start = 0; start < 4; start += 1)
      this.#addWords(Buffer.from(packed.slice(start), 'base64').toString('latin1').toLowerCase());
  }

  #addDigits(latin: string): void {
    const add = (run: string): void => void this.#digits.add(run.replaceAll(/\D/g, '').replace(/^0+/, ''));
    for (const run of latin.match(/\d+/g) ?? []) add(run);
    for (const run of latin.match(/\d[\d ()/-]{6,}\d/g) ?? []) add(run);
  }

  hasWord(token: string): boolean {
    return this.#words.has(fold(token));
  }

  hasDigits(token: string): boolean {
    return this.#digits.has(token.replace(/^0+/, ''));
  }

  hasRaw(token: string): boolean {
    return this.#latin.some((text) => text.includes(token));
  }

  /** Not as the beginning of a longer UID: that is another one. */
  hasUid(uid: string): boolean {
    return this.#latin.some((text) => {
      for (let at = text.indexOf(uid); at >= 0; at = text.indexOf(uid, at + 1))
        if (text[at + uid.length] !== '.') return true;
      return false;
    });
  }

  /** In every code table that has the characters, as written and in the other case. */
  hasScript(token: string): boolean {
    const forms = [...new Set([token, token.toUpperCase(), token.toLowerCase(), token.normalize('NFKC')])];
    return forms.some((form) =>
      SEARCHED_LABELS.some((label) => {
        const pattern = encodeWith(form, label);
        return pattern !== undefined && pattern.length >= 4 && this.#bytes.some((one) => one.includes(pattern));
      }),
    );
  }
}

/** Whether a name of people (not a canary) stands in one of these texts as a word of its own, accents and case apart. */
export function nameIn(texts: readonly string[], name: string): boolean {
  const word = fold(name).replaceAll(/[^\p{L}\p{N}' -]/gu, '');
  const escaped = word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'u');
  return texts.some((text) => pattern.test(fold(text)));
}

/** Words of eight bits a letter in bits 12 to 15 of sixteen-bit pixels. */
export function highBits(pixels: Buffer): string {
  let bits = '';
  for (let at = 1; at < pixels.length && bits.length < 4096; at += 2)
    bits += ((pixels[at] ?? 0) & 0x80) === 0 ? '0' : '1';
  return (bits.match(/.{8}/g) ?? []).map((byte) => String.fromCharCode(parseInt(byte, 2))).join('');
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** Forms in which people write a day. */
export function dateForms(date: string): readonly string[] {
  const [, year = '', month = '', day = ''] = /^(\d{4})(\d\d)(\d\d)/.exec(date) ?? [];
  const name = MONTHS[Number(month) - 1] ?? '';
  const short = name.slice(0, 3);
  const plain = String(Number(day));
  return [
    date,
    `${year}-${month}-${day}`,
    `${day}.${month}.${year}`,
    `${month}/${day}/${year}`,
    `${day}/${month}/${year}`,
    `${year}/${month}/${day}`,
    `${day} ${name} ${year}`,
    `${name} ${plain}, ${year}`,
    `${day}-${short}-${year}`,
    `${day}${short.toUpperCase()}${year}`,
  ];
}
