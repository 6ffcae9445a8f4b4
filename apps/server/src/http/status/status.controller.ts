import { Controller, Get, Inject } from '@nestjs/common';
import type { z } from 'zod';
import type { Operation } from '../operation.ts';
import { StatusResponse } from '../schemas.ts';
import { ReadStatus } from './read-status.ts';

export const statusOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/status',
    id: 'readStatus',
    summary: 'Counts of everything received, archived, indexed and held back',
    responses: { 200: { description: 'The counts.', content: { 'application/json': StatusResponse } } },
  },
];

@Controller('v1/status')
export class StatusController {
  constructor(@Inject(ReadStatus) private readonly status: ReadStatus) {}

  @Get()
  read(): Promise<z.output<typeof StatusResponse>> {
    return this.status.run();
  }
}
