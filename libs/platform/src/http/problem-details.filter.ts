import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { Catch, HttpException } from '@nestjs/common';
import type { Response } from 'express';
import { STATUS_CODES } from 'node:http';
import { CodedError } from '@precedent/kernel';
import { z } from 'zod';
import type { Logger } from '../create-logger.ts';
import { currentRequestId } from './request-id.ts';

/** RFC 9457. `type` is stable, `instance` the request id. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
  readonly instance?: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

export interface ProblemOptions {
  /** HTTP status of each fault code that a client may see with its sentence; every other code is 500 without one. */
  readonly statusOf: Readonly<Record<string, number>>;
  readonly logger?: Logger;
}

/** Faults of the request itself, raised by this room (security-defaults.ts). */
const OWN_STATUS: Readonly<Record<string, number>> = {
  REQUEST_BODY_INVALID: 400,
  REQUEST_BODY_TOO_LARGE: 413,
  REQUEST_ENCODING_UNSUPPORTED: 415,
};

const titleOf = (status: number): string => STATUS_CODES[status] ?? 'Error';

function problem(status: number, code: string, more: Partial<ProblemDetails> = {}): ProblemDetails {
  const instance = currentRequestId();
  const type = `urn:precedent:problem:${code.toLowerCase().replaceAll('_', '-')}`;
  return { type, title: titleOf(status), status, code, ...more, ...(instance === undefined ? {} : { instance }) };
}

/** Messages of issues say what is expected; the value that was sent is not repeated. */
function invalid(error: z.ZodError): ProblemDetails {
  const errors = error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
  return problem(400, 'REQUEST_INVALID', {
    detail: 'The request does not have the form it should; see errors.',
    errors,
  });
}

/**
 * Nest makes exceptions from what libraries throw and keeps their messages, which quote the request: a broken JSON body,
 * an undecodable or unknown URL. Ours are sentences that begin like none of these.
 */
const QUOTING =
  /JSON|^Cannot (GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\b|decode param|^Unexpected|^Expected|^Bad control/;

function fromHttp(error: HttpException): ProblemDetails {
  const status = error.getStatus();
  const code = `HTTP_${titleOf(status)
    .toUpperCase()
    .replaceAll(/[^A-Z]+/g, '_')}`;
  const own = error.message !== titleOf(status) && !QUOTING.test(error.message);
  return status < 500 && own ? problem(status, code, { detail: error.message }) : problem(status, code);
}

/** Errors of Express middleware carry a status; their messages are not ours. */
function foreignStatus(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('status' in error)) return null;
  const { status } = error;
  return typeof status === 'number' && Number.isInteger(status) && status >= 400 && status < 500 ? status : null;
}

/** Turns whatever was thrown into the one form of an error answer. Unknown faults say nothing but the request id. */
export function problemOf(error: unknown, statusOf: Readonly<Record<string, number>>): ProblemDetails {
  if (error instanceof z.ZodError) return invalid(error);
  if (error instanceof HttpException) return fromHttp(error);
  if (error instanceof CodedError) {
    const status = statusOf[error.code] ?? OWN_STATUS[error.code];
    return status === undefined ? problem(500, 'INTERNAL') : problem(status, error.code, { detail: error.message });
  }
  const status = foreignStatus(error);
  return status === null ? problem(500, 'INTERNAL') : problem(status, `HTTP_${status}`);
}

/** The one exception filter of the application. */
@Catch()
export class ProblemDetailsFilter implements ExceptionFilter {
  private readonly options: ProblemOptions;

  constructor(options: ProblemOptions) {
    this.options = options;
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const answer = problemOf(error, this.options.statusOf);
    if (answer.status >= 500) this.options.logger?.fault('http', error);
    // Half of an answer is out already: only cutting the connection tells the client that it is not whole.
    if (response.headersSent) return void response.destroy();
    response.status(answer.status).type('application/problem+json').send(JSON.stringify(answer));
  }
}
