import type { NextFunction, Request, Response } from 'express';
import type { Logger } from '../create-logger.ts';
import type { Metrics } from '../observe/metrics.ts';

/** The declared route, never the URL, which may name a study. */
function routeOf(request: Request): string {
  const route: unknown = request.route;
  const declared = typeof route === 'object' && route !== null && 'path' in route ? route.path : null;
  return typeof declared === 'string' ? declared : '/unmatched';
}

/** Middleware: one line and one observation an answered request. */
export function requestLog(logger: Logger | undefined, metrics: Metrics | undefined) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const started = performance.now();
    response.once('close', () => {
      const durationMs = Math.round(performance.now() - started);
      const route = routeOf(request);
      const status = response.writableFinished ? response.statusCode : 499;
      logger?.event('http-request', { method: request.method, route, status, durationMs });
      metrics?.observeRequest(request.method, route, status, durationMs / 1000);
    });
    next();
  };
}
