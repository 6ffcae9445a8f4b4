// The standard's own tables, as the repository has them: PS3.6 2024e and PS3.15 2024e Table E.1-1 with the Types of PS3.3.
// Generated data of libs/dicom and libs/deid is read here, none of their rules.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { IOD_TYPES, PLACES } from '../../libs/deid/src/domain/data/iod-types.ts';
import { TABLE_E1_1 } from '../../libs/deid/src/domain/data/table-e1-1.ts';
import { DICTIONARY_ROWS } from '../../libs/dicom/src/domain/dictionary-data.ts';

export interface Attribute {
  readonly tag: number;
  readonly keyword: string;
  readonly vr: string;
  /** PS3.6 value multiplicity allows several. */
  readonly several: boolean;
  readonly retired: boolean;
}

/** A row of Table E.1-1: code of the Basic Profile, and what the columns of the options say. */
export interface Row extends Attribute {
  readonly code: string;
  readonly options: ReadonlySet<string>;
}

const parsed = DICTIONARY_ROWS.trim()
  .split('\n')
  .map((line) => line.split(','));
const attributes: readonly Attribute[] = parsed
  .filter(([tag = '']) => !tag.includes('X'))
  .map(([tag = '', keyword = '', vrs = '', vm = '', retired]) => {
    const all = vrs.split('/');
    return {
      tag: parseInt(tag, 16),
      keyword,
      vr: all.includes('OW') ? 'OW' : (all[0] ?? 'UN'),
      several: /-/.test(vm),
      retired: retired === 'R',
    };
  });
const byTag = new Map(attributes.map((one) => [one.tag, one]));
const byKeyword = new Map(attributes.map((one) => [one.keyword, one]));

/** VR to read a value of implicit VR with. */
export function vrOf(tag: number): string {
  if ((tag & 0xffff) === 0) return 'UL';
  const group = tag >>> 16;
  if (group % 2 === 1) return (tag & 0xffff) < 0x100 ? 'LO' : 'UN';
  if (group >= 0x6000 && group < 0x6100) return byTag.get((tag & 0xffff) + 0x60000000)?.vr ?? 'OW';
  return byTag.get(tag)?.vr ?? 'UN';
}

export function attributeOf(keyword: string): Attribute {
  const found = byKeyword.get(keyword);
  if (found === undefined) throw new Error(`PS3.6 has no ${keyword}`);
  return found;
}
export const nameOf = (tag: number): string => byTag.get(tag)?.keyword ?? '';

function rowsOf(line: string): readonly Row[] {
  const [code = '', options = '', tags = ''] = line.split('|');
  return tags.split(' ').map((tag) => {
    const number = parseInt(tag, 16);
    const known = byTag.get(number) ?? { tag: number, keyword: tag, vr: 'UN', several: false, retired: true };
    return { ...known, code, options: new Set(options.split(' ')) };
  });
}

/** All rows but the four wildcards, which are planted as curves, overlays and private elements. */
export const ROWS: readonly Row[] = TABLE_E1_1.flatMap(rowsOf);
const rowByTag = new Map(ROWS.map((row) => [row.tag, row]));
export const rowOf = (tag: number): Row | undefined => rowByTag.get(tag);

const placeIndex = new Map(PLACES.split(' ').map((place, index) => [place, index]));
const typesByClass = new Map(
  IOD_TYPES.flatMap((line) => {
    const [, classes = '', digits = ''] = line.split('|');
    return classes.split(' ').map((suffix): [string, string] => [`1.2.840.10008.5.1.4.${suffix}`, digits]);
  }),
);

/** Type of a top-level attribute in the IOD of a class: '1', '2', '3', or '0' where it is none of the IOD (or has no compound code). */
export function typeIn(sopClass: string, tag: number): string {
  const index = placeIndex.get(tag.toString(16).padStart(8, '0'));
  return (index === undefined ? undefined : typesByClass.get(sopClass)?.[index]) ?? '0';
}

/**
 * Not planted: what says how the bytes of the object are to be read, whose change makes another picture or no object at all.
 * Groups 0000, 0002, 0004 are no part of a stored data set, 5400 and 7FE0 are the signal, 0028 describes pixels.
 */
const STRUCTURE = new Set(['SpecificCharacterSet', 'SOPClassUID', 'SOPInstanceUID', 'ImageType', 'Modality']);
const isStructure = ({ tag, keyword }: Attribute): boolean =>
  [0x0000, 0x0002, 0x0004, 0x5400, 0x7fe0, 0xfffa, 0xfffc, 0xfffe, 0x0028, 0x003a].includes(tag >>> 16) ||
  STRUCTURE.has(keyword) ||
  keyword === '';

/** Attributes without a row, by VR. */
const withoutRow = attributes.filter((one) => !rowByTag.has(one.tag) && !isStructure(one));
export const unlisted = (vrs: readonly string[], except: ReadonlySet<string> = new Set()): readonly Attribute[] =>
  withoutRow.filter(({ vr, keyword }) => vrs.includes(vr) && !except.has(keyword));

/** Sequences that no row names, which an engine must walk; those whose content is pixels or signal left out. */
export const CONTAINERS: readonly Attribute[] = unlisted(['SQ']).filter(
  ({ tag, retired, keyword }) =>
    !retired &&
    ![0x0088, 0x0048, 0x0040].includes(tag >>> 16) &&
    !/LUT|Icon|Pixel|Waveform|Encrypted|Signature|MAC/.test(keyword),
);

const ROOT = join(import.meta.dirname, '..', '..');

/** Attributes that a profile keeps by name: no canary belongs there, since the profile is a promise of the user, not of the engine. */
export function keptByProfile(profile: string): {
  readonly text: ReadonlySet<string>;
  readonly binary: ReadonlySet<string>;
} {
  const file = /[/.]/.test(profile) ? profile : join(ROOT, 'governance', 'deid-profiles', `${profile}.yaml`);
  const own = readFileSync(file, 'utf8');
  // Lists that profiles share lie in a file of their own.
  const shared = /^lists:\s*(\w+)/m.exec(own)?.[1];
  const all =
    shared === undefined ? own : `${own}\n${readFileSync(join(dirname(file), 'lists', `${shared}.yaml`), 'utf8')}`;
  const lines = all.split('\n');
  const listOf = (name: string): ReadonlySet<string> => {
    const start = lines.findIndex((line) => line.startsWith(`${name}:`));
    const list = start < 0 ? [] : lines.slice(start + 1);
    const end = list.findIndex((line) => /^\w/.test(line));
    return new Set(list.slice(0, end < 0 ? undefined : end).flatMap((line) => /^\s+- (\w+)/.exec(line)?.[1] ?? []));
  };
  return { text: listOf('keepText'), binary: listOf('keepBinary') };
}
