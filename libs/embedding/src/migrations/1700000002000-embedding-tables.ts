import type { MigrationInterface, QueryRunner } from 'typeorm';

export class EmbeddingTables1700000002000 implements MigrationInterface {
  readonly name = 'EmbeddingTables1700000002000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE SCHEMA IF NOT EXISTS "embedding"`);
    await runner.query(`CREATE TABLE "embedding"."image_embedding" (
      "space_id" varchar(64) NOT NULL, "id" varchar(80) NOT NULL, "image_key" varchar(64) NOT NULL, "frame" int NOT NULL,
      "series_key" varchar(64) NOT NULL, "study_key" varchar(64) NOT NULL, "patient_key" varchar(64) NOT NULL,
      "object" varchar(64) NOT NULL, "vector" bytea NOT NULL, "tokens_object" varchar(64), "tokens_offset" int,
      "created_at" timestamptz NOT NULL DEFAULT now(), PRIMARY KEY ("space_id", "id"))`);
    // Floats do not compress: trying costs more than storing them.
    await runner.query(`ALTER TABLE "embedding"."image_embedding" ALTER COLUMN "vector" SET STORAGE EXTERNAL`);
    await runner.query(
      `CREATE INDEX "image_embedding_study" ON "embedding"."image_embedding" ("space_id", "study_key")`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP SCHEMA "embedding" CASCADE`);
  }
}
