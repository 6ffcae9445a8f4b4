import type { DeidentifiedInstance } from '@precedent/deid';
import { ageBandOf } from './age-band.ts';
import type { AgeBand, ArchivedStudy } from './types.ts';

/** The study-level attributes a set of instances agrees on. */
export interface StudySummary {
  readonly modality: string;
  readonly bodyPart: string;
  readonly sex: ArchivedStudy['sex'];
  readonly ageYears: number | null;
  readonly ageBand: AgeBand;
  readonly manufacturer: string;
  readonly studyDate: string;
}

/** The value most instances have, empty ones not counted; ties by first seen. */
export function mostFrequent(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== '') counts.set(value, (counts.get(value) ?? 0) + 1);
  let best = '';
  for (const [value, count] of counts) if (count > (counts.get(best) ?? 0)) best = value;
  return best;
}

export function sexOf(value: string): ArchivedStudy['sex'] {
  return value === 'M' || value === 'F' || value === 'O' ? value : 'unknown';
}

/**
 * One study-level value per attribute: a study's images usually agree; where they do not (a scanned form among CT
 * slices), the majority speaks for the study.
 */
export function summariseStudy(instances: readonly DeidentifiedInstance[]): StudySummary {
  const attributes = instances.map((instance) => instance.attributes);
  const ageYears = attributes.find((a) => a.ageYears !== null)?.ageYears ?? null;
  return {
    modality: mostFrequent(attributes.map((a) => a.modality)),
    bodyPart: mostFrequent(attributes.map((a) => a.bodyPart.toUpperCase())),
    sex: sexOf(mostFrequent(attributes.map((a) => a.sex))),
    ageYears,
    ageBand: ageBandOf(ageYears),
    manufacturer: mostFrequent(attributes.map((a) => a.manufacturer)),
    studyDate: mostFrequent(attributes.map((a) => a.studyDate)),
  };
}
