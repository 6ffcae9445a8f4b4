import type { ArchivedStudy } from '@precedent/archive';

/** Study attributes that can be a label besides the outcome columns. */
const ATTRIBUTES: Readonly<Record<string, (study: ArchivedStudy) => string>> = {
  modality: (study) => study.modality,
  bodyPart: (study) => study.bodyPart,
  sex: (study) => study.sex,
  ageBand: (study) => study.ageBand,
  manufacturer: (study) => study.manufacturer,
};

/** A study's class by one or more columns, joined; empty when any of them is unknown, so that the study takes no part. */
export function labelOf(study: ArchivedStudy, names: readonly string[]): string {
  const parts = names.map((name) => (study.outcome?.[name] ?? ATTRIBUTES[name]?.(study) ?? '').trim());
  return parts.includes('') ? '' : parts.join(' × ');
}
