import type { MigrationInterface, QueryRunner } from 'typeorm';

export class SealedNote1700000003100 implements MigrationInterface {
  readonly name = 'SealedNote1700000003100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "deid"."sealed_note" (
      "kind" varchar(16) NOT NULL, "name" varchar(64) NOT NULL, "version" bigint NOT NULL, PRIMARY KEY ("kind", "name"))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "deid"."sealed_note"');
  }
}
