import { dictionaryEntry, implicitVr, isSignDependent } from './dictionary.ts';
import { ReadFault } from './read-fault.ts';
import { groupOf, isGroupLength, TAG, UNDEFINED_LENGTH } from './tags.ts';
import { TagOrder } from './tag-order.ts';
import { looksLikeVr, VR_TRAITS, vrOfCode } from './vr.ts';
import type { ByteRange, Element, Finding, Item, ReadLimits, Tag, Vr } from './types.ts';

/** How elements of one place are encoded, and how far they may reach. */
interface Level {
  readonly explicitVr: boolean;
  readonly littleEndian: boolean;
  /** Nothing here may reach beyond this offset. */
  readonly end: number;
  readonly depth: number;
  /** Ends with an item delimitation item instead of at `end`. */
  readonly delimited: boolean;
  /** Pixel Representation in force is 1 (decides "US or SS" with implicit VR). */
  signed: boolean;
}

interface Header {
  readonly tag: Tag;
  readonly vr: Vr;
  readonly length: number;
  readonly valueStart: number;
}

export interface ElementRun {
  readonly elements: Element[];
  /** One past the last byte of the run, a delimiter included. */
  readonly end: number;
}

const ITEM_HEADER_BYTES = 8;
const SHORT_HEADER_BYTES = 8;
const LONG_HEADER_BYTES = 12;

/**
 * Turns bytes into elements so that every byte of a run lies in exactly one of them (PS3.5 section 7). Values are never
 * copied or interpreted. A length that leaves its place is a fault, never followed.
 */
export class Tokeniser {
  readonly #bytes: Buffer;
  readonly #limits: ReadLimits;
  readonly #findings: Finding[];
  #elementCount = 0;
  #itemCount = 0;

  constructor(bytes: Buffer, limits: ReadLimits, findings: Finding[]) {
    this.#bytes = bytes;
    this.#limits = limits;
    this.#findings = findings;
  }

