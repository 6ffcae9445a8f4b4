import { imageKey, objectDigest, patientKey, seriesKey, studyKey } from '@precedent/kernel';
import type { DeidentifiedInstance, DeidentifiedStudy } from '@precedent/deid';
import { summariseStudy } from '../domain/summarise-study.ts';
import type { AgeBand, ArchivedImage, ArchivedStudy } from '../domain/types.ts';
import type { ImageRow, StudyRow } from './entities.ts';

/**
 * A text attribute made to fit its column and the vector store, which counts bytes and refuses control characters: a vendor may
 * write more than the VR allows, and one such value must not fail a study.
 */
function cut(value: string, bytes: number): string {
  const clean = value.replace(/[\u0000-\u001f\u007f]/g, ' ').trim();
  let fitting = clean.slice(0, bytes);
  while (Buffer.byteLength(fitting) > bytes) fitting = fitting.slice(0, -1);
  return fitting;
}

export function studyRowOf(study: DeidentifiedStudy): StudyRow {
  const summary = summariseStudy(study.instances);
  return {
    studyKey: study.studyKey,
    patientKey: study.patientKey,
    generation: study.generation,
    modality: cut(summary.modality, 16),
    bodyPart: cut(summary.bodyPart, 64),
    sex: summary.sex,
    ageYears: summary.ageYears,
    ageBand: summary.ageBand,
    manufacturer: cut(summary.manufacturer, 64),
    studyDate: cut(summary.studyDate, 8),
    deidProfile: study.profile.name,
    deidProfileSha256: study.profile.sha256,
    deidKeyId: study.profile.keyId,
    uncleanedPixels: study.profile.uncleanedPixels,
  };
}

export function imageRowOf(study: DeidentifiedStudy, instance: DeidentifiedInstance): ImageRow {
  const a = instance.attributes;
  return {
    imageKey: instance.imageKey,
    seriesKey: instance.seriesKey,
    studyKey: study.studyKey,
    object: instance.sha256,
    sizeBytes: instance.bytes.length,
    sopClassUid: cut(a.sopClassUid, 64),
    transferSyntax: cut(a.transferSyntax, 64),
    rows: a.rows,
    columns: a.columns,
    frames: a.frames,
    modality: cut(a.modality, 16),
    bodyPart: cut(a.bodyPart.toUpperCase(), 64),
    viewPosition: cut(a.viewPosition, 32),
    laterality: cut(a.laterality, 16),
    lossy: a.lossy,
    instanceNumber: a.instanceNumber,
    seriesNumber: a.seriesNumber,
    position: a.position === null ? null : [...a.position],
    orientation: a.orientation === null ? null : [...a.orientation],
    notIndexable: null,
  };
}

export function imageOf(row: ImageRow): ArchivedImage {
  return {
    imageKey: imageKey(row.imageKey),
    seriesKey: seriesKey(row.seriesKey),
    studyKey: studyKey(row.studyKey),
    object: objectDigest(row.object),
    rows: row.rows,
    columns: row.columns,
    frames: row.frames,
    modality: row.modality,
    bodyPart: row.bodyPart,
    transferSyntax: row.transferSyntax,
    instanceNumber: row.instanceNumber,
    position: row.position,
    orientation: row.orientation,
  };
}

/** A study row joined with its outcome and counts, as the queries of `CaseArchive` select it. */
export interface JoinedStudy {
  study_key: string;
  patient_key: string;
  generation: number;
  modality: string;
  body_part: string;
  sex: ArchivedStudy['sex'];
  age_years: number | null;
  age_band: AgeBand;
  manufacturer: string;
  study_date: string;
  series_count: number;
  image_count: number;
  outcome: Record<string, string> | null;
}

export function studyOf(row: JoinedStudy): ArchivedStudy {
  return {
    studyKey: studyKey(row.study_key),
    patientKey: patientKey(row.patient_key),
    generation: row.generation,
    modality: row.modality,
    bodyPart: row.body_part,
    sex: row.sex,
    ageBand: row.age_band,
    ageYears: row.age_years,
    manufacturer: row.manufacturer,
    studyDate: row.study_date,
    seriesCount: row.series_count,
    imageCount: row.image_count,
    outcome: row.outcome,
  };
}
