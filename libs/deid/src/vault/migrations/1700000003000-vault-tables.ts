import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Tables of the vault, run and owned by the vault's role. What a request may become is held by the database too: a fault in the
 * service cannot let one person decide alone, look after the term, look too often, or change what was asked.
 */
export class VaultTables1700000003000 implements MigrationInterface {
  readonly name = 'VaultTables1700000003000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "vault"."sealed" (
      "kind" varchar(16) NOT NULL, "name" varchar(64) NOT NULL, "patient_key" varchar(64) NOT NULL, "version" bigint NOT NULL,
      "key_id" varchar(64) NOT NULL, "sealed_under" varchar(64) NOT NULL, "wrapped_key" bytea NOT NULL, "payload" bytea NOT NULL,
      PRIMARY KEY ("kind", "name"))`);
    await runner.query(`CREATE INDEX "sealed_patient" ON "vault"."sealed" ("patient_key")`);
    await runner.query(`CREATE INDEX "sealed_key" ON "vault"."sealed" ("key_id")`);
    await runner.query(`CREATE INDEX "sealed_under" ON "vault"."sealed" ("sealed_under")`);
    await runner.query(`CREATE TABLE "vault"."operator" (
      "name" varchar(64) NOT NULL, "token_sha256" bytea NOT NULL, "added_at" timestamptz NOT NULL, "removed_at" timestamptz,
      CONSTRAINT "operator_name" CHECK ("name" ~ '^[a-z][a-z0-9-]{1,62}$'), PRIMARY KEY ("name"))`);
    await runner.query(`CREATE UNIQUE INDEX "operator_token" ON "vault"."operator" ("token_sha256")`);
    await runner.query(`CREATE TABLE "vault"."request" (
      "id" uuid NOT NULL, "kind" varchar(16) NOT NULL, "pseudonym" varchar(64) NOT NULL, "purpose" varchar(32) NOT NULL,
      "requested_by" varchar(64) NOT NULL, "requested_at" timestamptz NOT NULL, "expires_at" timestamptz NOT NULL,
      "max_looks" int NOT NULL, "looks" int NOT NULL, "state" varchar(16) NOT NULL, "decided_by" varchar(64),
      "decided_at" timestamptz,
      CONSTRAINT "request_other_person" CHECK ("decided_by" <> "requested_by"),
      CONSTRAINT "request_looks" CHECK ("looks" >= 0 AND "looks" <= "max_looks"),
      CONSTRAINT "request_decided" CHECK ("state" NOT IN ('approved', 'denied', 'closed') OR "decided_by" IS NOT NULL),
      CONSTRAINT "request_term" CHECK ("expires_at" > "requested_at"), PRIMARY KEY ("id"))`);
    await runner.query(`CREATE INDEX "request_pseudonym" ON "vault"."request" ("pseudonym")`);
    await guardRequests(runner);
    await guardSealed(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "vault"."request", "vault"."operator", "vault"."sealed"');
    await runner.query('DROP FUNCTION "vault"."guard_request", "vault"."guard_sealed", "vault"."keep_all"');
  }
}

/** SQLSTATEs of our own: VL001 a change that a request does not allow, VL002 its term is over, VL003 an older version. */
async function guardRequests(runner: QueryRunner): Promise<void> {
  await runner.query(`CREATE FUNCTION "vault"."guard_request"() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF tg_op = 'INSERT' THEN
        IF new.state <> 'requested' OR new.looks <> 0 OR new.decided_by IS NOT NULL THEN
          RAISE EXCEPTION 'a request begins undecided' USING errcode = 'VL001'; END IF;
        RETURN new;
      END IF;
      IF (new.id, new.kind, new.pseudonym, new.purpose, new.requested_by, new.requested_at, new.expires_at, new.max_looks)
        IS DISTINCT FROM
        (old.id, old.kind, old.pseudonym, old.purpose, old.requested_by, old.requested_at, old.expires_at, old.max_looks) THEN
        RAISE EXCEPTION 'what was asked cannot be changed' USING errcode = 'VL001'; END IF;
      IF (old.state || '>' || new.state) NOT IN ('requested>approved', 'requested>denied', 'requested>expired',
        'approved>approved', 'approved>closed', 'approved>expired') THEN
        RAISE EXCEPTION 'a request does not go from % to %', old.state, new.state USING errcode = 'VL001'; END IF;
      IF old.decided_by IS NOT NULL AND (new.decided_by, new.decided_at) IS DISTINCT FROM (old.decided_by, old.decided_at) THEN
        RAISE EXCEPTION 'a decision cannot be changed' USING errcode = 'VL001'; END IF;
      IF old.state = 'requested' AND new.state IN ('approved', 'denied') THEN
        IF clock_timestamp() >= old.expires_at THEN RAISE EXCEPTION 'the term is over' USING errcode = 'VL002'; END IF;
        IF NOT EXISTS (SELECT FROM "vault"."operator" o WHERE o.name = new.decided_by AND o.removed_at IS NULL) THEN
          RAISE EXCEPTION 'no such operator' USING errcode = 'VL001'; END IF;
      END IF;
      IF new.looks <> old.looks THEN
        IF old.state <> 'approved' OR new.looks <> old.looks + 1 THEN
          RAISE EXCEPTION 'looks are counted one by one, after the approval' USING errcode = 'VL001'; END IF;
        IF clock_timestamp() >= old.expires_at THEN RAISE EXCEPTION 'the term is over' USING errcode = 'VL002'; END IF;
      END IF;
      RETURN new;
    END $$`);
  await runner.query(`CREATE TRIGGER "guard" BEFORE INSERT OR UPDATE ON "vault"."request"
    FOR EACH ROW EXECUTE FUNCTION "vault"."guard_request"()`);
  await runner.query(`CREATE FUNCTION "vault"."keep_all"() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'requests and operators are kept: % refused', tg_op USING errcode = 'VL001'; END $$`);
  for (const table of ['request', 'operator'])
    await runner.query(`CREATE TRIGGER "keep" BEFORE DELETE OR TRUNCATE ON "vault"."${table}"
      FOR EACH STATEMENT EXECUTE FUNCTION "vault"."keep_all"()`);
}

async function guardSealed(runner: QueryRunner): Promise<void> {
  await runner.query(`CREATE FUNCTION "vault"."guard_sealed"() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF new.version < old.version THEN RAISE EXCEPTION 'a row does not become older' USING errcode = 'VL003'; END IF;
      RETURN new;
    END $$`);
  await runner.query(`CREATE TRIGGER "guard" BEFORE UPDATE ON "vault"."sealed"
    FOR EACH ROW EXECUTE FUNCTION "vault"."guard_sealed"()`);
}
