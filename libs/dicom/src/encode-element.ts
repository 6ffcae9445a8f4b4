import { encodeText } from './adapters/character-set.ts';
import { dicomError } from './dicom.errors.ts';
import { decimalText } from './domain/decimal-text.ts';
import { dictionaryEntry, implicitVr, isSignDependent } from './domain/dictionary.ts';
import type { Layout } from './domain/layout.ts';
import { uint16, uint32 } from './domain/layout.ts';
import { encodeNumbers } from './domain/numbers.ts';
import type { NewElement, NewValue } from './domain/rewrite-types.ts';
import { TAG, UNDEFINED_LENGTH } from './domain/tags.ts';
import type { Tag, Vr } from './domain/types.ts';
import { vrCode, VR_TRAITS } from './domain/vr.ts';

/** Where an element is written to. */
export interface Target {
  readonly layout: Layout;
  /** Pixel Data of this transfer syntax is encapsulated. */
  readonly encapsulated: boolean;
  /** Specific Character Set in force. */
  readonly charsets: readonly string[];
}

type Chunks = Buffer[];

/** @returns the elements sorted by tag and encoded, sequences and their items with undefined lengths. */
export function encodeElements(elements: readonly NewElement[], target: Target): Chunks {
  const sorted = elements.toSorted((a, b) => a.tag - b.tag);
  const here = { ...target, charsets: ownCharsets(sorted) ?? target.charsets };
  const signed = isSigned(sorted);
  return sorted.flatMap((element) => encodeElement(element, here, signed));
}

/** @returns header, value and delimiter of one element, as chunks to be concatenated. */
export function encodeElement(element: NewElement, target: Target, signed = false): Chunks {
  const { tag, value } = element;
  const vr = element.vr ?? defaultVr(tag, value, signed, target);
  if (!target.layout.explicitVr && !readsBack(tag, vr, value)) throw dicomError('DICOM_VALUE_VR_MISMATCH', tag);
  if ('items' in value) return encodeSequence(tag, vr, value.items, target);
  if ('fragments' in value) return encodeFragments(tag, value.fragments, target);
  if (tag === TAG.PixelData && target.encapsulated) throw dicomError('DICOM_PIXEL_DATA_ENCAPSULATION', tag);
  const bytes = pad(encodeValue(tag, vr, value, target), vr);
  return [encodeHeader(tag, vr, bytes.length, target.layout), bytes];
}

/** With implicit VR a reader goes by the dictionary: a sequence or number of another VR would come back as something else. */
function readsBack(tag: Tag, vr: Vr, value: NewValue): boolean {
  const entry = dictionaryEntry(tag);
  if (entry === undefined) return true;
  if (vr === 'SQ' || entry.vr === 'SQ') return vr === entry.vr;
  return !('numbers' in value) || entry.vrs.includes(vr);
}

/** Specific Character Set among elements about to be written: it rules the text beside it. */
export function ownCharsets(elements: readonly NewElement[]): readonly string[] | undefined {
  const value = elements.find(({ tag }) => tag === TAG.SpecificCharacterSet)?.value;
  if (value === undefined) return undefined;
  if ('text' in value)
    return asList(value.text)
      .flatMap((text) => text.split('\\'))
      .map((text) => text.trim());
  return 'bytes' in value
    ? value.bytes
        .toString('latin1')
        .split('\\')
        .map((text) => text.trim())
    : [];
}

function isSigned(elements: readonly NewElement[]): boolean {
  const value = elements.find(({ tag }) => tag === TAG.PixelRepresentation)?.value;
  return value !== undefined && 'numbers' in value && value.numbers[0] === 1;
}

function defaultVr(tag: Tag, value: NewValue, signed: boolean, target: Target): Vr {
  if ('items' in value) return 'SQ';
  if ('fragments' in value) return 'OB';
  const entry = dictionaryEntry(tag);
  const negative = 'numbers' in value && value.numbers.some((number) => number < 0);
  if (entry !== undefined && isSignDependent(entry) && (signed || negative)) return 'SS';
  const vr = implicitVr(tag, false);
  // A private value without a VR: explicit syntaxes can carry what it is.
  return vr === 'UN' && target.layout.explicitVr && 'text' in value ? 'LO' : vr;
}

