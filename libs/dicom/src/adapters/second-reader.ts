import dicomParser, { type DataSet, type Element as TheirElement } from 'dicom-parser';

import { dictionaryEntry } from '../domain/dictionary.ts';
import { TAG } from '../domain/tags.ts';
import type { Dataset, Element, Item, Tag, Vr } from '../domain/types.ts';

/** Where the readers part: an offset into the data set's bytes. */
export interface Disagreement {
  readonly offset: number;
  readonly cause?: unknown;
}

/** dicom-parser 1.8.21 reads these with a 16-bit length and overruns; it is shown OB in their place. */
const UNKNOWN_TO_THEM: ReadonlySet<Vr> = new Set(['OV', 'SV', 'UV']);

/** Where the compared elements lie. */
interface Place {
  /** What they read: see `showable`. */
  readonly bytes: Buffer;
  readonly explicitVr: boolean;
}

/** What one of their levels is: a map by tag, in which a later element replaces an earlier one of the same tag. */
type TheirLevel = Readonly<Record<string, TheirElement | undefined>>;

/**
 * Reads the same bytes with dicom-parser and compares tags, VRs, value offsets, lengths and nesting of every element.
 * It is given our start, end and encoding; everything between is its own reading.
 * Its own limits are allowed for: see the comments below and handbook dicom.md section 6.
 */
export function findDisagreement(dataset: Dataset): Disagreement | undefined {
  try {
    const bytes = showable(dataset);
    const meta = dataset.meta.length === 0 ? {} : readTheirMeta(dataset, bytes);
    return (
      compareLevel(dataset.meta, meta, { bytes, explicitVr: true }) ??
      compareLevel(dataset.elements, readTheirs(dataset, bytes), { bytes, explicitVr: explicitIn(dataset) })
    );
  } catch (cause) {
    // It throws strings and { exception, dataSet } objects: nothing but the place may leave, values could be inside.
    return { offset: dataset.start, cause };
  }
}

function explicitIn(dataset: Dataset): boolean {
  return dataset.encoding.explicitVr;
}

function readTheirMeta(dataset: Dataset, bytes: Buffer): TheirLevel {
  const first = dataset.meta[0]?.start ?? 0;
  return readLevel(dicomParser.littleEndianByteArrayParser, bytes, first, dataset.start, true);
}

function readTheirs(dataset: Dataset, bytes: Buffer): TheirLevel {
  const { littleEndian, explicitVr } = dataset.encoding;
  const parser = littleEndian ? dicomParser.littleEndianByteArrayParser : dicomParser.bigEndianByteArrayParser;
  return readLevel(parser, bytes, dataset.start, dataset.end, explicitVr);
}

function readLevel(
  parser: dicomParser.ByteArrayParser,
  bytes: Buffer,
  start: number,
  end: number,
  explicitVr: boolean,
): TheirLevel {
  if (start >= end) return {};
  const stream = new dicomParser.ByteStream(parser, bytes.subarray(0, end), start);
  const theirs = { byteArray: stream.byteArray, byteArrayParser: parser, elements: {}, warnings: stream.warnings };
  if (explicitVr) dicomParser.parseDicomDataSetExplicit(theirs as unknown as DataSet, stream, end);
  else dicomParser.parseDicomDataSetImplicit(theirs as unknown as DataSet, stream, end, IMPLICIT_OPTIONS);
  return theirs.elements;
}

/** The library's typing asks for `untilTag` and a VR for every tag; it takes undefined for both. */
const IMPLICIT_OPTIONS = { vrCallback: dictionaryVr } as unknown as { untilTag: string };

function dictionaryVr(key: string): string | undefined {
  return dictionaryEntry(parseInt(key.slice(1), 16))?.vr;
}

/** The bytes, or, where VRs occur that they cannot read, a copy in which those read OB. */
function showable(dataset: Dataset): Buffer {
  const places = explicitIn(dataset) ? collectUnknown(dataset.elements, []) : [];
  if (places.length === 0) return dataset.bytes;
  const copy = Buffer.from(dataset.bytes);
  for (const place of places) copy.write('OB', place + 4, 'latin1');
  return copy;
}

function collectUnknown(elements: readonly Element[], places: number[]): number[] {
  for (const element of elements) {
    if (UNKNOWN_TO_THEM.has(element.vr)) places.push(element.start);
    // Inside UN nothing has a VR in its header.
    if (element.vr === 'SQ') for (const item of element.items ?? []) collectUnknown(item.elements, places);
  }
  return places;
}

function compareLevel(ours: readonly Element[], theirs: TheirLevel, place: Place): Disagreement | undefined {
  const distinct = lastOfEach(ours);
  for (const element of distinct) {
    const disagreement = compareElement(element, theirs[keyOf(element.tag)], place);
    if (disagreement !== undefined) return disagreement;
  }
  return countOf(theirs) === distinct.length ? undefined : { offset: ours[0]?.start ?? 0 };
}

