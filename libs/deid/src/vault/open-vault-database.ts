import { codeOf } from '@precedent/kernel';
import type { DatabaseConnection, DatabaseOptions } from '@precedent/platform';
import { openDatabase } from '@precedent/platform';
import type { DataSource } from 'typeorm';
import { vaultError } from './vault.errors.ts';
import { vaultSchema } from './vault.schema.ts';

const SCHEMA = vaultSchema.name;
/** A few people at a time, and the pipeline. */
const POOL = 4;

/** Anything that a role other than this schema's owner could read it by. */
const SERVICE_SEES = `SELECT r.rolsuper OR has_schema_privilege(current_user, '${SCHEMA}', 'USAGE')
  OR pg_has_role(current_user, n.nspowner, 'MEMBER') AS "sees"
  FROM pg_roles r, pg_namespace n WHERE r.rolname = current_user AND n.nspname = '${SCHEMA}'`;

/** Any table outside of the vault, and of PostgreSQL's own catalogues, that the vault's role could read. */
const VAULT_SEES = `SELECT r.rolsuper OR EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname NOT IN ('${SCHEMA}', 'information_schema') AND n.nspname !~ '^pg_' AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND has_schema_privilege(current_user, n.oid, 'USAGE')
  AND (has_table_privilege(current_user, c.oid, 'SELECT') OR has_any_column_privilege(current_user, c.oid, 'SELECT'))) AS "sees"
  FROM pg_roles r WHERE r.rolname = current_user`;

/** The roles of two different connections are compared: one role for both is no separation. */
async function assertApart(vault: DataSource, service: DataSource): Promise<void> {
  const sees = async (db: DataSource, query: string): Promise<boolean> => {
    const rows: { sees: boolean }[] = await db.query(query);
    return rows[0]?.sees !== false;
  };
  if ((await sees(service, SERVICE_SEES)) || (await sees(vault, VAULT_SEES))) throw vaultError('VAULT_NOT_SEPARATE');
}

/**
 * Opens the vault's tables as the vault's own role and makes sure that they are apart: the service's role cannot read them, the
 * vault's role can read nothing else. Call it after the service's own tables are up to date.
 * @throws VAULT_ROLE_MISSING, VAULT_NOT_SEPARATE, DATABASE_UNREACHABLE, DATABASE_MIGRATION_FAILED
 */
export async function openVaultDatabase(
  connection: DatabaseConnection,
  service: DataSource,
  options: Pick<DatabaseOptions, 'onIdleError'> = {},
): Promise<DataSource> {
  const more = { ...options, homeSchema: SCHEMA, poolSize: POOL };
  const vault = await openDatabase(connection, [vaultSchema], more).catch((cause: unknown) => {
    const missing = ['DATABASE_WRONG_PASSWORD', 'DATABASE_FORBIDDEN'].includes(codeOf(cause));
    throw missing ? vaultError('VAULT_ROLE_MISSING', { cause }) : cause;
  });
  try {
    await assertApart(vault, service);
    return vault;
  } catch (error) {
    await vault.destroy();
    throw error;
  }
}
