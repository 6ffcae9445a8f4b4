import { Body, Controller, HttpCode, Inject, Post, Req, UnsupportedMediaTypeException } from '@nestjs/common';
import type { Request } from 'express';
import type { z } from 'zod';
import { parseOutcomes, StageOutcomes } from '@precedent/ingress';
import type { AuditTrail } from '@precedent/kernel';
import { AUDIT_TRAIL, CodedError } from '@precedent/kernel';
import { Pipeline } from '../../pipeline/pipeline.ts';
import type { Operation } from '../operation.ts';
import { OutcomesResponse, SealBody, SealResponse } from '../schemas.ts';
import { ZodPipe } from '../zod.pipe.ts';

const MAX_CSV_BYTES = 256 * 1024 * 1024;

export const ingestOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/ingest/seal',
    id: 'sealSource',
    summary:
      'A source has sent everything, or all of these studies: they are complete now, without waiting for the quiet time',
    body: { 'application/json': SealBody },
    responses: { 200: { description: 'How many studies were sealed.', content: { 'application/json': SealResponse } } },
  },
  {
    method: 'post',
    path: '/v1/outcomes',
    id: 'importOutcomes',
    summary: 'Outcomes as CSV, one study a line, keyed by the column study_instance_uid',
    body: { 'text/csv': 'binary' },
    responses: { 200: { description: 'What was taken.', content: { 'application/json': OutcomesResponse } } },
  },
];

@Controller('v1')
export class IngestController {
  constructor(
    @Inject(Pipeline) private readonly pipeline: Pipeline,
    @Inject(StageOutcomes) private readonly outcomes: StageOutcomes,
    @Inject(AUDIT_TRAIL) private readonly audit: AuditTrail,
  ) {}

  @Post('ingest/seal')
  @HttpCode(200)
  async seal(@Body(new ZodPipe(SealBody)) body: z.output<typeof SealBody>): Promise<z.output<typeof SealResponse>> {
    return { sealed: await this.pipeline.sealSource(body.source, body.studies) };
  }

  @Post('outcomes')
  @HttpCode(200)
  async importOutcomes(@Req() request: Request): Promise<z.output<typeof OutcomesResponse>> {
    if (request.is('text/csv') === false) throw new UnsupportedMediaTypeException('Send the outcomes as text/csv.');
    const { lines, skipped } = parseOutcomes(await collect(request as AsyncIterable<Buffer>));
    await this.outcomes.stage(lines);
    const detail = { lines: lines.length, skipped: skipped.length };
    await this.audit.record([{ code: 'outcomes-imported', outcome: 'success', actor: 'local-token', detail }]);
    return { lines: lines.length, skippedLines: [...skipped] };
  }
}

async function collect(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_CSV_BYTES)
      throw new CodedError('UPLOAD_TOO_LARGE', 'The outcomes file is too large: send it in parts.');
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks);
}
