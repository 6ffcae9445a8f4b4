import type { RejectReason } from './types.ts';

/** Carries a rejection out of the depth of the tokeniser; `readDataset` turns it into an outcome, it never leaves the room. */
export class ReadFault extends Error {
  readonly reason: RejectReason;
  readonly offset: number;

  constructor(reason: RejectReason, detail: string, offset: number, options?: { cause?: unknown }) {
    super(detail, options);
    this.name = 'ReadFault';
    this.reason = reason;
    this.offset = offset;
  }
}

/** The bytes break a rule of PS3.5 section 7 at `offset`. */
export function malformed(what: string, offset: number): ReadFault {
  return new ReadFault('malformed', `${what}: have the sender check how it writes this object.`, offset);
}

/** A limit of `ReadLimits` was reached at `offset`. */
export function tooMany(what: string, limit: string, offset: number): ReadFault {
  return new ReadFault(
    'limit-exceeded',
    `More ${what} than ${limit} allows: raise it if this object is genuine.`,
    offset,
  );
}