/** The last one wins in their map; duplicates are a finding of ours already. */
function lastOfEach(ours: readonly Element[]): readonly Element[] {
  const ascending = ours.every((element, i) => i === 0 || element.tag > (ours[i - 1]?.tag ?? 0));
  // Tags in order cannot repeat: nearly every data set does without the map.
  return ascending ? ours : [...new Map(ours.map((element) => [element.tag, element])).values()];
}

function countOf(theirs: TheirLevel): number {
  const keys = Object.keys(theirs);
  return keys.at(-1) === ITEM_DELIMITATION_KEY ? keys.length - 1 : keys.length;
}

/** Above this the memory starts anew: a sender can invent four thousand million tags. */
const REMEMBERED_KEYS = 10_000;
let keys = new Map<Tag, string>();

/** Their name of a tag. Remembered: every element of every object is asked for twice, and making it costs more than reading it. */
function keyOf(tag: Tag): string {
  const known = keys.get(tag);
  if (known !== undefined) return known;
  const made = `x${tag.toString(16).padStart(8, '0')}`;
  if (keys.size >= REMEMBERED_KEYS) keys = new Map();
  keys.set(tag, made);
  return made;
}

/** They list the delimiter of an item among its elements. */
const ITEM_DELIMITATION_KEY = keyOf(TAG.ItemDelimitation);

function compareElement(ours: Element, theirs: TheirElement | undefined, place: Place): Disagreement | undefined {
  // Their length of encapsulated Pixel Data includes the delimiter, that of a sequence does not.
  const end = ours.fragments === undefined ? ours.valueEnd : ours.end;
  const same =
    theirs?.dataOffset === ours.valueStart &&
    theirs.length === end - ours.valueStart &&
    (!place.explicitVr || sameVr(ours, theirs)) &&
    sameFragments(ours, theirs);
  if (!same) return { offset: ours.start };
  return compareItems(ours, theirs, place);
}

function sameVr(ours: Element, theirs: TheirElement): boolean {
  // UN may stand for a VR we do not know either; its length and place are compared all the same.
  if (ours.vr === 'UN') return true;
  return theirs.vr === (UNKNOWN_TO_THEM.has(ours.vr) ? 'OB' : ours.vr);
}

function sameFragments(ours: Element, theirs: TheirElement): boolean {
  if (ours.fragments === undefined) return true;
  // They keep the Basic Offset Table apart from the fragments.
  const [, ...frames] = ours.fragments;
  const fragments = theirs.fragments ?? [];
  if (fragments.length !== frames.length) return false;
  return frames.every((frame, i) => {
    const fragment = fragments[i];
    return fragment?.position === frame.start && fragment.length === frame.end - frame.start;
  });
}

function compareItems(ours: Element, theirs: TheirElement, place: Place): Disagreement | undefined {
  const items = ours.items;
  const { bytes, explicitVr } = place;
  // With implicit VR they guess sequences of unknown tags from the bytes; a value we hold opaque has been compared by length.
  if (items === undefined) return explicitVr && (theirs.items ?? []).length > 0 ? { offset: ours.start } : undefined;
  const inner = { bytes, explicitVr: explicitVr && ours.vr !== 'UN' };
  if (theirs.items === undefined) {
    // UN of defined length is opaque to them, and private sequences of undefined length they parse and throw away.
    return inner.explicitVr || ours.vr !== 'UN' ? { offset: ours.start } : compareImplicitItems(items, inner);
  }
  if (theirs.items.length !== items.length) return { offset: ours.start };
  for (const [i, item] of items.entries()) {
    const disagreement = compareItem(item, theirs.items[i], inner);
    if (disagreement !== undefined) return disagreement;
  }
  return undefined;
}

/** Items that they did not look for: they are shown the content of each, always implicit VR little endian (PS3.5 6.2.2). */
function compareImplicitItems(items: readonly Item[], place: Place): Disagreement | undefined {
  for (const { start, end, undefinedLength, elements } of items) {
    const contentEnd = undefinedLength ? end - 8 : end;
    const theirs = readLevel(dicomParser.littleEndianByteArrayParser, place.bytes, start + 8, contentEnd, false);
    const disagreement = compareLevel(elements, theirs, place);
    if (disagreement !== undefined) return disagreement;
  }
  return undefined;
}

function compareItem(ours: Item, theirs: TheirElement | undefined, place: Place): Disagreement | undefined {
  const valueStart = ours.start + 8;
  const same = theirs?.dataOffset === valueStart && theirs.length === ours.end - valueStart;
  if (!same) return { offset: ours.start };
  return compareLevel(ours.elements, theirs.dataSet?.elements ?? {}, place);
}