  /** Group 0002 at `start`, always explicit VR little endian (PS3.10 7.1); empty where the first tag is of another group. */
  readMeta(start: number): ElementRun {
    const level = this.#topLevel(true, true);
    const elements: Element[] = [];
    const order = new TagOrder(this.#findings);
    let position = start;
    while (position + SHORT_HEADER_BYTES <= level.end && this.#bytes.readUInt16LE(position) === 0x0002) {
      const element = this.#readElement(position, level);
      order.note(element);
      elements.push(element);
      position = element.end;
    }
    return { elements, end: position };
  }

  /**
   * The data set from `start` on; stops where trailing bytes begin, which are noted as a finding, or before the first tag beyond
   * `last` (so that the head of a large object can be read without the rest).
   */
  readDataset(start: number, explicitVr: boolean, littleEndian: boolean, last: Tag = 0xffffffff): ElementRun {
    const level = this.#topLevel(explicitVr, littleEndian);
    const elements: Element[] = [];
    const order = new TagOrder(this.#findings);
    let position = start;
    while (position < level.end) {
      if (this.#isTrailing(position, level, elements.at(-1))) {
        this.#findings.push({ code: 'trailing-bytes', offset: position });
        break;
      }
      if (position + 4 <= level.end && this.#tagAt(position, level) > last) break;
      const element = this.#readElement(position, level);
      order.note(element);
      elements.push(element);
      position = element.end;
    }
    return { elements: settleSigns(elements, level), end: position };
  }

  #topLevel(explicitVr: boolean, littleEndian: boolean): Level {
    return { explicitVr, littleEndian, end: this.#bytes.length, depth: 0, delimited: false, signed: false };
  }

  /**
   * Trailing bytes are taken for such only where no image can be lost in them: Data Set Trailing Padding, less than
   * a header of zeros, or what comes after Pixel Data and is no element that fits. Anywhere else such bytes are a fault.
   */
  #isTrailing(position: number, level: Level, last: Element | undefined): boolean {
    if (last !== undefined && groupOf(last.tag) >= 0x7fe0 && !this.#isElement(position, level, last)) return true;
    if (position + SHORT_HEADER_BYTES > level.end && this.#restIsZero(position)) return true;
    return position + 4 <= level.end && this.#tagAt(position, level) === TAG.DataSetTrailingPadding;
  }

  /** After Pixel Data: a header with a valid VR whose tag ascends, or whose value at least fits. */
  #isElement(position: number, level: Level, last: Element): boolean {
    if (position + SHORT_HEADER_BYTES > level.end) return false;
    const tag = this.#tagAt(position, level);
    if (groupOf(tag) === 0xfffe || groupOf(tag) < 0x0008) return false;
    if (level.explicitVr && vrOfCode(this.#bytes.readUInt16BE(position + 4)) === undefined) return false;
    return tag > last.tag || this.#fits(position, level);
  }

  #fits(position: number, level: Level): boolean {
    try {
      const header = this.#readHeader(position, level);
      return header.length === UNDEFINED_LENGTH || header.valueStart + header.length <= level.end;
    } catch {
      return false;
    }
  }

  #restIsZero(position: number): boolean {
    for (let i = position; i < this.#bytes.length; i++) if (this.#bytes[i] !== 0) return false;
    return true;
  }

  #readElement(position: number, level: Level): Element {
    if (++this.#elementCount > this.#limits.maxElements) throw tooMany('elements', 'maxElements', position);
    const header = this.#readHeader(position, level);
    if (header.tag === 0) throw malformed('Zeros where an element should be', position);
    if (groupOf(header.tag) === 0xfffe) throw malformed('An item or delimiter where an element should be', position);
    if (isGroupLength(header.tag) && groupOf(header.tag) !== 0x0002) {
      this.#findings.push({ code: 'group-length', offset: position, tag: header.tag });
    }
    const element =
      header.length === UNDEFINED_LENGTH
        ? this.#readUndefined(position, header, level)
        : this.#readDefined(position, header, level);
    if (header.tag === TAG.PixelRepresentation) level.signed = this.#isOne(element);
    return element;
  }

  #isOne(element: Element): boolean {
    const { valueStart, valueEnd } = element;
    return (
      valueEnd - valueStart >= 2 && this.#bytes.readUInt8(valueStart) + this.#bytes.readUInt8(valueStart + 1) === 1
    );
  }

  #readHeader(position: number, level: Level): Header {
    this.#require(position, SHORT_HEADER_BYTES, level.end);
    const tag = this.#tagAt(position, level);
    if (level.explicitVr && groupOf(tag) !== 0xfffe) return this.#explicitHeader(position, tag, level);
    const vr = implicitVr(tag, level.signed);
    return { tag, vr, length: this.#uint32(position + 4, level), valueStart: position + SHORT_HEADER_BYTES };
  }

  #explicitHeader(position: number, tag: Tag, level: Level): Header {
    const vr = this.#explicitVr(position, tag);
    if (!VR_TRAITS[vr ?? 'US'].longLength) {
      const length = this.#uint16(position + 6, level);
      return { tag, vr: vr ?? 'UN', length, valueStart: position + SHORT_HEADER_BYTES };
    }
    this.#require(position, LONG_HEADER_BYTES, level.end);
    const length = this.#uint32(position + 8, level);
    return { tag, vr: vr ?? 'UN', length, valueStart: position + LONG_HEADER_BYTES };
  }

  /** Undefined for two letters that are no VR: read with a 16-bit length, as the second reader does. */
  #explicitVr(position: number, tag: Tag): Vr | undefined {
    const code = this.#bytes.readUInt16BE(position + 4);
    const vr = vrOfCode(code);
    if (vr !== undefined) return vr;
    if (!looksLikeVr(code)) throw malformed('No value representation in an explicit VR header', position);
    this.#findings.push({ code: 'unknown-vr', offset: position, tag });
    return undefined;
  }

  #readDefined(start: number, header: Header, level: Level): Element {
    const { tag, vr, valueStart, length } = header;
    const valueEnd = this.#require(valueStart, length, level.end);
    if (length % 2 === 1) this.#findings.push({ code: 'odd-length', offset: start, tag });
    const element = { tag, vr, start, end: valueEnd, valueStart, valueEnd, undefinedLength: false };
    if (vr !== 'SQ') return element;
    const items = this.#readItems(valueStart, this.#childLevel(level, valueEnd, header), false);
    return { ...element, items: items.items };
  }

