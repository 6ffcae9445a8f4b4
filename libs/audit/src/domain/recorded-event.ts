import type { AuditEvent } from '@precedent/kernel';

/** An event as it stands in the log. `subject` and `detail` are absent where none was given. */
export interface RecordedAuditEvent extends AuditEvent {
  /** Grows with every event; gaps are no loss (a failed insert takes its number with it). */
  readonly id: string;
  readonly recordedAt: Date;
}

export interface AuditPage {
  /** Newest first. */
  readonly events: readonly RecordedAuditEvent[];
  /** `before` of the next page; null at the end. */
  readonly next: string | null;
}
