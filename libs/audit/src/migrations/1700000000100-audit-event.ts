import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The table, and triggers that refuse every change of what is written: mistakes and the application's own account stop here. */
export class AuditEvent1700000000100 implements MigrationInterface {
  readonly name = 'AuditEvent1700000000100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table audit.event (
      id bigint generated always as identity primary key,
      recorded_at timestamptz not null default clock_timestamp(),
      code text not null, outcome text not null, actor text not null, subject text,
      detail jsonb not null)`);
    await runner.query('create index event_subject on audit.event (subject)');
    await runner.query(`create function audit.refuse_change() returns trigger language plpgsql as $$
      begin raise exception 'the audit log is append-only: % refused', tg_op using errcode = 'insufficient_privilege'; end $$`);
    await runner.query(`create trigger append_only before update or delete or truncate on audit.event
      for each statement execute function audit.refuse_change()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table audit.event');
    await runner.query('drop function audit.refuse_change()');
  }
}
