import type { AuditEvent, AuditTrail, Transaction } from '@precedent/kernel';
import type { Logger } from '@precedent/platform';

/** The stages of the pipeline log what they did themselves, with counts. */
const SELF_LOGGED = 'pipeline';

/** The audit trail, whose acts by people and sources show in the log as well: what was done and how it went, not to whom. */
export class LoggedAuditTrail implements AuditTrail {
  readonly #trail: AuditTrail;
  readonly #log: Pick<Logger, 'event'>;

  constructor(trail: AuditTrail, log: Pick<Logger, 'event'>) {
    this.#trail = trail;
    this.#log = log;
  }

  async record(events: readonly AuditEvent[], within?: Transaction): Promise<void> {
    await this.#trail.record(events, within);
    for (const { code, outcome, actor } of events)
      if (actor !== SELF_LOGGED) this.#log.event('audited', { act: code, outcome });
  }
}
