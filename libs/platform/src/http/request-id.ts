import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';

const SAFE = /^[A-Za-z0-9][A-Za-z0-9_-]{7,63}$/;
const storage = new AsyncLocalStorage<string>();

/** The id of the request in whose course this is called; undefined outside of one (a pipeline stage). */
export function currentRequestId(): string | undefined {
  return storage.getStore();
}

/**
 * Middleware: takes the caller's X-Request-Id when it is one (8 to 64 letters, digits, `-`, `_`; a UID with its dots is
 * not), else makes one; answers it, and keeps it for the log and for problem details.
 */
export function requestId(request: Request, response: Response, next: NextFunction): void {
  const given = request.get('x-request-id');
  const id = given !== undefined && SAFE.test(given) ? given : randomUUID();
  response.setHeader('X-Request-Id', id);
  storage.run(id, next);
}
