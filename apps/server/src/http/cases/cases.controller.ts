import { Controller, Get, Inject, NotFoundException, Param } from '@nestjs/common';
import { z } from 'zod';
import type { ArchivedStudy } from '@precedent/archive';
import { CaseArchive } from '@precedent/archive';
import type { AuditEvent, AuditTrail } from '@precedent/kernel';
import { AUDIT_TRAIL, studyKey } from '@precedent/kernel';
import type { Operation } from '../operation.ts';
import { CaseResponse, Key } from '../schemas.ts';
import { studyView } from '../views.ts';
import { ZodPipe } from '../zod.pipe.ts';

export const casesOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/cases/{studyKey}',
    id: 'getCase',
    summary: 'One archived case: attributes, verified outcome and its images',
    params: z.object({ studyKey: Key }),
    responses: { 200: { description: 'The case.', content: { 'application/json': CaseResponse } } },
  },
];

@Controller('v1/cases')
export class CasesController {
  constructor(
    @Inject(CaseArchive) private readonly archive: CaseArchive,
    @Inject(AUDIT_TRAIL) private readonly audit: AuditTrail,
  ) {}

  @Get(':studyKey')
  async get(@Param('studyKey', new ZodPipe(Key)) key: string): Promise<z.output<typeof CaseResponse>> {
    const study = await this.archive.study(studyKey(key));
    await this.audit.record([caseRead(study)]);
    if (study === null) throw new NotFoundException('No such case in the archive.');
    const images = await this.archive.imagesOf([study.studyKey]);
    return {
      ...studyView(study),
      images: images.map(({ imageKey, seriesKey, modality, rows, columns, frames }) => ({
        imageKey,
        seriesKey,
        modality,
        rows,
        columns,
        frames,
        rendered: `/v1/images/${imageKey}/rendered`,
      })),
    };
  }
}

/** A key that nothing is known by may be anything that was typed, a patient's number too: it is not recorded. */
function caseRead(study: ArchivedStudy | null): AuditEvent {
  if (study === null) return { code: 'case-read', outcome: 'failure', actor: 'local-token' };
  return { code: 'case-read', outcome: 'success', actor: 'local-token', subject: study.studyKey };
}
