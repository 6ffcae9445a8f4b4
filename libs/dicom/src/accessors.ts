import { decodeText } from './adapters/character-set.ts';
import { dictionaryEntry } from './domain/dictionary.ts';
import { numbersIn } from './domain/numbers.ts';
import { withoutPadding } from './domain/padding.ts';
import { TAG } from './domain/tags.ts';
import type { RewriteContext } from './domain/rewrite-types.ts';
import { VR_TRAITS } from './domain/vr.ts';
import type { ByteRange, Dataset, Element, Item, Tag, Vr } from './domain/types.ts';

type ElementHolder = Pick<Item, 'elements'>;

/** @returns the first element of a tag at the top of a data set or item; sequences are not searched. */
export function findElement(holder: ElementHolder, tag: Tag): Element | undefined {
  return holder.elements.find((element) => element.tag === tag);
}

/** @returns the raw value as a view of the data set's bytes, padding included; for a sequence, its items. */
export function bytesOf(dataset: Dataset, element: Element): Buffer {
  return dataset.bytes.subarray(element.valueStart, element.valueEnd);
}

/**
 * The value as text, several values joined by a backslash, padding removed. Decoded by the Specific Character Set in
 * force where the element lies (inside an item that has its own, by that), unless `charsets` says otherwise.
 */
export function textOf(dataset: Dataset, element: Element, charsets?: readonly string[]): string {
  return withoutPadding(decodeElement(dataset, element, charsets));
}

function decodeElement(dataset: Dataset, element: Element, charsets?: readonly string[]): string {
  const bytes = bytesOf(dataset, element);
  const vr = valueVr(element);
  // Only these VRs follow Specific Character Set; UN and bytes may hold text all the same.
  if (VR_TRAITS[vr].kind === 'ascii') return bytes.toString('latin1');
  return decodeText(bytes, charsets ?? charsetsOf(dataset, element), vr);
}

/** UN of a standard tag has the dictionary's VR, little endian (PS3.5 6.2.2 note 2). */
export function valueVr(element: Element): Vr {
  if (element.vr !== 'UN' || element.items !== undefined) return element.vr;
  return dictionaryEntry(element.tag)?.vr ?? 'UN';
}

/**
 * The single values of an element as text, each trimmed; of a tag, searched at the top level (empty when absent).
 * Split after decoding, because a backslash byte may be half a character in GB18030 or Shift JIS.
 */
export function stringsOf(dataset: Dataset, which: Tag | Element, charsets?: readonly string[]): readonly string[] {
  const element = resolve(dataset, which);
  if (element === undefined || element.valueStart === element.valueEnd) return [];
  const text = textOf(dataset, element, charsets);
  // In ST, LT, UT and UR a backslash is a character and leading spaces are text.
  if (!VR_TRAITS[valueVr(element)].multiValued) return [text];
  return text.split('\\').map((value) => withoutPadding(value).trim());
}

/**
 * The numbers of an element (US SS UL SL FL FD AT SV UV, words of OW OL OV OF OD, IS and DS), or of a tag at the top
 * level; empty when absent. NaN for an IS or DS value that is no number or is empty, and for a 64-bit integer that a
 * double cannot hold.
 */
export function numbersOf(dataset: Dataset, which: Tag | Element): readonly number[] {
  const element = resolve(dataset, which);
  if (element === undefined) return [];
  const vr = valueVr(element);
  if (vr === 'IS' || vr === 'DS') return stringsOf(dataset, element).map(toNumber);
  return numbersIn(bytesOf(dataset, element), vr, littleEndianAt(dataset, element));
}

/** What is UN, and all that lies in it, is little endian in any file (PS3.5 6.2.2 note 2). */
export function littleEndianAt(dataset: Dataset, element: Element): boolean {
  if (dataset.encoding.littleEndian || element.vr === 'UN') return true;
  let elements = dataset.elements;
  for (let item = itemAround(elements, element); item !== undefined; item = itemAround(elements, element)) {
    if (lastNotAfter(elements, element.start)?.vr === 'UN') return true;
    elements = item.elements;
  }
  return false;
}

/** Number('') is 0, which would be a figure nobody wrote; hexadecimal and the like are no DS either. */
function toNumber(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : NaN;
}

function resolve(dataset: Dataset, which: Tag | Element): Element | undefined {
  return typeof which === 'number' ? findElement(dataset, which) : which;
}

/** Specific Character Set in force at the items a path leads through, outermost first; [] is the default repertoire. */
export function charsetsAt(dataset: Dataset, path: RewriteContext['parents']): readonly string[] {
  let charsets = charsetsWithin(dataset, dataset, []);
  let holder: ElementHolder | undefined = dataset;
  for (const { tag, item } of path) {
    holder = findElement(holder, tag)?.items?.[item];
    if (holder === undefined) break;
    charsets = charsetsWithin(dataset, holder, charsets);
  }
  return charsets;
}

/** Specific Character Set of a data set or item: its own (0008,0005), else what was in force above it. */
export function charsetsWithin(
  dataset: Dataset,
  holder: ElementHolder,
  inherited: readonly string[],
): readonly string[] {
  return statedCharsets(dataset, holder) ?? inherited;
}

/** More is no Specific Character Set: each text of the object would have to go through all of its terms. */
const MAX_CHARSET_BYTES = 1024;
/** By level: a level without (0008,0005) would else be searched to its end for each text in it, 16 s for 40,000 elements. */
const charsetsOfLevel = new WeakMap<readonly Element[], readonly string[] | null>();

function statedCharsets(dataset: Dataset, holder: ElementHolder): readonly string[] | null {
  const known = charsetsOfLevel.get(holder.elements);
  if (known !== undefined) return known;
  const own = findElement(holder, TAG.SpecificCharacterSet);
  const stated = own === undefined ? null : termsOf(bytesOf(dataset, own).subarray(0, MAX_CHARSET_BYTES));
  charsetsOfLevel.set(holder.elements, stated);
  return stated;
}

function termsOf(value: Buffer): readonly string[] {
  const values = value.toString('latin1').split('\\');
  return values.map((term) => withoutPadding(term).trim());
}

/** Specific Character Set in force for an element, found by where its bytes lie. */
function charsetsOf(dataset: Dataset, element: Element): readonly string[] {
  let charsets = charsetsWithin(dataset, dataset, []);
  let holder = itemAround(dataset.elements, element);
  while (holder !== undefined) {
    charsets = charsetsWithin(dataset, holder, charsets);
    holder = itemAround(holder.elements, element);
  }
  return charsets;
}

function itemAround(elements: readonly Element[], inner: Element): Item | undefined {
  const item = lastNotAfter(lastNotAfter(elements, inner.start)?.items ?? [], inner.start);
  return item !== undefined && inner.start < item.end ? item : undefined;
}

/** Ranges of one level lie in file order: halving keeps a text access cheap in objects of 300,000 elements. */
function lastNotAfter<Range extends ByteRange>(ranges: readonly Range[], offset: number): Range | undefined {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle]?.start ?? Infinity) <= offset) low = middle + 1;
    else high = middle;
  }
  return ranges[low - 1];
}
