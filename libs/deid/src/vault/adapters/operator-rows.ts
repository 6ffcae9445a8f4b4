import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { vaultError } from '../vault.errors.ts';

/** A person who may ask and decide. */
export interface Operator {
  readonly name: string;
  readonly addedAt: Date;
  readonly removedAt: Date | null;
}

/** The token has 256 random bits: one round of SHA-256 keeps it as safe at rest as any slower function would. */
const digest = (token: string): Buffer => createHash('sha256').update(token).digest();

/** @throws VAULT_OPERATOR_EXISTS also for a name that was removed */
export async function insertOperator(
  { name, token, now }: { readonly name: string; readonly token: string; readonly now: Date },
  within: EntityManager,
): Promise<void> {
  const rows: unknown[] = await within.query(
    `INSERT INTO "vault"."operator" ("name", "token_sha256", "added_at") VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING 1`,
    [name, digest(token), now],
  );
  if (rows.length === 0) throw vaultError('VAULT_OPERATOR_EXISTS');
}

/** The token is worth nothing afterwards. @throws VAULT_OPERATOR_MISSING */
export async function removeOperator(name: string, now: Date, within: EntityManager): Promise<void> {
  const [, changed]: [unknown, number] = await within.query(
    `UPDATE "vault"."operator" SET "removed_at" = $2 WHERE "name" = $1 AND "removed_at" IS NULL`,
    [name, now],
  );
  if (changed === 0) throw vaultError('VAULT_OPERATOR_MISSING');
}

export async function listOperators(within: EntityManager): Promise<readonly Operator[]> {
  return within.query(
    `SELECT "name", "added_at" AS "addedAt", "removed_at" AS "removedAt" FROM "vault"."operator" ORDER BY "name"`,
  );
}

/** @returns whose token it is; undefined for nobody's and for one who was removed. */
export async function operatorOf(token: string, within: EntityManager): Promise<string | undefined> {
  const rows: { name: string }[] = await within.query(
    `SELECT "name" FROM "vault"."operator" WHERE "token_sha256" = $1 AND "removed_at" IS NULL`,
    [digest(token)],
  );
  return rows[0]?.name;
}
