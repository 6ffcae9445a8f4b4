import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readDataset, stringsOf, formatTag } from '@precedent/dicom';
import type { ImagingSandbox } from '@precedent/imaging';
import type { Dataset, Element } from '@precedent/dicom';
import type { DeidentifiedObject } from './deidentify-object.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** The case pack beside the checkout: 2,013 objects with 84,000 planted identifiers, listed one by one. */
export const CASES = join(ROOT, '..', 'shared', 'data', 'cases');
export const casesAreHere = existsSync(join(CASES, 'manifest.jsonl'));

export interface Planted {
  readonly path: string;
  readonly kind: string;
  readonly value: string;
}

export interface ManifestRow {
  readonly path: string;
  readonly patient_key: string;
  readonly study_uid: string;
  readonly series_uid: string;
  readonly sop_uid: string;
  readonly planted: readonly Planted[];
}

/** @param every one study in so many, all its objects */
export function manifestRows(every: number): ManifestRow[] {
  const lines = readFileSync(join(CASES, 'manifest.jsonl'), 'utf8').trim().split('\n');
  const rows = lines.map((line) => JSON.parse(line) as ManifestRow);
  const studies = [...new Set(rows.map((row) => row.study_uid))].filter((_, index) => index % every === 0);
  const chosen = new Set(studies);
  return rows.filter((row) => chosen.has(row.study_uid));
}

export function readCase(row: ManifestRow): Buffer {
  return readFileSync(join(CASES, row.path));
}

export function mustRead(bytes: Buffer): Dataset {
  const read = readDataset(bytes);
  if (read.kind === 'rejected') throw new Error(`unreadable: ${read.reason}`);
  return read.dataset;
}

/** One leaf element with its path as the manifest writes it, and its value as decoded text. */
export interface Leaf {
  readonly path: string;
  readonly element: Element;
  readonly text: string;
}

/** Longer values are pictures and tables; decoding 4 MB of them as text takes minutes. */
const MAX_TEXT = 65_536;

export function leavesOf(dataset: Dataset, elements: readonly Element[] = dataset.elements, prefix = ''): Leaf[] {
  return elements.flatMap((element) => {
    const path = prefix + formatTag(element.tag);
    if (element.items !== undefined)
      return element.items.flatMap((item, index) => leavesOf(dataset, item.elements, `${path}[${index}].`));
    const short = element.valueEnd - element.valueStart <= MAX_TEXT;
    return [{ path, element, text: short ? stringsOf(dataset, element).join('\\') : '' }];
  });
}

export const PICTURE = 0x7fe00010;

/** All bytes of the object but its picture. */
export function bytesWithoutPicture(dataset: Dataset): Buffer {
  const picture = dataset.elements.find(({ tag }) => tag === PICTURE);
  if (picture === undefined) return dataset.bytes;
  return Buffer.concat([dataset.bytes.subarray(0, picture.valueStart), dataset.bytes.subarray(picture.valueEnd)]);
}

export function pictureOf(dataset: Dataset): Buffer {
  const picture = dataset.elements.find(({ tag }) => tag === PICTURE);
  return picture === undefined ? Buffer.alloc(0) : dataset.bytes.subarray(picture.valueStart, picture.valueEnd);
}

/**
 * Kinds that are no text to search for: ages are capped, the icon is a picture. Values below four characters (`ER`, `Sgt`,
 * study id 165) and times of day occur by chance inside other values, so they count at their own place only.
 */
const NOT_TEXT = new Set(['age_over_89', 'icon_of_burned_in']);
const OWN_PLACE_ONLY = new Set(['time']);
const MIN_SEARCHED = 4;

/** @returns the planted identifiers that are still in the output, `kind path` each. Own search, not the product's. */
export function survivors(row: ManifestRow, output: Dataset): string[] {
  const leaves = leavesOf(output).filter(({ element }) => element.tag !== PICTURE);
  const bytes = bytesWithoutPicture(output);
  const text = leaves
    .map((leaf) => leaf.text)
    .join('\n')
    .toLowerCase();
  const places = new Map(leaves.map((leaf) => [leaf.path, leaf.text]));
  const newDates = new Set(
    leaves.filter(({ element }) => element.vr === 'DA').flatMap((leaf) => leaf.text.split('\\')),
  );
  return row.planted
    .filter(({ kind }) => !NOT_TEXT.has(kind))
    .filter((planted) => isThere(planted, { bytes, text, places, newDates }))
    .map(({ kind, path }) => `${kind} ${path}`);
}

interface Searched {
  readonly bytes: Buffer;
  readonly text: string;
  readonly places: ReadonlyMap<string, string>;
  readonly newDates: ReadonlySet<string>;
}

