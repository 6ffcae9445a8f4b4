import type { z } from 'zod';
import type { ArchivedStudy } from '@precedent/archive';
import type { Study } from './schemas.ts';

/** An archived study as the API shows it. The patient's pseudonym stays inside: a reader has no use for it. */
export function studyView(study: ArchivedStudy): z.output<typeof Study> {
  const { studyKey, modality, bodyPart, sex, ageBand, manufacturer, seriesCount, imageCount, outcome } = study;
  return {
    studyKey,
    modality,
    bodyPart,
    sex,
    ageBand,
    manufacturer,
    seriesCount,
    imageCount,
    outcome: outcome && { ...outcome },
  };
}
