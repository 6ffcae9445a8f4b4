import { Controller, Get, Inject } from '@nestjs/common';
import { AllowAnonymous } from '@precedent/access';
import type { Operation } from '../operation.ts';

/** The API description document, made once at start. */
export const OPENAPI_DOCUMENT = Symbol('OpenApiDocument');

export const openApiOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/openapi.json',
    id: 'describeApi',
    summary: 'This description (OpenAPI 3.1)',
    anonymous: true,
    responses: { 200: { description: 'The description.', content: { 'application/json': 'binary' } } },
  },
];

@Controller()
export class OpenApiController {
  constructor(@Inject(OPENAPI_DOCUMENT) private readonly document: object) {}

  @Get('openapi.json')
  @AllowAnonymous()
  get(): object {
    return this.document;
  }
}
