import { VOCABULARY } from './data/vocabulary.ts';
import { foldAccents } from './spellings.ts';
import { PATTERNS } from './text-patterns.ts';

/** Words, figures and what lies between them. */
const TOKEN = /[\p{L}\p{M}\p{N}]+(?:\.\p{N}+)?|[^\p{L}\p{M}\p{N}]+/gu;
const IS_WORD = /^[\p{L}\p{M}\p{N}]/u;
/** A cut between two words: no letter, so that nothing is joined over it. */
const CUT = '\u0001';

/** Terms of imaging that are written with figures: vertebrae, b-values, sizes, field strengths, matrix, dimensions. */
const TERM =
  /^(?:[ctls]\d{1,2}|b\d{1,4}|t[12]\w?|[234]d|\d{1,4}(?:\.\d{1,3})?(?:mm|cm|s|sec|ms|kv|kvp|mas|ml|mg|cc|t|hz|khz|mhz|min|w|x)|\d{2,4}x\d{2,4})$/;
/** Figures and single letters say something only beside words, and are parts of dates, numbers and initials elsewhere. */
const SMALL = /^(?:\d{1,2}(?:\.\d{1,3})?|\p{L})$/u;
const YEARS = /^(?:y|yo|yr|yrs|year|years)$/;
/** Marks that may stand between words that stay; all others become a space. */
const NO_MARK = /[^ /\-+&,().:;*_^<>=%\n[\]]/gu;
const REMOVED = '[removed]';
const MEMORY = 2_000;

/** A piece of a text that was understood. `word` is what is compared with the patient's names, folded. */
interface Piece {
  readonly text: string;
  readonly word?: string;
}

/** How a text comes out: `short` descriptors without a trace, `prose` with a mark where something went. */
export type DescriptorForm = 'short' | 'prose';

/**
 * Clean Descriptors (PS3.15 E.3.5): what stays of a text are the words of the vocabulary and terms of imaging. Everything else is
 * dropped, whatever it is: a name that nobody knows of is not understood, so it goes. Dates, numbers, addresses and names
 * behind a title go first by their form, since their words may be understood one by one (`Dr Long`).
 */
export class DescriptorCleaner {
  readonly #words: ReadonlySet<string>;
  #understood = new Map<string, readonly Piece[]>();

  /** @param words of the profile, added to the vocabulary */
  constructor(words: readonly string[]) {
    this.#words = new Set(words);
  }

  /**
   * @param isPersonal whether a folded word is part of a name in the same object
   * @returns the text that may stay; empty where nothing was understood
   */
  clean(text: string, form: DescriptorForm, isPersonal: (word: string) => boolean): string {
    const pieces = this.#piecesOf(text);
    if (!pieces.some(({ word }) => word !== undefined && !isPersonal(word))) return '';
    const mark = form === 'prose' ? REMOVED : ' ';
    const joined = pieces
      .map((piece) => (piece.text === CUT || (piece.word !== undefined && isPersonal(piece.word)) ? CUT : piece.text))
      .join('');
    return tidy(joined, mark);
  }

  #piecesOf(text: string): readonly Piece[] {
    const known = this.#understood.get(text);
    if (known !== undefined) return known;
    const pieces = this.#understand(text);
    if (this.#understood.size >= MEMORY) this.#understood = new Map();
    this.#understood.set(text, pieces);
    return pieces;
  }

  #understand(text: string): readonly Piece[] {
    const cut = PATTERNS.reduce((rest, { pattern }) => rest.replace(pattern, CUT), text.normalize('NFC'));
    const tokens = cut.match(TOKEN) ?? [];
    const pieces = tokens.map((token, index) => this.#piece(token, tokens[index + 2]));
    return pieces.map((piece, index) => (isStray(pieces, index) ? { text: CUT } : piece));
  }

  #piece(token: string, next: string | undefined): Piece {
    if (!IS_WORD.test(token)) return { text: token.includes(CUT) ? CUT : token.replace(NO_MARK, ' ') };
    const word = foldAccents(token);
    // Ages over 89 are one class (45 CFR 164.514(b)(2)(i)(C)).
    if (/^(?:9\d|1\d\d)$/.test(word) && YEARS.test((next ?? '').toLowerCase())) return { text: CUT };
    if (VOCABULARY.has(word) || this.#words.has(word) || TERM.test(word)) return { text: token, word };
    return { text: SMALL.test(word) ? token : CUT };
  }
}

/** Whether a figure or a single letter stands beside something that was cut, or beside another one. */
function isStray(pieces: readonly Piece[], index: number): boolean {
  const piece = pieces[index];
  if (piece === undefined || piece.word !== undefined || !IS_WORD.test(piece.text)) return false;
  return [-1, 1].some((step) => {
    const between = pieces[index + step];
    if (between === undefined) return false;
    const beyond = pieces[index + 2 * step];
    return between.text === CUT || (beyond !== undefined && beyond.word === undefined);
  });
}

function tidy(text: string, mark: string): string {
  const cuts = new RegExp(`[ ,;:&/+_^-]*${CUT}(?:[^\\p{L}\\p{M}\\p{N}]*${CUT})*[ ,;:&/+_^-]*`, 'gu');
  const marked = text.replace(cuts, mark === ' ' ? ' ' : ` ${mark} `);
  return marked
    .replace(/\(\s*\)|\[\s*\]|<\s*>/g, ' ')
    .replace(/ {2,}/g, ' ')
    .replace(/^[\s,;:&/+_^-]+|[\s,;:&/+_^-]+$/g, '');
}
