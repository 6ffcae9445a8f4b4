import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The table, and triggers that refuse every change: what a result was made from does not change afterwards. */
export class ProvenanceEntry1700000000200 implements MigrationInterface {
  readonly name = 'ProvenanceEntry1700000000200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table provenance.entry (
      id bigint generated always as identity primary key,
      recorded_at timestamptz not null default clock_timestamp(),
      activity text not null, output text not null, inputs text[] not null, parameters jsonb not null)`);
    await runner.query('create index entry_output on provenance.entry (output)');
    await runner.query(`create function provenance.refuse_change() returns trigger language plpgsql as $$
      begin raise exception 'the provenance ledger is append-only: % refused', tg_op using errcode = 'insufficient_privilege'; end $$`);
    await runner.query(`create trigger append_only before update or delete or truncate on provenance.entry
      for each statement execute function provenance.refuse_change()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table provenance.entry');
    await runner.query('drop function provenance.refuse_change()');
  }
}
