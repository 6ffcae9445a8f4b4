import type { Logger as PinoLogger } from 'pino';
import { destination, pino } from 'pino';
import { codeOf } from '@precedent/kernel';
import type { EventDefinition, LogEventName, LogFields, LogLevel } from './domain/log-catalogue.ts';
import { LOG_EVENTS } from './domain/log-catalogue.ts';
import { accepts, framesOf, REFUSED } from './domain/log-fields.ts';
import { currentRequestId } from './http/request-id.ts';

export interface LoggerOptions {
  readonly level: LogLevel;
  /** A file (made 0600, appended), or standard error. */
  readonly destination: 'stderr' | { readonly file: string };
}

/** The fields of an event without fields may be left out. */
type FieldsArgument<N extends LogEventName> = keyof LogFields<N> extends never ? [] : [fields: LogFields<N>];

/** Lines of the closed catalogue as JSON: `{"level","time","id","event","requestId"?, …fields, "msg"}`. */
export class Logger {
  private readonly pino: PinoLogger;
  private readonly closing: () => void;

  constructor(output: PinoLogger, closing: () => void = () => undefined) {
    this.pino = output;
    this.closing = closing;
  }

  event<N extends LogEventName>(name: N, ...[fields]: FieldsArgument<N>): void {
    const definition: EventDefinition = LOG_EVENTS[name];
    const given: Readonly<Record<string, unknown>> = fields ?? {};
    const safe = Object.entries(definition.fields).flatMap(([field, kind]) =>
      given[field] === undefined ? [] : [[field, accepts(kind, given[field]) ? given[field] : REFUSED] as const],
    );
    const requestId = currentRequestId();
    const line = {
      id: definition.id,
      event: name,
      ...(requestId === undefined ? {} : { requestId }),
      ...Object.fromEntries(safe),
    };
    this.pino[definition.level](line, definition.text);
  }

  /** Any thrown value: its code and where it came from. Its message is left out, since it may quote a patient's data. */
  fault(part: string, error: unknown): void {
    this.event('fault', { code: codeOf(error), part, frames: framesOf(error) });
  }

  close(): void {
    this.closing();
  }
}

/** Written at once and not buffered: the last lines before a crash are the ones that are wanted. */
export function createLogger(options: LoggerOptions): Logger {
  const target =
    options.destination === 'stderr' ? { dest: 2 } : { dest: options.destination.file, mode: 0o600, append: true };
  const stream = destination({ ...target, sync: true });
  // A full disk or a closed terminal must not end the service over its log.
  stream.on('error', () => undefined);
  const formatters = { level: (label: string) => ({ level: label }) };
  const output = pino(
    { level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters },
    stream,
  );
  return new Logger(output, () => {
    if (options.destination !== 'stderr') stream.end();
  });
}
