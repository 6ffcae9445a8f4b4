import { implicitVr } from './dictionary.ts';
import type { Header, Level } from './level.ts';
import { malformed, ReadFault } from './read-fault.ts';
import { groupOf, TAG, UNDEFINED_LENGTH } from './tags.ts';
import { looksLikeVr, VR_TRAITS, vrOfCode } from './vr.ts';
import type { Element, Finding, Tag, Vr } from './types.ts';

export const SHORT_HEADER_BYTES = 8;
const LONG_HEADER_BYTES = 12;

/** Reads headers of elements, items and delimiters (PS3.5 7.1, 7.5), never beyond the end of their place. */
export class HeaderReader {
  readonly #bytes: Buffer;
  readonly #findings: Finding[];

  constructor(bytes: Buffer, findings: Finding[]) {
    this.#bytes = bytes;
    this.#findings = findings;
  }

  /** The header at `position`; with implicit VR the dictionary states the VR. */
  readHeader(position: number, level: Level): Header {
    this.require(position, SHORT_HEADER_BYTES, level.end);
    const tag = this.tagAt(position, level);
    if (level.explicitVr && groupOf(tag) !== 0xfffe) return this.#explicitHeader(position, tag, level);
    const vr = implicitVr(tag, level.signed);
    return { tag, vr, length: this.uint32(position + 4, level), valueStart: position + SHORT_HEADER_BYTES };
  }

  #explicitHeader(position: number, tag: Tag, level: Level): Header {
    const vr = this.#explicitVr(position, tag);
    if (!VR_TRAITS[vr ?? 'US'].longLength) {
      const length = this.#uint16(position + 6, level);
      return { tag, vr: vr ?? 'UN', length, valueStart: position + SHORT_HEADER_BYTES };
    }
    this.require(position, LONG_HEADER_BYTES, level.end);
    const length = this.uint32(position + 8, level);
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

  /**
   * Trailing bytes are taken for such only where no image can be lost in them: Data Set Trailing Padding, less than
   * a header of zeros, or what comes after Pixel Data and is no element that fits. Anywhere else such bytes are a fault.
   */
  isTrailing(position: number, level: Level, last: Element | undefined): boolean {
    if (last !== undefined && groupOf(last.tag) >= 0x7fe0 && !this.#isElement(position, level, last)) return true;
    if (position + SHORT_HEADER_BYTES > level.end && this.#restIsZero(position)) return true;
    return position + 4 <= level.end && this.tagAt(position, level) === TAG.DataSetTrailingPadding;
  }

  /** After Pixel Data: a header with a valid VR whose tag ascends, or whose value at least fits. */
  #isElement(position: number, level: Level, last: Element): boolean {
    if (position + SHORT_HEADER_BYTES > level.end) return false;
    const tag = this.tagAt(position, level);
    if (groupOf(tag) === 0xfffe || groupOf(tag) < 0x0008) return false;
    if (level.explicitVr && vrOfCode(this.#bytes.readUInt16BE(position + 4)) === undefined) return false;
    return tag > last.tag || this.#fits(position, level);
  }

  #fits(position: number, level: Level): boolean {
    try {
      const header = this.readHeader(position, level);
      return header.length === UNDEFINED_LENGTH || header.valueStart + header.length <= level.end;
    } catch {
      return false;
    }
  }

  #restIsZero(position: number): boolean {
    for (let i = position; i < this.#bytes.length; i++) if (this.#bytes[i] !== 0) return false;
    return true;
  }

  /** @returns the end of `count` bytes from `position`; a fault when they reach beyond `end` or the file. */
  require(position: number, count: number, end: number): number {
    const wanted = position + count;
    if (wanted <= end) return wanted;
    if (wanted > this.#bytes.length) {
      throw new ReadFault('truncated', 'The file ends inside an element: ask the sender for it again.', position);
    }
    throw malformed('An element reaches beyond the item or sequence that holds it', position);
  }

  tagAt(position: number, level: Level): Tag {
    return this.#uint16(position, level) * 0x10000 + this.#uint16(position + 2, level);
  }

  #uint16(position: number, level: Level): number {
    return level.littleEndian ? this.#bytes.readUInt16LE(position) : this.#bytes.readUInt16BE(position);
  }

  uint32(position: number, level: Level): number {
    return level.littleEndian ? this.#bytes.readUInt32LE(position) : this.#bytes.readUInt32BE(position);
  }
}
