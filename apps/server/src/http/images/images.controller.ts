import { Controller, Get, Inject, NotFoundException, Param, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import { z } from 'zod';
import { CaseArchive } from '@precedent/archive';
import { ImagingSandbox } from '@precedent/imaging';
import type { AuditTrail } from '@precedent/kernel';
import { AUDIT_TRAIL, CodedError, imageKey } from '@precedent/kernel';
import type { Operation } from '../operation.ts';
import { Key, RenderedQuery } from '../schemas.ts';
import { ZodPipe } from '../zod.pipe.ts';

export const imagesOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/images/{imageKey}/rendered',
    id: 'renderImage',
    summary: 'One frame of an archived image as it is to be shown (modality and VOI LUT applied)',
    params: z.object({ imageKey: Key }),
    query: RenderedQuery,
    responses: { 200: { description: 'The picture.', content: { 'image/png': 'binary' } } },
  },
];

@Controller('v1/images')
export class ImagesController {
  constructor(
    @Inject(CaseArchive) private readonly archive: CaseArchive,
    @Inject(ImagingSandbox) private readonly sandbox: ImagingSandbox,
    @Inject(AUDIT_TRAIL) private readonly audit: AuditTrail,
  ) {}

  @Get(':imageKey/rendered')
  async rendered(
    @Param('imageKey', new ZodPipe(Key)) key: string,
    @Query(new ZodPipe(RenderedQuery)) query: z.output<typeof RenderedQuery>,
    @Res() response: Response,
  ): Promise<void> {
    const image = await this.archive.image(imageKey(key));
    await this.audit.record([
      // A key that nothing is known by may be anything that was typed, a patient's number too: it is not recorded.
      image === null
        ? { code: 'image-read', outcome: 'failure', actor: 'local-token' }
        : { code: 'image-read', outcome: 'success', actor: 'local-token', subject: image.imageKey },
    ]);
    if (image === null || query.frame >= image.frames)
      throw new NotFoundException('No such image or frame in the archive.');
    const target = { kind: 'png', ...(query.maxSide === undefined ? {} : { maxSide: query.maxSide }) } as const;
    const source = { path: this.archive.objectPath(image) };
    const outcome = await this.sandbox.render({ source, frames: [query.frame], target });
    const frame = outcome.kind === 'rendered' ? outcome.frames[0] : undefined;
    if (frame === undefined) {
      const reason = outcome.kind === 'failed' ? outcome.reason : 'no-frame';
      throw new CodedError('IMAGE_NOT_SHOWABLE', `The picture cannot be shown (${reason}).`);
    }
    response.type('image/png').send(Buffer.from(frame.data));
  }
}
