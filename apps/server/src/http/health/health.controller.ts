import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { Response } from 'express';
import { z } from 'zod';
import { AllowAnonymous } from '@precedent/access';
import type { HealthKind } from '@precedent/platform';
import { HealthRegistry, Metrics } from '@precedent/platform';
import type { Operation } from '../operation.ts';

const Health = z.object({
  status: z.enum(['up', 'down']),
  checks: z.array(z.object({ name: z.string(), status: z.enum(['up', 'down']), code: z.string().optional() })),
});
const content = { 'application/json': Health };

const health = (kind: HealthKind, summary: string): Operation => ({
  method: 'get',
  path: `/health/${kind}`,
  id: `${kind}Health`,
  summary,
  anonymous: true,
  responses: { 200: { description: 'Up.', content }, 503: { description: 'Down, with what is wrong.', content } },
});

export const healthOperations: readonly Operation[] = [
  health('live', 'The process itself'),
  health('ready', 'It can take and answer now: database, vector store, spool'),
  health('startup', 'It has come up at all'),
  {
    method: 'get',
    path: '/metrics',
    id: 'readMetrics',
    summary: 'Prometheus metrics: counts and durations, no label that names anybody',
    responses: { 200: { description: 'Text exposition.', content: { 'text/plain': 'binary' } } },
  },
];

@Controller()
export class HealthController {
  constructor(
    @Inject(HealthRegistry) private readonly health: HealthRegistry,
    @Inject(Metrics) private readonly metricsRegistry: Metrics,
  ) {}

  @Get('health/live')
  @AllowAnonymous()
  live(@Res() response: Response): Promise<void> {
    return this.#answer('live', response);
  }

  @Get('health/ready')
  @AllowAnonymous()
  ready(@Res() response: Response): Promise<void> {
    return this.#answer('ready', response);
  }

  @Get('health/startup')
  @AllowAnonymous()
  startup(@Res() response: Response): Promise<void> {
    return this.#answer('startup', response);
  }

  @Get('metrics')
  async metrics(@Res() response: Response): Promise<void> {
    const { contentType, body } = await this.metricsRegistry.render();
    response.type(contentType).send(body);
  }

  async #answer(kind: HealthKind, response: Response): Promise<void> {
    const report = await this.health.check(kind);
    response.status(report.status === 'up' ? 200 : 503).json(report);
  }
}
