import type { PatientKey, SeriesKey, StudyKey } from '@precedent/kernel';
import type { IndexedImage } from './types.ts';

/** id, study, patient, series, modality, body part, sex, age band. */
export type AttributeTuple = readonly [string, string, string, string, string, string, string, string];

/** Rows as they cross the thread and lie in the file: attributes, and the vectors end to end. */
export interface PackedRows {
  readonly attributes: readonly AttributeTuple[];
  readonly vectors: Float32Array;
}

export function packRows(images: readonly IndexedImage[], dimension: number): PackedRows {
  const vectors = new Float32Array(images.length * dimension);
  for (const [row, image] of images.entries()) vectors.set(image.vector, row * dimension);
  return { attributes: images.map(attributesOf), vectors };
}

function attributesOf(image: IndexedImage): AttributeTuple {
  const { id, studyKey, patientKey, seriesKey, modality, bodyPart, sex, ageBand } = image;
  return [id, studyKey, patientKey, seriesKey, modality, bodyPart, sex, ageBand];
}

/** Attributes were checked before they were packed, so the brands hold. */
export function unpackRows(rows: PackedRows, dimension: number): readonly IndexedImage[] {
  return rows.attributes.map(([id, study, patient, series, modality, bodyPart, sex, ageBand], row) => ({
    id,
    studyKey: study as StudyKey,
    patientKey: patient as PatientKey,
    seriesKey: series as SeriesKey,
    modality,
    bodyPart,
    sex,
    ageBand,
    vector: rows.vectors.slice(row * dimension, (row + 1) * dimension),
  }));
}
