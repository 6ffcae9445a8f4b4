import { readDataset } from '@precedent/dicom';
import type { Dataset, Element, Item } from '@precedent/dicom';

/** Where a length stands, and in how many bytes. */
export interface LengthField {
  readonly at: number;
  readonly size: 2 | 4;
  readonly littleEndian: boolean;
}

/** A piece of structure that can be mutated: where it lies and what it lies in. */
export interface Place {
  readonly kind: 'element' | 'item' | 'fragment' | 'delimiter';
  readonly tag: number;
  readonly vr: string;
  readonly start: number;
  readonly end: number;
  readonly valueStart: number;
  readonly valueEnd: number;
  readonly length: LengthField;
  /** Defined lengths around it, outermost first: they must grow with it if the object is to stay whole. */
  readonly around: readonly LengthField[];
  readonly explicitVr: boolean;
  readonly littleEndian: boolean;
  readonly undefinedLength: boolean;
  readonly meta: boolean;
}

/** An object that mutants are made of; positions refer to `bytes`, which are the inflated ones of a deflated object. */
export interface BaseObject {
  readonly name: string;
  readonly bytes: Buffer;
  readonly dataset: Dataset;
  readonly places: readonly Place[];
}

interface Surroundings {
  readonly around: readonly LengthField[];
  readonly explicitVr: boolean;
  readonly littleEndian: boolean;
  readonly meta: boolean;
}

/** @returns undefined where the object is not read: such bytes are no base. */
export function baseObject(name: string, file: Buffer): BaseObject | undefined {
  const outcome = readDataset(file);
  if (outcome.kind === 'rejected') return undefined;
  const { dataset } = outcome;
  const { explicitVr, littleEndian } = dataset.encoding;
  const places: Place[] = [];
  addElements(dataset.meta, { around: [], explicitVr: true, littleEndian: true, meta: true }, places);
  addElements(dataset.elements, { around: [], explicitVr, littleEndian, meta: false }, places);
  return { name, bytes: dataset.bytes, dataset, places };
}

function addElements(elements: readonly Element[], where: Surroundings, places: Place[]): void {
  for (const element of elements) {
    const size = where.explicitVr && element.valueStart - element.start === 8 ? 2 : 4;
    const length: LengthField = { at: element.valueStart - size, size, littleEndian: where.littleEndian };
    places.push({ ...where, ...element, kind: 'element', length });
    const inside = element.undefinedLength ? where.around : [...where.around, length];
    const un = element.vr === 'UN' ? { explicitVr: false, littleEndian: true } : {};
    const below: Surroundings = { ...where, ...un, around: inside };
    for (const item of element.items ?? []) addItem(item, below, places);
    for (const { start, end } of element.fragments ?? []) addFragment(start, end, below, places);
    if (element.undefinedLength) addDelimiter(element.valueEnd, 0xfffee0dd, below, places);
  }
}

function addItem(item: Item, where: Surroundings, places: Place[]): void {
  const length: LengthField = { at: item.start + 4, size: 4, littleEndian: where.littleEndian };
  const { start, end, undefinedLength } = item;
  const valueEnd = undefinedLength ? end - 8 : end;
  const own = { start, end, valueStart: start + 8, valueEnd, undefinedLength };
  places.push({ ...where, ...own, kind: 'item', tag: 0xfffee000, vr: '', length });
  const below = { ...where, around: undefinedLength ? where.around : [...where.around, length] };
  addElements(item.elements, below, places);
  if (undefinedLength) addDelimiter(valueEnd, 0xfffee00d, below, places);
}

function addFragment(valueStart: number, end: number, where: Surroundings, places: Place[]): void {
  const start = valueStart - 8;
  const length: LengthField = { at: start + 4, size: 4, littleEndian: where.littleEndian };
  const own = { start, end, valueStart, valueEnd: end, undefinedLength: false };
  places.push({ ...where, ...own, kind: 'fragment', tag: 0xfffee000, vr: '', length });
}

function addDelimiter(start: number, tag: number, where: Surroundings, places: Place[]): void {
  const length: LengthField = { at: start + 4, size: 4, littleEndian: where.littleEndian };
  const own = { start, end: start + 8, valueStart: start + 8, valueEnd: start + 8, undefinedLength: false };
  places.push({ ...where, ...own, kind: 'delimiter', tag, vr: '', length });
}
