import type { DataSource } from 'typeorm';
import { archiveSchema } from '@precedent/archive';
import { auditSchema } from '@precedent/audit';
import { deidSchema } from '@precedent/deid';
import { embeddingSchema } from '@precedent/embedding';
import { ingressSchema } from '@precedent/ingress';
import type { DatabaseConnection, Logger } from '@precedent/platform';
import { FileObjectStore, JobQueue, openDatabase, readSecretFile, startEmbeddedPostgres } from '@precedent/platform';
import { provenanceSchema } from '@precedent/provenance';
import type { ClosingStack } from './closing-stack.ts';
import { openVaultStorage } from './open-vault-storage.ts';
import type { VaultStorage } from './open-vault-storage.ts';
import { assertRoomForDatabase } from './data-folder.ts';
import type { ServerConfig } from './server.config.ts';
import { dataLayout } from './server.config.ts';

/** Every room's tables. */
export const SCHEMAS = [
  ingressSchema,
  archiveSchema,
  embeddingSchema,
  auditSchema,
  provenanceSchema,
  deidSchema,
] as const;

export interface Storage {
  readonly db: DataSource;
  readonly queue: JobQueue;
  readonly objects: FileObjectStore;
  /** The vault's own connection and keys; null where it is switched off. */
  readonly vault: VaultStorage | null;
  /** Settles when the embedded database ends without being asked to; never for the hospital's own. */
  readonly databaseLost: Promise<void>;
}

/** Database, queue and objects: the hospital's PostgreSQL when it is configured, else the embedded one. */
export async function openStorage(
  config: ServerConfig,
  closing: ClosingStack,
  report: { readonly log: Pick<Logger, 'event'>; readonly note: (line: string) => void },
): Promise<Storage> {
  const { log } = report;
  const started = performance.now();
  const { connection, admin, lost } = await connectionOf(config, closing, (line) => tell(line, report));
  log.event('database-started', { durationMs: Math.round(performance.now() - started) });
  const onIdleError = (code: string): void => log.event('database-connection-lost', { code });
  const db = await openDatabase(connection, SCHEMAS, { onIdleError });
  closing.add(() => db.destroy());
  const vault = await openVaultStorage(config, { connection, admin, service: db, onIdleError }, closing);
  const queue = new JobQueue(connection, { onError: (code) => log.event('queue-error', { code }) });
  await queue.start();
  closing.add(() => queue.stop());
  const objects = new FileObjectStore(dataLayout(config.dataDir).objects);
  return { db, queue, objects, vault, databaseLost: lost };
}

/** The log cannot hold the sentence, which may name a folder; the operator reads it at the start. */
function tell(line: string, { log, note }: Parameters<typeof openStorage>[2]): void {
  note(line);
  if (line.startsWith('A PostgreSQL of an earlier run')) log.event('database-orphan-stopped');
  else if (line.includes('the database is kept in')) log.event('database-relocated');
}

async function connectionOf(
  config: ServerConfig,
  closing: ClosingStack,
  log: (line: string) => void,
): Promise<{ connection: DatabaseConnection; admin: DatabaseConnection | null; lost: Promise<void> }> {
  if (config.database !== undefined) {
    const { passwordFile, ...rest } = config.database;
    const password = (await readSecretFile(passwordFile)).toString('utf8').trim();
    return { connection: { ...rest, password }, admin: null, lost: new Promise(() => undefined) };
  }
  await assertRoomForDatabase(config.dataDir);
  const postgres = await startEmbeddedPostgres({ directory: dataLayout(config.dataDir).postgres, log });
  closing.add(() => postgres.stop());
  const lost = postgres.exited.then(({ expected }) => (expected ? new Promise<void>(() => undefined) : undefined));
  return { connection: postgres.connection, admin: postgres.admin, lost };
}
