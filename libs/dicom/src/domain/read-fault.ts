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
