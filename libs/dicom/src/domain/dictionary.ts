import { dicomError } from '../dicom.errors.ts';
import { DICTIONARY_ROWS } from './dictionary-data.ts';
import { isGroupLength, isPrivateCreator, isPrivateTag } from './tags.ts';
import type { Tag, Vr } from './types.ts';

/** One row of PS3.6. */
export interface DictionaryEntry {
  readonly keyword: string;
  /** The VR to write where the row allows several: OW before OB and US, US before SS. */
  readonly vr: Vr;
  /** Every VR the row allows. */
  readonly vrs: readonly Vr[];
  readonly vm: string;
  readonly retired: boolean;
}

interface RepeatingRow {
  readonly mask: number;
  readonly base: Tag;
  readonly entry: DictionaryEntry;
}

interface Dictionary {
  readonly byTag: ReadonlyMap<Tag, DictionaryEntry>;
  readonly byKeyword: ReadonlyMap<string, Tag>;
  readonly repeating: readonly RepeatingRow[];
}

let loaded: Dictionary | undefined;

/** Parsed on first use (about 4 ms), because a process that never meets implicit VR or a keyword need not pay for it. */
function dictionary(): Dictionary {
  loaded ??= parseRows(DICTIONARY_ROWS.trim().split('\n'));
  return loaded;
}

function parseRows(rows: readonly string[]): Dictionary {
  const byTag = new Map<Tag, DictionaryEntry>();
  const byKeyword = new Map<string, Tag>();
  const repeating: RepeatingRow[] = [];
  for (const row of rows) {
    const [pattern = '', keyword = '', vrs = '', vm = '', retired] = row.split(',');
    const entry = entryOf(keyword, vrs, vm, retired === 'R');
    const base = parseInt(pattern.replaceAll('X', '0'), 16);
    if (pattern.includes('X')) repeating.push({ mask: maskOf(pattern), base, entry });
    else byTag.set(base, entry);
    if (keyword !== '') byKeyword.set(keyword, base);
  }
  return { byTag, byKeyword, repeating };
}

function maskOf(pattern: string): number {
  return parseInt(pattern.replaceAll(/[^X]/g, 'F').replaceAll('X', '0'), 16);
}

function entryOf(keyword: string, vrList: string, vm: string, retired: boolean): DictionaryEntry {
  const vrs = vrList === '' ? [] : (vrList.split('/') as Vr[]);
  const vr = vrs.includes('OW') ? 'OW' : (vrs[0] ?? 'UN');
  return { keyword, vr, vrs, vm, retired };
}

/** @returns the row of PS3.6 for a tag, repeating groups (50xx, 60xx) included; undefined for private and unknown tags. */
export function dictionaryEntry(tag: Tag): DictionaryEntry | undefined {
  return dictionary().byTag.get(tag) ?? (isPrivateTag(tag) ? undefined : repeatingEntry(tag));
}

function repeatingEntry(tag: Tag): DictionaryEntry | undefined {
  // 7FXX would otherwise claim elements of the Pixel Data group.
  if (tag >>> 16 === 0x7fe0) return undefined;
  return dictionary().repeating.find((row) => (tag & row.mask) >>> 0 === row.base)?.entry;
}

/**
 * @returns the tag of a keyword; for a repeating group that of its first group, e.g. (6000,3000) for OverlayData.
 * @throws CodedError `DICOM_UNKNOWN_KEYWORD`.
 */
export function tagOf(keyword: string): Tag {
  const tag = dictionary().byKeyword.get(keyword);
  if (tag === undefined) throw dicomError('DICOM_UNKNOWN_KEYWORD', keyword);
  return tag;
}

/**
 * The VR an element has where the file does not state one (PS3.5 A.1): the dictionary's, LO for a private creator,
 * UL for a group length, UN for the rest.
 * @param signed whether Pixel Representation in force is 1, which decides "US or SS"
 */
export function implicitVr(tag: Tag, signed: boolean): Vr {
  if (isGroupLength(tag)) return 'UL';
  if (isPrivateTag(tag)) return isPrivateCreator(tag) ? 'LO' : 'UN';
  const entry = dictionaryEntry(tag);
  if (entry === undefined) return 'UN';
  return signed && isSignDependent(entry) ? 'SS' : entry.vr;
}

/** "US or SS": the sign follows Pixel Representation (0028,0103). */
export function isSignDependent(entry: DictionaryEntry): boolean {
  return entry.vr === 'US' && entry.vrs.includes('SS');
}