function isThere({ kind, path, value }: Planted, { bytes, text, places, newDates }: Searched): boolean {
  if (OWN_PLACE_ONLY.has(kind) || value.length < MIN_SEARCHED) return places.get(path) === value;
  // A moved date may be equal to another date of the source; the interval test tells the two apart.
  if (kind === 'date' && newDates.has(value)) return false;
  if (value.length >= 8 && (bytes.includes(Buffer.from(value, 'utf8')) || bytes.includes(Buffer.from(value, 'latin1'))))
    return true;
  const escaped = value.toLowerCase().replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}.])${escaped}(?![\\p{L}\\p{N}])`, 'u').test(text);
}

const DATE_TAGS = /\((?:0008,002[0-3]|0008,0012|0018,1200|0040,0244)\)$/;

/** @returns how many days each date that is still there was moved. */
export function shiftsOf(source: Dataset, output: Dataset): number[] {
  const after = new Map(leavesOf(output).map((leaf) => [leaf.path, leaf.text]));
  return leavesOf(source).flatMap(({ path, text }) => {
    const moved = after.get(path);
    if (!DATE_TAGS.test(path) || moved === undefined || moved === '' || text === '') return [];
    return [(dayOf(text) - dayOf(moved)) / 86_400_000];
  });
}

function dayOf(date: string): number {
  return Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6, 8)));
}

/** @returns the pairs source UID → new UID at places that are in both, nested ones as well. */
export function uidPairs(source: Dataset, output: Dataset): [string, string][] {
  const after = new Map(leavesOf(output).map((leaf) => [leaf.path, leaf.text]));
  return leavesOf(source)
    .filter(({ element, path }) => element.vr === 'UI' && after.has(path))
    .flatMap(({ path, text }) => {
      const mapped = (after.get(path) ?? '').split('\\');
      return text.split('\\').map((uid, index): [string, string] => [uid, mapped[index] ?? '']);
    });
}

export interface CorpusFigures {
  objects: number;
  quarantined: Record<string, number>;
  planted: number;
  survivors: Record<string, number>;
  unevenShifts: number;
  datesMoved: number;
  uidsInconsistent: number;
  references: number;
  picturesChanged: number;
  patientsSplitOrJoined: number;
}

/** Whether two objects have the same stored samples, decoded: comments in a code stream are no picture. */
export async function sameSamples(sandbox: ImagingSandbox, one: Buffer, other: Buffer): Promise<boolean> {
  const [first, second] = await Promise.all(
    [one, other].map((bytes) => sandbox.render({ source: { bytes }, frames: 'all', target: { kind: 'stored' } })),
  );
  if (first?.kind !== 'rendered' || second?.kind !== 'rendered') return false;
  return (
    first.frames.length === second.frames.length &&
    first.frames.every(({ data }, at) => Buffer.compare(data, second.frames[at]?.data ?? Buffer.alloc(0)) === 0)
  );
}

/** Runs every law over the rows and counts what breaks each. */
export async function examine(
  rows: readonly ManifestRow[],
  deidentify: (bytes: Buffer) => Promise<DeidentifiedObject | { kind: 'quarantined'; reason: string }>,
  sandbox: ImagingSandbox,
): Promise<CorpusFigures> {
  const figures: CorpusFigures = {
    objects: 0,
    quarantined: {},
    planted: 0,
    survivors: {},
    unevenShifts: 0,
    datesMoved: 0,
    uidsInconsistent: 0,
    references: 0,
    picturesChanged: 0,
    patientsSplitOrJoined: 0,
  };
  const shifts = new Map<string, number>();
  const uids = new Map<string, string>();
  const patients = new Map<string, string>();
  for (const row of rows) {
    const bytes = readCase(row);
    const outcome = await deidentify(bytes);
    figures.objects += 1;
    if (outcome.kind === 'quarantined') {
      figures.quarantined[outcome.reason] = (figures.quarantined[outcome.reason] ?? 0) + 1;
      continue;
    }
    const [source, output] = [mustRead(bytes), mustRead(outcome.bytes)];
    figures.planted += row.planted.length;
    for (const place of survivors(row, output)) figures.survivors[place] = (figures.survivors[place] ?? 0) + 1;
    for (const days of shiftsOf(source, output)) {
      figures.datesMoved += 1;
      const known = shifts.get(row.patient_key);
      shifts.set(row.patient_key, known ?? days);
      if (days <= 0 || (known ?? days) !== days) figures.unevenShifts += 1;
    }
    for (const [from, to] of uidPairs(source, output)) {
      const known = uids.get(from);
      uids.set(from, known ?? to);
      if ((known ?? to) !== to) figures.uidsInconsistent += 1;
      if (known !== undefined) figures.references += 1;
    }
    const asItWas = pictureOf(source).equals(pictureOf(output));
    if (!asItWas && !(await sameSamples(sandbox, bytes, outcome.bytes))) figures.picturesChanged += 1;
    const patient = patients.get(row.patient_key);
    patients.set(row.patient_key, patient ?? outcome.patientKey);
    if ((patient ?? outcome.patientKey) !== outcome.patientKey) figures.patientsSplitOrJoined += 1;
  }
  figures.patientsSplitOrJoined += new Set(patients.keys()).size - new Set(patients.values()).size;
  // A map that joins two UIDs would join two images.
  figures.uidsInconsistent += new Set(uids.keys()).size - new Set(uids.values()).size;
  return figures;
}
