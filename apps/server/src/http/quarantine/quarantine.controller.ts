import { Body, Controller, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import { Quarantine } from '@precedent/ingress';
import type { AuditEventCode, AuditTrail } from '@precedent/kernel';
import { AUDIT_TRAIL } from '@precedent/kernel';
import { Pipeline } from '../../pipeline/pipeline.ts';
import type { Operation } from '../operation.ts';
import { QuarantineActResponse, QuarantineBody, QuarantineQuery, QuarantineResponse } from '../schemas.ts';
import { ZodPipe } from '../zod.pipe.ts';

export const quarantineOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/quarantine',
    id: 'listQuarantine',
    summary: 'Every instance that is held back: why, and what can be done about it',
    query: QuarantineQuery,
    responses: { 200: { description: 'A page.', content: { 'application/json': QuarantineResponse } } },
  },
  {
    method: 'post',
    path: '/v1/quarantine/retry',
    id: 'retryQuarantined',
    summary: 'Sends held instances through the pipeline again, after a setting has changed',
    body: { 'application/json': QuarantineBody },
    responses: {
      200: { description: 'How many could be taken up.', content: { 'application/json': QuarantineActResponse } },
    },
  },
  {
    method: 'post',
    path: '/v1/quarantine/reject',
    id: 'rejectQuarantined',
    summary: 'Deletes the bytes of held instances for good',
    body: { 'application/json': QuarantineBody },
    responses: { 200: { description: 'How many.', content: { 'application/json': QuarantineActResponse } } },
  },
];

@Controller('v1/quarantine')
export class QuarantineController {
  constructor(
    @Inject(Quarantine) private readonly quarantine: Quarantine,
    @Inject(Pipeline) private readonly pipeline: Pipeline,
    @Inject(AUDIT_TRAIL) private readonly audit: AuditTrail,
  ) {}

  @Get()
  async list(
    @Query(new ZodPipe(QuarantineQuery)) { reason, limit, cursor }: z.output<typeof QuarantineQuery>,
  ): Promise<z.output<typeof QuarantineResponse>> {
    const found = await this.quarantine.list({ reason }, limit + 1, cursor);
    const page = found.slice(0, limit);
    await this.#record('quarantine-read', page.length);
    const instances = page.map((held) => ({ ...held, receivedAt: held.receivedAt.toISOString() }));
    return { instances, next: found.length > limit ? (page.at(-1)?.id ?? null) : null };
  }

  @Post('retry')
  @HttpCode(200)
  async retry(
    @Body(new ZodPipe(QuarantineBody)) { ids }: z.output<typeof QuarantineBody>,
  ): Promise<z.output<typeof QuarantineActResponse>> {
    const instances = await this.pipeline.retryHeld(ids);
    await this.#record('quarantine-retried', instances);
    return { instances };
  }

  @Post('reject')
  @HttpCode(200)
  async reject(
    @Body(new ZodPipe(QuarantineBody)) { ids }: z.output<typeof QuarantineBody>,
  ): Promise<z.output<typeof QuarantineActResponse>> {
    const instances = await this.quarantine.reject(ids);
    await this.#record('quarantine-rejected', instances);
    return { instances };
  }

  async #record(code: AuditEventCode, instances: number): Promise<void> {
    await this.audit.record([{ code, outcome: 'success', actor: 'local-token', detail: { instances } }]);
  }
}
