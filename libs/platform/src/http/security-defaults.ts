import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import express from 'express';
import helmet from 'helmet';
import { CodedError } from '@precedent/kernel';
import type { Logger } from '../create-logger.ts';
import { requestId } from './request-id.ts';
import { requestLog } from './request-log.ts';
import type { Metrics } from '../observe/metrics.ts';

export interface SecurityOptions {
  /** Largest JSON body; uploads are streamed past the parser and bounded by their own handlers. */
  readonly jsonLimitBytes?: number;
  readonly logger?: Logger;
  readonly metrics?: Metrics;
}

const JSON_LIMIT_BYTES = 256 * 1024;

/** An API: nothing it answers is ever run, framed or fetched by another site's page. A viewer's pages set their own policy. */
const HELMET = helmet({
  contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  crossOriginResourcePolicy: { policy: 'same-origin' },
  referrerPolicy: { policy: 'no-referrer' },
});

/** Answers hold health data: no shared or disk cache keeps them unless a handler says that it may. */
function noStore(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('Cache-Control', 'private, no-store');
  next();
}

/** body-parser's messages quote the body; these do not. */
function bodyFault(error: unknown): unknown {
  const type = typeof error === 'object' && error !== null && 'type' in error ? String(error.type) : '';
  if (type === 'entity.too.large')
    return new CodedError('REQUEST_BODY_TOO_LARGE', 'The request body is larger than this service takes.');
  if (type === 'entity.parse.failed')
    return new CodedError('REQUEST_BODY_INVALID', 'The request body is not valid JSON.');
  if (/^(charset|encoding)\.unsupported$/.test(type))
    return new CodedError(
      'REQUEST_ENCODING_UNSUPPORTED',
      'The request body has an encoding that is not supported; send UTF-8.',
    );
  return error;
}

/** Express tells a handler of errors by its four parameters. */
function tellBodyFaults(error: unknown, _request: Request, _response: Response, next: NextFunction): void {
  next(bodyFault(error));
}

/**
 * What every server of this system does, with no switch to turn it off: request ids, security headers, no caching, a
 * bounded JSON parser. Call it once before `listen`, on an application created with `{ bodyParser: false }`.
 */
export function applySecurityDefaults(app: NestExpressApplication, options: SecurityOptions = {}): void {
  app.disable('x-powered-by');
  // A weak ETag of a health record in a 304 is a cache; handlers of immutable frames set their own.
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.use(requestId);
  if (options.logger !== undefined || options.metrics !== undefined)
    app.use(requestLog(options.logger, options.metrics));
  app.use(HELMET, noStore);
  app.use(express.json({ limit: options.jsonLimitBytes ?? JSON_LIMIT_BYTES, strict: true }));
  app.use(tellBodyFaults);
}
