import type { LoggerService } from '@nestjs/common';
import type { Logger } from '../create-logger.ts';

/**
 * Nest's own words. They are free text and may quote a request, so only the part that speaks is kept; what matters
 * (faults of handlers) comes through the problem filter, and a fault of the start is thrown to the caller
 * (`abortOnError: false`).
 */
export class NestLogger implements LoggerService {
  private readonly logger: Logger;

  constructor(logger: Logger) {
    this.logger = logger;
  }

  log(_message: unknown, ...rest: unknown[]): void {
    this.logger.event('framework-message', { part: partOf(rest) });
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.log(message, ...rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.log(message, ...rest);
  }

  warn(_message: unknown, ...rest: unknown[]): void {
    this.logger.event('framework-warning', { part: partOf(rest) });
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.logger.fault(partOf(rest), message);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.error(message, ...rest);
  }
}

/** Nest gives the speaking class as the last argument. */
function partOf(rest: readonly unknown[]): string {
  const last = rest.at(-1);
  return typeof last === 'string' && /^\w{1,64}$/.test(last) ? last : 'nest';
}
