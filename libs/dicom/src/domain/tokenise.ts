import { dictionaryEntry } from './dictionary.ts';
import { HeaderReader, SHORT_HEADER_BYTES } from './element-header.ts';
import { settleSigns } from './level.ts';
import type { ElementRun, Header, Level } from './level.ts';
import { malformed, ReadFault, tooMany } from './read-fault.ts';
import { groupOf, isGroupLength, TAG, UNDEFINED_LENGTH } from './tags.ts';
import { TagOrder } from './tag-order.ts';
import type { ByteRange, Element, Finding, Item, ReadLimits, Tag } from './types.ts';

const ITEM_HEADER_BYTES = 8;
/** FE FF 00 E0, the tag (FFFE,E000), read as one number. */
const ITEM_LITTLE_ENDIAN = 0xe000fffe;

/**
 * Turns bytes into elements so that every byte of a run lies in exactly one of them (PS3.5 section 7). Values are never
 * copied or interpreted. A length that leaves its place is a fault, never followed.
 */
export class Tokeniser {
  readonly #bytes: Buffer;
  readonly #headers: HeaderReader;
  readonly #limits: ReadLimits;
  readonly #findings: Finding[];
  #elementCount = 0;
  #itemCount = 0;

  constructor(bytes: Buffer, limits: ReadLimits, findings: Finding[]) {
    this.#bytes = bytes;
    this.#headers = new HeaderReader(bytes, findings);
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
      if (this.#headers.isTrailing(position, level, elements.at(-1))) {
        this.#findings.push({ code: 'trailing-bytes', offset: position });
        break;
      }
      if (position + 4 <= level.end && this.#headers.tagAt(position, level) > last) break;
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

  #readElement(position: number, level: Level): Element {
    if (++this.#elementCount > this.#limits.maxElements) throw tooMany('elements', 'maxElements', position);
    const header = this.#headers.readHeader(position, level);
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

  #readDefined(start: number, header: Header, level: Level): Element {
    const { tag, vr, valueStart, length } = header;
    if (length > this.#limits.maxValueBytes) throw tooMany('bytes of one value', 'maxValueBytes', start);
    const valueEnd = this.#headers.require(valueStart, length, level.end);
    if (length % 2 === 1) this.#findings.push({ code: 'odd-length', offset: start, tag });
    const element = { tag, vr, start, end: valueEnd, valueStart, valueEnd, undefinedLength: false };
    if (vr === 'UN') return this.#asSequence(element, header, level);
    if (vr !== 'SQ') return element;
    const items = this.#readItems(valueStart, this.#childLevel(level, valueEnd, header), false);
    return { ...element, items: items.items };
  }

  /**
   * UN of defined length whose content is items from its first byte to its last is a sequence, implicit VR little endian
   * (PS3.5 6.2.2, CP-246). Anything else stays opaque. Each byte is tried once a level, so nesting does not multiply work.
   */
  #asSequence(element: Element, header: Header, level: Level): Element {
    if (!mayHoldItems(header.tag) || !this.#startsWithItem(element)) return element;
    const before = this.#findings.length;
    try {
      const inner = this.#childLevel(level, element.valueEnd, header);
      return { ...element, items: this.#readItems(element.valueStart, inner, false).items };
    } catch (fault) {
      // What is nested too deep or has too many items is a sequence all the same, and must not pass for opaque.
      if (!(fault instanceof ReadFault) || fault.reason === 'limit-exceeded') throw fault;
      this.#findings.length = before;
      return element;
    }
  }

  #startsWithItem({ valueStart, valueEnd }: Element): boolean {
    return valueEnd - valueStart >= ITEM_HEADER_BYTES && this.#bytes.readUInt32LE(valueStart) === ITEM_LITTLE_ENDIAN;
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

  /** Inside UN elements are implicit VR little endian whatever the file is (PS3.5 6.2.2 note 4). */
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
    this.#headers.require(position, ITEM_HEADER_BYTES, level.end);
    return this.#headers.tagAt(position, level);
  }

  #readItem(start: number, level: Level): Item {
    if (++this.#itemCount > this.#limits.maxItems) throw tooMany('items', 'maxItems', start);
    const length = this.#headers.uint32(start + 4, level);
    const valueStart = start + ITEM_HEADER_BYTES;
    const undefinedLength = length === UNDEFINED_LENGTH;
    const end = undefinedLength ? level.end : this.#headers.require(valueStart, length, level.end);
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
    const length = this.#headers.uint32(position + 4, level);
    if (length !== 0) throw malformed('A delimiter whose length is not zero', position);
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
      const length = this.#headers.uint32(position + 4, level);
      const end = this.#headers.require(position + ITEM_HEADER_BYTES, length, level.end);
      fragments.push({ start: position + ITEM_HEADER_BYTES, end });
      position = end;
    }
  }
}

/** Private and unknown attributes, and known sequences; a text of the standard is none, whatever it begins with. */
function mayHoldItems(tag: Tag): boolean {
  const entry = dictionaryEntry(tag);
  return entry === undefined || entry.vr === 'SQ';
}
