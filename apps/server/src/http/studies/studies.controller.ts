import { Controller, Get, Inject, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { GenerationStatus } from '@precedent/ingress';
import { IngressStatus } from '@precedent/ingress';
import type { AuditTrail } from '@precedent/kernel';
import { AUDIT_TRAIL } from '@precedent/kernel';
import type { Operation } from '../operation.ts';
import { ListQuery, StudiesResponse } from '../schemas.ts';
import { ZodPipe } from '../zod.pipe.ts';

export const studiesOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/studies',
    id: 'listStudies',
    summary: 'Every study generation received, newest first: its state, times and what was held back',
    query: ListQuery,
    responses: { 200: { description: 'A page.', content: { 'application/json': StudiesResponse } } },
  },
];

@Controller('v1/studies')
export class StudiesController {
  constructor(
    @Inject(IngressStatus) private readonly status: IngressStatus,
    @Inject(AUDIT_TRAIL) private readonly audit: AuditTrail,
  ) {}

  @Get()
  async list(
    @Query(new ZodPipe(ListQuery)) query: z.output<typeof ListQuery>,
  ): Promise<z.output<typeof StudiesResponse>> {
    const offset = Number.parseInt(query.cursor ?? '0', 36) || 0;
    const found = await this.status.generations(query.limit + 1, offset);
    await this.audit.record([{ code: 'study-list-read', outcome: 'success', actor: 'local-token' }]);
    const more = found.length > query.limit;
    return { studies: found.slice(0, query.limit).map(view), next: more ? (offset + query.limit).toString(36) : null };
  }
}

const iso = (time: Date | null): string | null => time?.toISOString() ?? null;

function view(status: GenerationStatus): z.output<typeof StudiesResponse>['studies'][number] {
  return {
    ...status,
    receivedAt: status.receivedAt.toISOString(),
    sealedAt: iso(status.sealedAt),
    deidentifiedAt: iso(status.deidentifiedAt),
    embeddedAt: iso(status.embeddedAt),
    indexedAt: iso(status.indexedAt),
  };
}
