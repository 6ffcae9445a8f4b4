import type { AuditEvent, AuditEventCode, AuditTrail } from '@precedent/kernel';
import { recordWithoutIdentifiers } from '@precedent/platform';
import type { DataSource, EntityManager } from 'typeorm';
import { auditFault } from './audit.errors.ts';
import type { AuditPage, RecordedAuditEvent } from './domain/recorded-event.ts';

/** One statement for any number of events, in their order. */
const INSERT = `
  insert into audit.event (code, outcome, actor, subject, detail)
  select e.value->>'code', e.value->>'outcome', e.value->>'actor', e.value->>'subject', coalesce(e.value->'detail', '{}')
  from jsonb_array_elements($1::jsonb) with ordinality as e(value, n) order by e.n`;

/** Ordered by the number itself: a bare `id` would be the text of the select list, and 9 newer than 10. */
const RECENT = `
  select id::text, recorded_at, code, outcome, actor, subject, detail
  from audit.event where $2::bigint is null or event.id < $2::bigint order by event.id desc limit $1`;

const MAX_PAGE = 1000;

interface Row {
  readonly id: string;
  readonly recorded_at: Date;
  readonly code: AuditEventCode;
  readonly outcome: 'success' | 'failure';
  readonly actor: string;
  readonly subject: string | null;
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

function clean(event: AuditEvent): Record<string, unknown> {
  const { detail, ...rest } = event;
  return {
    ...recordWithoutIdentifiers(rest),
    ...(detail === undefined ? {} : { detail: recordWithoutIdentifiers(detail) }),
  };
}

function recorded(row: Row): RecordedAuditEvent {
  const { id, recorded_at, code, outcome, actor, subject, detail } = row;
  const optional = {
    ...(subject === null ? {} : { subject }),
    ...(Object.keys(detail).length === 0 ? {} : { detail }),
  };
  return { id, recordedAt: recorded_at, code, outcome, actor, ...optional };
}

/** The audit log in PostgreSQL: append-only by trigger, written before the caller goes on. */
export class PostgresAuditTrail implements AuditTrail {
  private readonly dataSource: DataSource;

  constructor(dataSource: DataSource) {
    this.dataSource = dataSource;
  }

  /**
   * Writes all of the events or none. Without `within` they are committed when this returns, whatever becomes of the
   * caller's transaction; with it they are part of that transaction.
   * @throws AUDIT_NOT_WRITTEN: the act itself must then not be answered.
   */
  async record(events: readonly AuditEvent[], within?: EntityManager): Promise<void> {
    if (events.length === 0) return;
    try {
      await (within ?? this.dataSource.manager).query(INSERT, [JSON.stringify(events.map(clean))]);
    } catch (error) {
      throw auditFault('AUDIT_NOT_WRITTEN', error);
    }
  }

  /** Newest first, `limit` 1 to 1000; `before` is the `next` of the page before. @throws AUDIT_NOT_READ */
  async recent({ limit, before }: { readonly limit: number; readonly before?: string }): Promise<AuditPage> {
    if (before !== undefined && !/^\d{1,18}$/.test(before)) throw new TypeError('not an event id');
    const size = Math.max(1, Math.min(MAX_PAGE, Math.trunc(limit)));
    try {
      const rows: Row[] = await this.dataSource.manager.query(RECENT, [size + 1, before ?? null]);
      const page = rows.slice(0, size).map(recorded);
      return { events: page, next: rows.length > size ? (page.at(-1)?.id ?? null) : null };
    } catch (error) {
      throw auditFault('AUDIT_NOT_READ', error);
    }
  }
}