/** Header of PS3.5 7.1.2 or 7.1.3. A value too long for a 16-bit length is written as UN (PS3.5 6.2.2 note 5). */
export function encodeHeader(tag: Tag, vr: Vr, length: number, layout: Layout): Buffer {
  if (length > UNDEFINED_LENGTH) throw dicomError('DICOM_VALUE_TOO_LONG', tag);
  const head = [uint16(tag >>> 16, layout), uint16(tag & 0xffff, layout)];
  if (!layout.explicitVr) return Buffer.concat([...head, uint32(length, layout)]);
  const stated = length > 0xfffe && !VR_TRAITS[vr].longLength ? 'UN' : vr;
  const code = Buffer.from([vrCode(stated) >> 8, vrCode(stated) & 0xff]);
  if (!VR_TRAITS[stated].longLength) return Buffer.concat([...head, code, uint16(length, layout)]);
  return Buffer.concat([...head, code, Buffer.alloc(2), uint32(length, layout)]);
}

function encodeValue(tag: Tag, vr: Vr, value: NewValue, target: Target): Buffer {
  if ('bytes' in value) return value.bytes;
  if ('text' in value) return encodeTextValue(tag, vr, asList(value.text), target);
  if (!('numbers' in value)) throw dicomError('DICOM_VALUE_VR_MISMATCH', tag);
  if (vr === 'IS' || vr === 'DS')
    return Buffer.from(value.numbers.map((number) => decimal(tag, vr, number)).join('\\'));
  const bytes = encodeNumbers(value.numbers, vr, target.layout.littleEndian);
  if (bytes === 'no-number-vr') throw dicomError('DICOM_VALUE_VR_MISMATCH', tag);
  if (bytes === 'out-of-range') throw dicomError('DICOM_NUMBER_OUT_OF_RANGE', tag);
  return bytes;
}

function encodeTextValue(tag: Tag, vr: Vr, texts: readonly string[], target: Target): Buffer {
  const { kind } = VR_TRAITS[vr];
  if (kind === 'number' || kind === 'sequence') throw dicomError('DICOM_VALUE_VR_MISMATCH', tag);
  const bytes = encodeText(texts.join('\\'), kind === 'ascii' ? [] : target.charsets);
  if (bytes === undefined) throw dicomError('DICOM_TEXT_NOT_ENCODABLE', tag);
  return bytes;
}

function asList(text: string | readonly string[]): readonly string[] {
  return typeof text === 'string' ? [text] : text;
}

function decimal(tag: Tag, vr: 'IS' | 'DS', value: number): string {
  const text = decimalText(value, vr);
  if (text === undefined) throw dicomError('DICOM_NUMBER_OUT_OF_RANGE', tag);
  return text;
}

/** Values have an even length: text ends with a space, UI and bytes with NUL (PS3.5 6.2, 7.1.1). */
function pad(bytes: Buffer, vr: Vr): Buffer {
  if (bytes.length % 2 === 0) return bytes;
  const { kind } = VR_TRAITS[vr];
  const space = (kind === 'text' || kind === 'ascii') && vr !== 'UI';
  return Buffer.concat([bytes, Buffer.from([space ? 0x20 : 0])]);
}

function encodeSequence(tag: Tag, vr: Vr, items: readonly (readonly NewElement[])[], target: Target): Chunks {
  if (vr !== 'SQ') throw dicomError('DICOM_VALUE_VR_MISMATCH', tag);
  const { layout } = target;
  if (items.length === 0) return [encodeHeader(tag, vr, 0, layout)];
  const encoded = items.map((elements) => encodeItem(encodeElements(elements, target), layout)).flat();
  return [encodeHeader(tag, vr, UNDEFINED_LENGTH, layout), ...encoded, sequenceDelimiter(layout)];
}

/** @returns an item of undefined length around already encoded elements. */
export function encodeItem(elements: Chunks, layout: Layout): Chunks {
  return [encodeMark(TAG.Item, UNDEFINED_LENGTH, layout), ...elements, encodeMark(TAG.ItemDelimitation, 0, layout)];
}

export function sequenceDelimiter(layout: Layout): Buffer {
  return encodeMark(TAG.SequenceDelimitation, 0, layout);
}

/** Items and delimiters have no VR in any syntax (PS3.5 7.5). */
function encodeMark(tag: Tag, length: number, layout: Layout): Buffer {
  return encodeHeader(tag, 'UN', length, { ...layout, explicitVr: false });
}

/** Encapsulated Pixel Data (PS3.5 A.4): the Basic Offset Table (may be empty), then the fragments. */
function encodeFragments(tag: Tag, fragments: readonly Buffer[], target: Target): Chunks {
  const { layout, encapsulated } = target;
  if (!encapsulated) throw dicomError('DICOM_PIXEL_DATA_ENCAPSULATION', tag);
  const items = fragments.map((bytes) => pad(bytes, 'OB')).flatMap((b) => [encodeMark(TAG.Item, b.length, layout), b]);
  return [encodeHeader(tag, 'OB', UNDEFINED_LENGTH, layout), ...items, sequenceDelimiter(layout)];
}
