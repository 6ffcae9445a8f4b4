/** Real: embedded PostgreSQL, TypeORM, Nest's injection. Fake: nothing. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AUDIT_TRAIL } from '@precedent/kernel';
import type { AuditEvent } from '@precedent/kernel';
import { pendingSchemaChanges } from '@precedent/platform';
import { AuditModule, auditSchema, PostgresAuditTrail } from '@precedent/audit';
import { DataSource } from 'typeorm';
import { startTestDatabase } from '../../../test/support/test-database.ts';

const query = (subject: string): AuditEvent => ({ code: 'query', outcome: 'success', actor: 'local-token', subject });

describe('PostgresAuditTrail', () => {
  const database = startTestDatabase();
  let dataSource: DataSource;
  let trail: PostgresAuditTrail;
  beforeAll(async () => {
    dataSource = await database.open([auditSchema]);
    trail = new PostgresAuditTrail(dataSource);
  });

  it('has the tables that its entities describe', async () => {
    expect(await pendingSchemaChanges(dataSource)).toEqual([]);
  });

  it('keeps events in their order and pages back through them, newest first', async () => {
    const subjects = Array.from({ length: 25 }, (_, index) => `study-${index}`);
    await trail.record(subjects.map(query));
    await trail.record([]);
    const first = await trail.recent({ limit: 10 });
    const second = await trail.recent({ limit: 10, before: first.next! });
    const third = await trail.recent({ limit: 10, before: second.next! });
    const seen = [first, second, third].flatMap((page) => page.events.map((event) => event.subject));
    expect(seen).toEqual(subjects.reverse());
    expect(third.next).toBeNull();
    expect(first.events[0]).toMatchObject({ code: 'query', outcome: 'success', actor: 'local-token' });
    expect(Math.abs(Date.now() - (first.events[0]?.recordedAt.getTime() ?? 0))).toBeLessThan(60_000);
  });

  it('gives detail back as it was, and none where none was given', async () => {
    const detail = { k: 10, kind: 'study', exact: true, filter: null };
    await trail.record([
      { ...query('s'), detail },
      { code: 'application-stop', outcome: 'failure', actor: 'server' },
    ]);
    const { events } = await trail.recent({ limit: 2 });
    expect(events[1]?.detail).toEqual(detail);
    expect(events[0]).not.toHaveProperty('detail');
    expect(events[0]).not.toHaveProperty('subject');
  });

  it.each([
    "update audit.event set actor = 'someone-else'",
    'delete from audit.event',
    'delete from audit.event where false',
    'truncate audit.event',
    'insert into audit.event (id, code, outcome, actor, detail) values (1, $$x$$, $$x$$, $$x$$, $${}$$)',
  ])('refuses: %s', async (statement) => {
    const before: unknown = await dataSource.query('select count(*) from audit.event');
    await expect(dataSource.query(statement)).rejects.toThrow(/append-only|non-DEFAULT/i);
    expect(await dataSource.query('select count(*) from audit.event')).toEqual(before);
  });

  it('does not let a source UID or a name into the log, and keeps the record', async () => {
    const uid = '1.3.6.1.4.1.14519.5.2.1.7009.2403';
    await trail.record([
      { ...query(uid), actor: 'DOE^JANE', detail: { note: `study ${uid}`, syntax: '1.2.840.10008.1.2.1' } },
    ]);
    const { events } = await trail.recent({ limit: 1 });
    expect(events[0]).toMatchObject({ subject: '[refused]', actor: '[refused]' });
    expect(events[0]?.detail).toEqual({ note: '[refused]', syntax: '1.2.840.10008.1.2.1' });
  });

  it('is part of a transaction only when asked to be', async () => {
    const undone = dataSource.transaction(async (manager) => {
      await trail.record([query('kept')]);
      await trail.record([query('undone')], manager);
      throw new Error('rolled back');
    });
    await expect(undone).rejects.toThrow('rolled back');
    expect((await trail.recent({ limit: 1 })).events[0]?.subject).toBe('kept');
  });

  it('writes all events of a call or none, and says so', async () => {
    const broken = { ...query('b'), actor: null as unknown as string };
    await expect(trail.record([query('a'), broken])).rejects.toMatchObject({ code: 'AUDIT_NOT_WRITTEN' });
    expect((await trail.recent({ limit: 1 })).events[0]?.subject).toBe('kept');
  });

  it('takes many writers at once without losing an event', async () => {
    await Promise.all(
      Array.from({ length: 40 }, (_, index) => trail.record([query(`w-${index}`), query(`w-${index}`)])),
    );
    const { events } = await trail.recent({ limit: 80 });
    expect(events.filter((event) => event.subject?.startsWith('w-'))).toHaveLength(80);
  });

  it('is bound to the port by its module', async () => {
    @Module({ providers: [{ provide: DataSource, useFactory: () => dataSource }], exports: [DataSource] })
    class Given {}
    @Module({})
    class Root {}
    const root = { module: Root, imports: [{ module: Given, global: true }, AuditModule] };
    const app = await NestFactory.createApplicationContext(root, { logger: false });
    expect(app.get(AUDIT_TRAIL)).toBeInstanceOf(PostgresAuditTrail);
    await app.close();
  });
});
