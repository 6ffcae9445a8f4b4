import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { VaultKeys } from '@precedent/deid';
import { openVaultDatabase, openVaultKeys, vaultError, vaultSchema } from '@precedent/deid';
import { codeOf } from '@precedent/kernel';
import type { DatabaseConnection } from '@precedent/platform';
import { createSecretFile, ensureLoginRole, ensureOwnedSchema, readSecretFile } from '@precedent/platform';
import type { DataSource } from 'typeorm';
import type { ClosingStack } from './closing-stack.ts';
import type { ServerConfig } from './server.config.ts';
import { dataLayout } from './server.config.ts';

export interface VaultStorage {
  /** As the vault's own role. */
  readonly db: DataSource;
  readonly keys: VaultKeys;
}

export interface DatabaseGiven {
  /** As the service's role. */
  readonly connection: DatabaseConnection;
  /** As the superuser of the embedded server; null for the hospital's own, where an administrator makes the role. */
  readonly admin: DatabaseConnection | null;
  readonly service: DataSource;
  readonly onIdleError: (code: string) => void;
}

/** Opens the vault's tables as their own role, and its key file. Null where it is switched off. @throws VAULT_* */
export async function openVaultStorage(
  config: ServerConfig,
  given: DatabaseGiven,
  closing: ClosingStack,
): Promise<VaultStorage | null> {
  if (config.vault === 'off') return null;
  const { user } = config.vaultDatabase;
  const password = given.admin === null ? await givenPassword(config) : await ownPassword(config, given.admin);
  const connection = { ...given.connection, user, password };
  const db = await openVaultDatabase(connection, given.service, { onIdleError: given.onIdleError });
  closing.add(() => db.destroy());
  return { db, keys: await openVaultKeys(join(dataLayout(config.dataDir).secrets, 'vault-keys.json'), db) };
}

/** @throws VAULT_ROLE_MISSING, SECRET_* */
async function givenPassword({ vaultDatabase: { passwordFile } }: ServerConfig): Promise<string> {
  if (passwordFile === undefined) throw vaultError('VAULT_ROLE_MISSING');
  return (await readSecretFile(passwordFile)).toString('utf8').trim();
}

/** In the embedded server role and schema are made here; the password is made once and can be made anew: delete the file. */
async function ownPassword(config: ServerConfig, admin: DatabaseConnection): Promise<string> {
  const file = join(dataLayout(config.dataDir).secrets, 'vault-database-password');
  const bytes = await readSecretFile(file).catch(async (error: unknown) => {
    if (codeOf(error) !== 'SECRET_MISSING') throw error;
    await createSecretFile(file, Buffer.from(randomBytes(24).toString('base64url')));
    return readSecretFile(file);
  });
  const password = bytes.toString('utf8').trim();
  await ensureLoginRole(admin, config.vaultDatabase.user, password);
  await ensureOwnedSchema(admin, vaultSchema.name, config.vaultDatabase.user);
  return password;
}
