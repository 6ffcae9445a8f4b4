import type { PipeTransform } from '@nestjs/common';
import type { z } from 'zod';

/** Parses a request value by its zod schema; what does not fit goes to the problem filter, which lists every issue. */
export class ZodPipe<T extends z.ZodType> implements PipeTransform<unknown, z.output<T>> {
  readonly #schema: T;

  constructor(schema: T) {
    this.#schema = schema;
  }

  transform(value: unknown): z.output<T> {
    return this.#schema.parse(value);
  }
}
