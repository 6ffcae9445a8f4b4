import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ArchiveTables1700000001000 implements MigrationInterface {
  readonly name = 'ArchiveTables1700000001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE SCHEMA IF NOT EXISTS "archive"`);
    await runner.query(`CREATE TABLE "archive"."study" (
      "study_key" varchar(64) NOT NULL, "patient_key" varchar(64) NOT NULL, "generation" int NOT NULL,
      "modality" varchar(16) NOT NULL, "body_part" varchar(64) NOT NULL, "sex" varchar(8) NOT NULL, "age_years" int,
      "age_band" varchar(8) NOT NULL, "manufacturer" varchar(64) NOT NULL, "study_date" varchar(8) NOT NULL,
      "deid_profile" varchar(64) NOT NULL, "deid_profile_sha256" varchar(64) NOT NULL, "deid_key_id" varchar(64) NOT NULL,
      "uncleaned_pixels" boolean NOT NULL, PRIMARY KEY ("study_key"))`);
    await runner.query(`CREATE INDEX "study_patient" ON "archive"."study" ("patient_key")`);
    await runner.query(`CREATE TABLE "archive"."image" (
      "image_key" varchar(64) NOT NULL, "series_key" varchar(64) NOT NULL, "study_key" varchar(64) NOT NULL,
      "object" varchar(64) NOT NULL, "size_bytes" int NOT NULL, "sop_class_uid" varchar(64) NOT NULL,
      "transfer_syntax" varchar(64) NOT NULL, "rows" int NOT NULL, "columns" int NOT NULL, "frames" int NOT NULL,
      "modality" varchar(16) NOT NULL, "body_part" varchar(64) NOT NULL, "view_position" varchar(32) NOT NULL,
      "laterality" varchar(16) NOT NULL, "lossy" boolean NOT NULL, "instance_number" int, "series_number" int,
      "position" jsonb, "orientation" jsonb, "not_indexable" varchar(64), PRIMARY KEY ("image_key"))`);
    await runner.query(`CREATE INDEX "image_series" ON "archive"."image" ("series_key")`);
    await runner.query(`CREATE INDEX "image_study" ON "archive"."image" ("study_key")`);
    await runner.query(`CREATE TABLE "archive"."outcome" (
      "study_key" varchar(64) NOT NULL, "columns" jsonb NOT NULL, PRIMARY KEY ("study_key"))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP SCHEMA "archive" CASCADE`);
  }
}
