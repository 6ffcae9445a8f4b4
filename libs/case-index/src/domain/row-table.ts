import type { PatientKey, SeriesKey, StudyKey } from '@precedent/kernel';
import { AttributeColumn } from './attribute-column.ts';
import type { AttributeTuple, PackedRows } from './packed-rows.ts';
import { TopK } from './top-k.ts';
import type { Filter, FilterField, Neighbour } from './types.ts';
import { VectorMatrix } from './vector-matrix.ts';

/** The attribute columns in the order of an AttributeTuple behind its id. */
const COLUMNS = ['studyKey', 'patientKey', 'seriesKey', 'modality', 'bodyPart', 'sex', 'ageBand'] as const;
/** Rows scanned between two looks at the clock: about 10 ms at 1280 dimensions. */
const ROWS_BETWEEN_CHECKS = 4096;

export interface TableSearch {
  readonly vector: Float32Array;
  readonly k: number;
  readonly filter: Filter | undefined;
}

/** Every live row in memory, densely packed; rows 0..size−1 are live, in no particular order. */
export class RowTable {
  readonly #dimension: number;
  readonly #ids: string[] = [];
  readonly #rowOf = new Map<string, number>();
  readonly #columns: Readonly<Record<FilterField, AttributeColumn>>;
  readonly #vectors: VectorMatrix;
  #sortedIds: readonly string[] | undefined;

  constructor(dimension: number) {
    this.#dimension = dimension;
    this.#vectors = new VectorMatrix(dimension);
    const column = (): AttributeColumn => new AttributeColumn();
    this.#columns = {
      studyKey: column(),
      patientKey: column(),
      seriesKey: column(),
      modality: column(),
      bodyPart: column(),
      sex: column(),
      ageBand: column(),
    };
  }

  get size(): number {
    return this.#ids.length;
  }

  /** Inserts or replaces. @returns how many rows were replaced. */
  put(rows: PackedRows): number {
    const before = this.size;
    for (const [position, attributes] of rows.attributes.entries()) {
      const start = position * this.#dimension;
      this.#putRow(attributes, rows.vectors.subarray(start, start + this.#dimension));
    }
    this.#sortedIds = undefined;
    return rows.attributes.length - (this.size - before);
  }

  #putRow([id, ...values]: AttributeTuple, vector: Float32Array): void {
    const row = this.#rowOf.get(id) ?? this.size;
    this.#ids[row] = id;
    this.#rowOf.set(id, row);
    for (const [position, field] of COLUMNS.entries()) this.#columns[field].set(row, values[position] ?? '');
    this.#vectors.set(row, vector);
  }

  /** @returns how many rows these studies had. */
  deleteStudies(studyKeys: readonly string[]): number {
    const rows = this.#rowsWhere({ op: 'in', field: 'studyKey', values: studyKeys });
    // From the end, so that the row moved into a gap is never one that is still to go.
    for (const row of rows.reverse()) this.#remove(row);
    this.#sortedIds = undefined;
    return rows.length;
  }

  #remove(row: number): void {
    const last = this.size - 1;
    this.#rowOf.delete(this.#ids[row] ?? '');
    if (row !== last) this.#move(last, row);
    this.#vectors.clear(last);
    this.#ids.pop();
  }

  #move(from: number, to: number): void {
    const id = this.#ids[from] ?? '';
    this.#ids[to] = id;
    this.#rowOf.set(id, to);
    for (const field of COLUMNS) this.#columns[field].set(to, this.#columns[field].get(from));
    this.#vectors.set(to, this.#vectors.get(from));
  }

  /** @param checkTime called every few milliseconds; may throw to give up. */
  search({ vector, k, filter }: TableSearch, checkTime: () => void): readonly Neighbour[] {
    const best = new TopK(k, (row) => this.#ids[row] ?? '');
    const keep = this.#matcher(filter);
    for (let from = 0; from < this.size; from += ROWS_BETWEEN_CHECKS) {
      checkTime();
      const to = Math.min(this.size, from + ROWS_BETWEEN_CHECKS);
      this.#vectors.scan(vector, from, to, keep, (row, score) => best.offer(row, score));
    }
    return best.sorted().map(({ row, score }) => this.#neighbour(row, score));
  }

  #neighbour(row: number, score: number): Neighbour {
    return {
      id: this.#ids[row] ?? '',
      studyKey: this.#columns.studyKey.get(row) as StudyKey,
      patientKey: this.#columns.patientKey.get(row) as PatientKey,
      seriesKey: this.#columns.seriesKey.get(row) as SeriesKey,
      score,
    };
  }

  count(filter: Filter | undefined): number {
    return filter === undefined ? this.size : this.#rowsWhere(filter).length;
  }

  rowsOfStudies(studyKeys: readonly string[]): PackedRows {
    return this.#pack(this.#rowsWhere({ op: 'in', field: 'studyKey', values: studyKeys }));
  }

  /** Up to `limit` ids behind `after`, in code-unit order. */
  idsAfter(after: string, limit: number): readonly string[] {
    this.#sortedIds ??= [...this.#ids].sort();
    const start = firstAfter(this.#sortedIds, after);
    return this.#sortedIds.slice(start, start + limit);
  }

  /** Every row, in batches; holds only while nothing is written. */
  *batches(size: number): Iterable<PackedRows> {
    for (let from = 0; from < this.size; from += size) {
      const length = Math.min(size, this.size - from);
      yield this.#pack(Array.from({ length }, (_, index) => from + index));
    }
  }

  #pack(rows: readonly number[]): PackedRows {
    const vectors = new Float32Array(rows.length * this.#dimension);
    for (const [position, row] of rows.entries()) vectors.set(this.#vectors.get(row), position * this.#dimension);
    return { attributes: rows.map((row) => this.#attributes(row)), vectors };
  }

  #attributes(row: number): AttributeTuple {
    const of = (field: FilterField): string => this.#columns[field].get(row);
    const keys = [of('studyKey'), of('patientKey'), of('seriesKey')] as const;
    return [this.#ids[row] ?? '', ...keys, of('modality'), of('bodyPart'), of('sex'), of('ageBand')];
  }

  #rowsWhere(filter: Filter): number[] {
    const keep = this.#matcher(filter);
    const rows: number[] = [];
    for (let row = 0; row < this.size; row += 1) if (keep(row)) rows.push(row);
    return rows;
  }

  #matcher(filter: Filter | undefined): (row: number) => boolean {
    switch (filter?.op) {
      case undefined:
        return () => true;
      case 'eq':
        return this.#columns[filter.field].matcher([filter.value]);
      case 'in':
        return this.#columns[filter.field].matcher(filter.values);
      case 'not':
        return negate(this.#matcher(filter.filter));
      case 'and':
        return every(filter.filters.map((part) => this.#matcher(part)));
      case 'or':
        return some(filter.filters.map((part) => this.#matcher(part)));
    }
  }
}

type RowTest = (row: number) => boolean;
const negate =
  (test: RowTest): RowTest =>
  (row) =>
    !test(row);
const every =
  (tests: readonly RowTest[]): RowTest =>
  (row) =>
    tests.every((test) => test(row));
const some =
  (tests: readonly RowTest[]): RowTest =>
  (row) =>
    tests.some((test) => test(row));

/** Index of the first element greater than `value` in an ascending list. */
function firstAfter(sorted: readonly string[], value: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? '') <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
