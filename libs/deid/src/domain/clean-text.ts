import { searchTerms } from './identifiers.ts';
import type { SearchTerms } from './identifiers.ts';
import { foldAccents } from './spellings.ts';
import { PATTERNS } from './text-patterns.ts';

export const REMOVED = '[removed]';

/** Name words that are everyday words as well: written in lower case they stay (`gray matter` of a Mrs Gray). */
const EVERYDAY = new Set(
  (
    'gray grey white brown black green young long short small large old day may way well wood woods hill stone field rose park ' +
    'price page rich king head hand foot bone heart chest brain lung back hip arm leg knee neck skin blood cross banks bond burn ' +
    'cook fox bell ball case lane mark bill will rob art grace faith hope joy pat sue ray max jack kim lee low high new good best'
  ).split(' '),
);

/** A text folded letter by letter, with the place each folded letter came from. */
interface Folded {
  readonly text: string;
  readonly origins: readonly number[];
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Cleans free text of one patient. Terms are expanded once and serve every text of the patient's row. */
export class TextCleaner {
  readonly #terms: SearchTerms;

  constructor(identifiers: readonly string[]) {
    this.#terms = searchTerms(identifiers);
  }

  /** Removes the patient's identifiers in any spelling, and whatever looks like a date, number, address or name of a person. */
  clean(text: string): string {
    const normal = text.normalize('NFC');
    return this.#clean(normal, [...this.#terms.phrases, ...this.#terms.nameWords]);
  }

  /** For coded values: whole identifiers only, since `Parkinson` there is a disease even of a Mr Parkinson. */
  cleanCoded(text: string): string {
    return this.#clean(text.normalize('NFC'), [...this.#terms.phrases]);
  }

  #clean(text: string, terms: readonly string[]): string {
    if (text === '') return text;
    const folded = fold(text);
    const spans = terms.flatMap((term) => occurrencesOf(term, folded, text, this.#terms.nameWords.has(term)));
    return redactPatterns(cut(text, spans));
  }
}

function redactPatterns(text: string): string {
  const redacted = PATTERNS.reduce((cleaned, { pattern, replacement }) => cleaned.replace(pattern, replacement), text);
  return redacted.replace(/\[removed\](?:[\s,;:.-]*\[removed\])+/g, REMOVED);
}

function fold(text: string): Folded {
  const origins: number[] = [];
  let folded = '';
  let at = 0;
  for (const letter of text) {
    const low = foldAccents(letter);
    for (let index = 0; index < low.length; index++) origins.push(at);
    folded += low;
    at += letter.length;
  }
  origins.push(at);
  return { text: folded, origins };
}

const LETTER = /[\p{L}\p{N}]/u;
/** Scripts that write no spaces between words: a name there has no edges. */
const UNSPACED = /[\u0E00-\u0EFF\u3040-\u30FF\u3400-\u9FFF\uF900-\uFAFF]/u;

function occurrencesOf(term: string, folded: Folded, original: string, isNameWord: boolean): Span[] {
  const spans: Span[] = [];
  if (term === '') return spans;
  for (let at = folded.text.indexOf(term); at !== -1; at = folded.text.indexOf(term, at + 1)) {
    const span = spanOf(folded, at, term.length, original);
    if (!UNSPACED.test(term) && !hasEdges(folded.text, at, term.length)) continue;
    const written = original.slice(span.start, span.end);
    if (isNameWord && EVERYDAY.has(term) && written === written.toLowerCase()) continue;
    spans.push(span);
  }
  return spans;
}

function hasEdges(text: string, at: number, length: number): boolean {
  return !LETTER.test(text[at - 1] ?? ' ') && !LETTER.test(text[at + length] ?? ' ');
}

/** Where a folded stretch lies in the original, whole letters only: `ss` may be one ß. */
function spanOf({ origins }: Folded, at: number, length: number, original: string): Span {
  const start = origins[at] ?? 0;
  let end = at + length;
  while (end < origins.length && origins[end] === origins[end - 1]) end++;
  return { start, end: origins[end] ?? original.length };
}

function cut(text: string, spans: readonly Span[]): string {
  const sorted = spans.toSorted((a, b) => a.start - b.start || b.end - a.end);
  let cleaned = '';
  let from = 0;
  for (const { start, end } of sorted) {
    if (end <= from) continue;
    if (start >= from) cleaned += text.slice(from, start) + REMOVED;
    from = end;
  }
  return cleaned + text.slice(from);
}
