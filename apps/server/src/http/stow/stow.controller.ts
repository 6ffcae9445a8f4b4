import { Controller, Inject, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { ReceivedInstance } from '@precedent/ingress';
import type { Operation } from '../operation.ts';
import { SOURCE } from '../schemas.ts';
import { ReceiveParts } from './receive-parts.ts';
import { requestParts } from './request-parts.ts';
import { storeResponse } from './store-response.ts';

/** Anything but the name of a door that a client claims to be is folded into the door's own name. */
const sourceOf = (request: Request, fallback: string): string => {
  const claimed = request.headers['x-precedent-source'];
  return typeof claimed === 'string' && SOURCE.test(claimed) ? claimed : fallback;
};

const IngestResponse = z.object({
  received: z.array(
    z.object({ kind: z.enum(['stored', 'duplicate', 'quarantined', 'rejected']), reason: z.string().optional() }),
  ),
});
const dicomBody = { 'multipart/related': 'binary', 'application/dicom': 'binary' } as const;

export const stowOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/dicomweb/studies',
    id: 'storeInstances',
    summary: 'STOW-RS (PS3.18 10.5): store instances; acknowledged when they are on disk',
    body: dicomBody,
    responses: {
      200: { description: 'All instances stored.', content: { 'application/dicom+json': 'binary' } },
      202: { description: 'Some instances were refused.', content: { 'application/dicom+json': 'binary' } },
      409: { description: 'No instance was stored.', content: { 'application/dicom+json': 'binary' } },
    },
  },
  {
    method: 'post',
    path: '/v1/ingest',
    id: 'ingest',
    summary: 'Store instances and hear what became of each part, in order (what `precedent import` uses)',
    body: dicomBody,
    responses: { 200: { description: 'One line a part.', content: { 'application/json': IngestResponse } } },
  },
];

@Controller()
export class StowController {
  constructor(@Inject(ReceiveParts) private readonly receive: ReceiveParts) {}

  @Post('dicomweb/studies')
  async store(@Req() request: Request, @Res() response: Response): Promise<void> {
    const { status, body } = storeResponse(await this.receive.run(sourceOf(request, 'stow'), requestParts(request)));
    response.status(status).type('application/dicom+json').send(JSON.stringify(body));
  }

  @Post('v1/ingest')
  async ingest(@Req() request: Request, @Res() response: Response): Promise<void> {
    const received = await this.receive.run(sourceOf(request, 'import'), requestParts(request));
    response.status(200).json({ received: received.map(line) } satisfies z.infer<typeof IngestResponse>);
  }
}

const line = ({ kind, reason }: ReceivedInstance): { kind: ReceivedInstance['kind']; reason?: string } =>
  reason === undefined ? { kind } : { kind, reason };
