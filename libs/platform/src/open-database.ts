import { CodedError } from '@precedent/kernel';
import type { Logger, QueryRunner } from 'typeorm';
import { DataSource } from 'typeorm';
import type { DatabaseConnection, DatabaseSchema } from './domain/database.ts';
import type { PlatformFault } from './platform.errors.ts';
import { platformFault, systemCode } from './platform.errors.ts';

/** The table of migrations that ran lies in this schema: `public` may belong to others in a hospital's database. */
const HOME_SCHEMA = 'platform';
/** Any number, the same in every version: two processes that start at once migrate one after the other. */
const MIGRATION_LOCK = 7_305_117_001;
const MIGRATION_LOCK_TIMEOUT_MS = 120_000;
const SCHEMA_NAME = /^[a-z][a-z0-9_]{0,30}$/;

export interface DatabaseOptions {
  /** Schema of the table of migrations that ran; default `platform`. A role that may use one schema only names that one. */
  readonly homeSchema?: string;
  /** Connections of the pool; the embedded server takes 50 in all. */
  readonly poolSize?: number;
  /** A connection lost while idle (database restarted): already replaced at the next use, told only for the log. */
  readonly onIdleError?: (code: string) => void;
}

/** SQLSTATE or system code of a refused connection → what the administrator should look at. */
const REFUSALS: Readonly<Record<string, PlatformFault>> = {
  '28P01': 'DATABASE_WRONG_PASSWORD',
  '28000': 'DATABASE_WRONG_PASSWORD',
  '3D000': 'DATABASE_MISSING',
  '42501': 'DATABASE_FORBIDDEN',
};

function refusal(error: unknown, connection: DatabaseConnection): CodedError {
  if (error instanceof CodedError) return error;
  const code = systemCode(error);
  const detail = `${connection.host}:${connection.port}, database ${connection.database}`;
  return platformFault(REFUSALS[code] ?? 'DATABASE_UNREACHABLE', code === '' ? detail : `${detail}, ${code}`, error);
}

/** With `logging: false` TypeORM still prints failed migrations and their values to the console. */
const SILENT: Logger = {
  logQuery: () => undefined,
  logQueryError: () => undefined,
  logQuerySlow: () => undefined,
  logSchemaBuild: () => undefined,
  logMigration: () => undefined,
  log: () => undefined,
};

function dataSourceFor(
  connection: DatabaseConnection,
  schemas: readonly DatabaseSchema[],
  options: DatabaseOptions,
): DataSource {
  const { host, port, database, user, password } = connection;
  return new DataSource({
    type: 'postgres',
    ...{ host, port, database, username: user, password, schema: options.homeSchema ?? HOME_SCHEMA },
    entities: schemas.flatMap((schema) => [...schema.entities]),
    migrations: schemas.flatMap((schema) => [...schema.migrations]),
    migrationsTableName: 'migration',
    // All or nothing: after a failed upgrade the former version still finds its own database.
    migrationsTransactionMode: 'all',
    installExtensions: false,
    synchronize: false,
    logging: false,
    logger: SILENT,
    applicationName: 'precedent',
    connectTimeoutMS: 10_000,
    poolSize: options.poolSize ?? 12,
    // Without a handler an idle connection that dies takes the whole process with it.
    poolErrorHandler: (error: unknown) => options.onIdleError?.(systemCode(error)),
  });
}

/** Only where it is missing: in a hospital's database an administrator may have made it and not allow more. */
async function ensureSchema(runner: QueryRunner, name: string): Promise<void> {
  if (!SCHEMA_NAME.test(name)) throw new TypeError(`not a schema name: ${name}`);
  const rows = (await runner.query('select 1 from pg_namespace where nspname = $1', [name])) as unknown[];
  if (rows.length === 0) await runner.query(`create schema "${name}"`);
}

async function migrate(dataSource: DataSource, names: ReadonlySet<string>): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query(`set lock_timeout = ${MIGRATION_LOCK_TIMEOUT_MS}`);
    await runner.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    try {
      for (const name of names) await ensureSchema(runner, name);
      await dataSource.runMigrations();
    } finally {
      await runner.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
      await runner.query('reset lock_timeout');
    }
  } finally {
    await runner.release();
  }
}

/**
 * Opens the database and brings its schemas up to date: missing PostgreSQL schemas are made and pending migrations of
 * all rooms run in the order of their timestamps, in one transaction, under an advisory lock.
 * @throws DATABASE_UNREACHABLE, DATABASE_WRONG_PASSWORD, DATABASE_MISSING, DATABASE_FORBIDDEN, DATABASE_MIGRATION_FAILED
 */
export async function openDatabase(
  connection: DatabaseConnection,
  schemas: readonly DatabaseSchema[],
  options: DatabaseOptions = {},
): Promise<DataSource> {
  const dataSource = dataSourceFor(connection, schemas, options);
  await dataSource.initialize().catch((error: unknown) => {
    throw refusal(error, connection);
  });
  try {
    await migrate(dataSource, new Set([options.homeSchema ?? HOME_SCHEMA, ...schemas.map(({ name }) => name)]));
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    if (systemCode(error) === '42501') throw refusal(error, connection);
    throw platformFault('DATABASE_MIGRATION_FAILED', systemCode(error), error);
  }
}

/**
 * What TypeORM would still change to make the database match the entities: empty when the migrations are complete.
 * For the drift test of each room.
 */
export async function pendingSchemaChanges(dataSource: DataSource): Promise<string[]> {
  const changes = await dataSource.driver.createSchemaBuilder().log();
  return changes.upQueries.map((change) => change.query);
}
