import { isKey } from '@precedent/kernel';
import { indexFault } from '../case-index.errors.ts';
import type { Filter, FilterField, IndexedImage, SearchRequest } from './types.ts';

/** Milvus' own limit of topk; the exact store keeps it so that both refuse alike. */
export const MAX_K = 16_384;
/** One row group: above it the Milvus SDK stalls the event loop (1000 x 768 rows: 0.43 s). */
export const MAX_BATCH_ROWS = 200;
/** Terms of a whole filter; 10,000 must pass, and an unbounded list would fill the server's parser. */
export const MAX_FILTER_TERMS = 16_384;
const MAX_FILTER_DEPTH = 32;
const MAX_DIMENSION = 32_768;
const ATTRIBUTE_BYTES = 64;
/** Float32 rounding of 1280 terms stays below 1e-5; a vector outside was never normalised. */
const NORM_TOLERANCE = 1e-3;

export const KEY_FIELDS = ['studyKey', 'patientKey', 'seriesKey'] as const;
export const ATTRIBUTE_FIELDS = ['modality', 'bodyPart', 'sex', 'ageBand'] as const;
export const FILTER_FIELDS: readonly FilterField[] = [...KEY_FIELDS, ...ATTRIBUTE_FIELDS];

const CONTROL = /[\u0000-\u001f\u007f]/;

/** Whether a row may hold `value` in `field`. A filter value that may not be held matches no row. */
export function isStorable(field: FilterField, value: string): boolean {
  if ((KEY_FIELDS as readonly string[]).includes(field)) return isKey(value);
  const bytes = Buffer.from(value);
  // A lone surrogate has no UTF-8 form: it would come back from a server as another character.
  return bytes.length <= ATTRIBUTE_BYTES && !CONTROL.test(value) && bytes.toString() === value;
}

export function checkDimension(dimension: number): void {
  if (!Number.isInteger(dimension) || dimension < 2 || dimension > MAX_DIMENSION) {
    throw indexFault('INDEX_BAD_REQUEST', `dimension must be an integer from 2 to ${MAX_DIMENSION}`);
  }
}

/** Why a vector cannot be compared, or undefined. Neither store may be left to find out: Milvus Lite accepts NaN. */
export function vectorProblem(vector: Float32Array, dimension: number): string | undefined {
  if (vector.length !== dimension) return `the vector has ${vector.length} dimensions, the space ${dimension}`;
  let squares = 0;
  for (const value of vector) squares += value * value;
  if (!Number.isFinite(squares)) return 'the vector is not finite';
  if (Math.abs(Math.sqrt(squares) - 1) > NORM_TOLERANCE) return 'the vector is not L2-normalised';
  return undefined;
}

function rowProblem(image: IndexedImage, dimension: number): string | undefined {
  if (!isKey(image.id)) return 'the id is not 1 to 64 of A-Z a-z 0-9 . _ -';
  const field = FILTER_FIELDS.find((name) => !isStorable(name, image[name]));
  if (field !== undefined) return `${field} is not storable: over 64 bytes, control characters, or not a pseudonym`;
  return vectorProblem(image.vector, dimension);
}

/**
 * The rows of one upsert, checked whole before any is written; of an id given twice the last counts, because a server
 * that sees both in one request keeps both.
 */
export function checkRows(images: readonly IndexedImage[], dimension: number): readonly IndexedImage[] {
  const byId = new Map<string, IndexedImage>();
  for (const [position, image] of images.entries()) {
    const problem = rowProblem(image, dimension);
    if (problem !== undefined) throw indexFault('INDEX_BAD_ROW', `row ${position}: ${problem}`);
    byId.set(image.id, image);
  }
  return [...byId.values()];
}

export function batchesOf<T>(rows: readonly T[], size = MAX_BATCH_ROWS): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, index) =>
    rows.slice(index * size, (index + 1) * size),
  );
}

function countTerms(filter: Filter, depth: number): number {
  if (depth > MAX_FILTER_DEPTH) throw indexFault('INDEX_BAD_REQUEST', `filter nested over ${MAX_FILTER_DEPTH} deep`);
  switch (filter.op) {
    case 'eq':
      return 1;
    case 'in':
      return filter.values.length;
    case 'not':
      return countTerms(filter.filter, depth + 1);
    default:
      return filter.filters.reduce((sum, part) => sum + countTerms(part, depth + 1), 0);
  }
}

export function checkFilter(filter: Filter): void {
  const terms = countTerms(filter, 0);
  if (terms > MAX_FILTER_TERMS) {
    throw indexFault('INDEX_BAD_REQUEST', `filter of ${terms} terms, at most ${MAX_FILTER_TERMS}`);
  }
}

export function checkSearch(request: SearchRequest, dimension: number): void {
  const { k, vector, filter, deadlineMs = 1 } = request;
  if (!Number.isInteger(k) || k < 1 || k > MAX_K) throw indexFault('INDEX_BAD_REQUEST', `k must be 1 to ${MAX_K}`);
  if (!(deadlineMs > 0)) throw indexFault('INDEX_BAD_REQUEST', 'the deadline must be above 0 ms');
  const problem = vectorProblem(vector, dimension);
  if (problem !== undefined) throw indexFault('INDEX_BAD_REQUEST', problem);
  if (filter !== undefined) checkFilter(filter);
}

export function checkStudyKeys(keys: readonly string[]): void {
  if (!keys.every(isKey)) throw indexFault('INDEX_BAD_REQUEST', 'a study key is not a pseudonym');
}

/** Best first, ties by id in code-unit order: the same on every machine, unlike a locale's order. */
export function byScoreThenId(a: { score: number; id: string }, b: { score: number; id: string }): number {
  return b.score - a.score || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