  #readUndefined(start: number, header: Header, level: Level): Element {
    const { tag, vr, valueStart } = header;
    if (vr === 'SQ' || vr === 'UN') {
      const run = this.#readItems(valueStart, this.#childLevel(level, level.end, header), true);
      return {
        tag,
        vr,
        start,
        end: run.end,
        valueStart,
        valueEnd: run.end - 8,
        undefinedLength: true,
        items: run.items,
      };
    }
    if (tag !== TAG.PixelData || !level.explicitVr) throw malformed('Undefined length of a value without items', start);
    const run = this.#readFragments(valueStart, level);
    const fragments = run.fragments;
    return { tag, vr, start, end: run.end, valueStart, valueEnd: run.end - 8, undefinedLength: true, fragments };
  }

  /** Inside UN of undefined length elements are implicit VR little endian whatever the file is (PS3.5 6.2.2 note 4). */
  #childLevel(level: Level, end: number, header: Header): Level {
    const depth = level.depth + 1;
    if (depth > this.#limits.maxNestingDepth) throw tooMany('nested sequences', 'maxNestingDepth', header.valueStart);
    if (header.vr !== 'UN') return { ...level, end, depth };
    return { ...level, explicitVr: false, littleEndian: true, end, depth };
  }

  /** Items up to `level.end`, or up to the sequence delimitation item. */
  #readItems(start: number, level: Level, delimited: boolean): { items: Item[]; end: number } {
    const items: Item[] = [];
    let position = start;
    while (delimited || position < level.end) {
      const tag = this.#itemTag(position, level);
      if (tag === TAG.SequenceDelimitation && delimited) return { items, end: this.#delimiterEnd(position, level) };
      if (tag !== TAG.Item) throw malformed('Something else where an item of a sequence should be', position);
      const item = this.#readItem(position, level);
      items.push(item);
      position = item.end;
    }
    return { items, end: position };
  }

  #itemTag(position: number, level: Level): Tag {
    this.#require(position, ITEM_HEADER_BYTES, level.end);
    return this.#tagAt(position, level);
  }

  #readItem(start: number, level: Level): Item {
    if (++this.#itemCount > this.#limits.maxItems) throw tooMany('items', 'maxItems', start);
    const length = this.#uint32(start + 4, level);
    const valueStart = start + ITEM_HEADER_BYTES;
    const undefinedLength = length === UNDEFINED_LENGTH;
    const end = undefinedLength ? level.end : this.#require(valueStart, length, level.end);
    const run = this.#readItemElements(valueStart, { ...level, end, delimited: undefinedLength });
    return { start, end: run.end, elements: run.elements, undefinedLength };
  }

  #readItemElements(start: number, level: Level): ElementRun {
    const elements: Element[] = [];
    const order = new TagOrder(this.#findings);
    let position = start;
    while (level.delimited || position < level.end) {
      if (level.delimited && this.#itemTag(position, level) === TAG.ItemDelimitation) {
        return { elements: settleSigns(elements, level), end: this.#delimiterEnd(position, level) };
      }
      const element = this.#readElement(position, level);
      order.note(element);
      elements.push(element);
      position = element.end;
    }
    return { elements: settleSigns(elements, level), end: position };
  }

  #delimiterEnd(position: number, level: Level): number {
    if (this.#uint32(position + 4, level) !== 0) throw malformed('A delimiter whose length is not zero', position);
    return position + ITEM_HEADER_BYTES;
  }

  /** Encapsulated Pixel Data (PS3.5 A.4): items of defined length up to the sequence delimitation item. */
  #readFragments(start: number, level: Level): { fragments: ByteRange[]; end: number } {
    const fragments: ByteRange[] = [];
    let position = start;
    for (;;) {
      const tag = this.#itemTag(position, level);
      if (tag === TAG.SequenceDelimitation) return { fragments, end: this.#delimiterEnd(position, level) };
      if (tag !== TAG.Item) throw malformed('Something else where a fragment of Pixel Data should be', position);
      if (++this.#itemCount > this.#limits.maxItems) throw tooMany('fragments', 'maxItems', position);
      const length = this.#uint32(position + 4, level);
      const end = this.#require(position + ITEM_HEADER_BYTES, length, level.end);
      fragments.push({ start: position + ITEM_HEADER_BYTES, end });
      position = end;
    }
  }

  /** @returns the end of `count` bytes from `position`; a fault when they reach beyond `end` or the file. */
  #require(position: number, count: number, end: number): number {
    const wanted = position + count;
    if (wanted <= end) return wanted;
    if (wanted > this.#bytes.length) {
      throw new ReadFault('truncated', 'The file ends inside an element: ask the sender for it again.', position);
    }
    throw malformed('An element reaches beyond the item or sequence that holds it', position);
  }

  #tagAt(position: number, level: Level): Tag {
    return this.#uint16(position, level) * 0x10000 + this.#uint16(position + 2, level);
  }

  #uint16(position: number, level: Level): number {
    return level.littleEndian ? this.#bytes.readUInt16LE(position) : this.#bytes.readUInt16BE(position);
  }

  #uint32(position: number, level: Level): number {
    return level.littleEndian ? this.#bytes.readUInt32LE(position) : this.#bytes.readUInt32BE(position);
  }
}

/** With implicit VR, "US or SS" elements before Pixel Representation were typed without knowing it: type them again. */
function settleSigns(elements: Element[], level: Level): Element[] {
  if (level.explicitVr || !level.signed) return elements;
  return elements.map((element) => {
    if (element.vr !== 'US') return element;
    const entry = dictionaryEntry(element.tag);
    return entry !== undefined && isSignDependent(entry) ? { ...element, vr: 'SS' } : element;
  });
}

function malformed(what: string, offset: number): ReadFault {
  return new ReadFault('malformed', `${what}: have the sender check how it writes this object.`, offset);
}

function tooMany(what: string, limit: string, offset: number): ReadFault {
  return new ReadFault(
    'limit-exceeded',
    `More ${what} than ${limit} allows: raise it if this object is genuine.`,
    offset,
  );
}
