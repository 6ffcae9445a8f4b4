import type { PatientKey, SeriesKey, StudyKey } from '@precedent/kernel';
import { indexFault } from '../case-index.errors.ts';
import type { IndexedImage, Neighbour } from '../domain/types.ts';
import { MILVUS_COLUMN } from '../domain/render-filter.ts';
import { PRIMARY_KEY, VECTOR } from './milvus-collection.ts';

export type MilvusRow = Readonly<Record<string, unknown>>;

/** Named one by one: without a list the SDK asks for `*`, vectors included. */
export const NEIGHBOUR_COLUMNS = [
  PRIMARY_KEY,
  MILVUS_COLUMN.studyKey,
  MILVUS_COLUMN.patientKey,
  MILVUS_COLUMN.seriesKey,
];
export const ALL_COLUMNS = [PRIMARY_KEY, ...Object.values(MILVUS_COLUMN), VECTOR];

export function rowOf(image: IndexedImage): Record<string, string | number[]> {
  const row: Record<string, string | number[]> = { [PRIMARY_KEY]: image.id };
  for (const [field, column] of Object.entries(MILVUS_COLUMN)) row[column] = image[field as keyof typeof MILVUS_COLUMN];
  row[VECTOR] = Array.from(image.vector);
  return row;
}

export function text(row: MilvusRow, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw indexFault('INDEX_BAD_ANSWER', `no ${column} in a row`);
  return value;
}

export function neighbourOf(row: MilvusRow): Neighbour {
  const score = row['score'];
  if (typeof score !== 'number' || !Number.isFinite(score)) throw indexFault('INDEX_BAD_ANSWER', 'no score in a row');
  return {
    id: text(row, PRIMARY_KEY),
    studyKey: text(row, MILVUS_COLUMN.studyKey) as StudyKey,
    patientKey: text(row, MILVUS_COLUMN.patientKey) as PatientKey,
    seriesKey: text(row, MILVUS_COLUMN.seriesKey) as SeriesKey,
    score: Math.max(-1, Math.min(1, score)),
  };
}

export function imageOfRow(row: MilvusRow, dimension: number): IndexedImage {
  const vector = row[VECTOR];
  if (!Array.isArray(vector) || vector.length !== dimension) throw indexFault('INDEX_BAD_ANSWER', 'no whole vector');
  return {
    id: text(row, PRIMARY_KEY),
    studyKey: text(row, MILVUS_COLUMN.studyKey) as StudyKey,
    patientKey: text(row, MILVUS_COLUMN.patientKey) as PatientKey,
    seriesKey: text(row, MILVUS_COLUMN.seriesKey) as SeriesKey,
    modality: text(row, MILVUS_COLUMN.modality),
    bodyPart: text(row, MILVUS_COLUMN.bodyPart),
    sex: text(row, MILVUS_COLUMN.sex),
    ageBand: text(row, MILVUS_COLUMN.ageBand),
    vector: Float32Array.from(vector as number[]),
  };
}
