import type { MigrationInterface, QueryRunner } from 'typeorm';

export class IngressTables1700000002000 implements MigrationInterface {
  readonly name = 'IngressTables1700000002000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE SCHEMA IF NOT EXISTS "ingress"`);
    await runner.query(`CREATE TABLE "ingress"."receipt" (
      "receipt_id" uuid NOT NULL, "source" varchar(64) NOT NULL, "study_uid" varchar(64) NOT NULL, "sop_uid" varchar(64) NOT NULL,
      "sop_class_uid" varchar(64) NOT NULL, "transfer_syntax" varchar(64) NOT NULL, "size_bytes" bigint NOT NULL,
      "sha256" varchar(64) NOT NULL, "dataset_sha256" varchar(64) NOT NULL, "spool_name" varchar(80),
      "received_at" timestamptz NOT NULL, "generation_id" uuid, "disposition" varchar(16), "reason" varchar(64), "detail" text,
      "settled_at" timestamptz, PRIMARY KEY ("receipt_id"))`);
    await runner.query(`CREATE INDEX "receipt_sop" ON "ingress"."receipt" ("sop_uid")`);
    await runner.query(`CREATE INDEX "receipt_generation" ON "ingress"."receipt" ("generation_id")`);
    await runner.query(`CREATE TABLE "ingress"."generation" (
      "generation_id" uuid NOT NULL, "source" varchar(64) NOT NULL, "study_uid" varchar(64) NOT NULL, "generation" int NOT NULL,
      "state" varchar(16) NOT NULL, "reason" varchar(64), "manifest_sha256" varchar(64), "study_key" varchar(64),
      "opened_at" timestamptz NOT NULL, "last_received_at" timestamptz NOT NULL, "sealed_at" timestamptz,
      "deidentified_at" timestamptz, "embedded_at" timestamptz, "indexed_at" timestamptz, PRIMARY KEY ("generation_id"))`);
    await runner.query(`CREATE UNIQUE INDEX "generation_study" ON "ingress"."generation" ("study_uid", "generation")`);
    await runner.query(
      `CREATE UNIQUE INDEX "generation_receiving" ON "ingress"."generation" ("study_uid") WHERE "state" = 'receiving'`,
    );
    await runner.query(`CREATE TABLE "ingress"."outcome" (
      "study_uid" varchar(64) NOT NULL, "columns" jsonb NOT NULL, "received_at" timestamptz NOT NULL, PRIMARY KEY ("study_uid"))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP SCHEMA "ingress" CASCADE`);
  }
}
