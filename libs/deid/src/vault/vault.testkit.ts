import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { patientKey, studyKey } from '@precedent/kernel';
import type { AuditEvent, Clock } from '@precedent/kernel';
import type { DatabaseConnection } from '@precedent/platform';
import { ensureLoginRole, ensureOwnedSchema, openDatabase } from '@precedent/platform';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import type { TestDatabase } from '../../../../test/support/test-database.ts';
import { sealIdentity } from './domain/identity.ts';
import type { SourceIdentity } from './domain/types.ts';
import { openVaultDatabase } from './open-vault-database.ts';
import { openVaultKeys, Vault } from './vault.ts';
import { deidSchema } from './vault.schema.ts';

export const ROLE = 'precedent_vault';

export const PATIENT = patientKey('0123456789abcdef0123456789abcdef');
export const STUDY = studyKey('fedcba9876543210fedcba9876543210');

/** Planted identifiers: none of them may turn up in an audit entry, an error or an unsealed byte. */
export const SOURCE: SourceIdentity = {
  patientId: 'MRN-4711-XY',
  issuer: 'ST-ELSEWHERE',
  name: 'Ærøskøbing^Zoë',
  birthDate: '19481103',
  sex: 'F',
  studyInstanceUid: '1.2.826.0.1.3680043.8.498.4711',
  accessionNumber: 'ACC-998877',
  studyId: 'S-12',
  studyDate: '20250607',
};
export const PLANTED: readonly string[] = Object.values<string>({ ...SOURCE }).filter((value) => value.length > 1);

export interface TestVault {
  readonly vault: Vault;
  readonly vaultDb: DataSource;
  readonly service: DataSource;
  readonly connections: Record<'service' | 'vault' | 'admin', DatabaseConnection>;
  readonly events: AuditEvent[];
  readonly keyFile: string;
  readonly clock: Clock & { time: Date };
  /** As the superuser: what somebody who rules the database could do. */
  asSuperuser(sql: string): Promise<void>;
  /** The same tables and key file by another process. */
  reopen(): Promise<Vault>;
  keep(identity?: SourceIdentity, version?: number): Promise<void>;
  close(): Promise<void>;
}

/** Real: PostgreSQL with both roles, the key file. Fake: the clock (starts at the real time), the audit log (a list). */
export async function openTestVault(database: TestDatabase): Promise<TestVault> {
  const service = await database.fresh();
  const admin = await database.admin(service);
  const password = randomBytes(24).toString('hex');
  await ensureLoginRole(admin, ROLE, password);
  await ensureOwnedSchema(admin, 'vault', ROLE);
  const connections = { service, admin, vault: { ...service, user: ROLE, password } };
  const serviceDb = await openDatabase(service, [deidSchema]);
  const vaultDb = await openVaultDatabase(connections.vault, serviceDb);
  const keyFile = join(await mkdtemp(join(tmpdir(), 'precedent-vault-')), 'vault-keys.json');
  const events: AuditEvent[] = [];
  const clock = { time: new Date(), now: () => clock.time };
  const make = async (): Promise<Vault> =>
    new Vault({
      vault: vaultDb,
      service: serviceDb,
      keys: await openVaultKeys(keyFile, vaultDb),
      audit: { record: (recorded) => Promise.resolve(void events.push(...recorded)) },
      clock,
      limits: { maxHours: 72, maxLooks: 3 },
    });
  const vault = await make();
  return {
    ...{ vault, vaultDb, service: serviceDb, connections, events, keyFile, clock, reopen: make },
    asSuperuser: (sql) => runAs(admin, sql),
    keep: async (identity = SOURCE, version = Date.now()) => {
      const rows = sealIdentity(
        identity,
        { patientKey: PATIENT, studyKey: STUDY },
        { key: vault.activeKey(), version },
      );
      await vault.identities.keep(rows);
      await vault.identities.note(rows, serviceDb.manager);
    },
    close: async () => {
      await vaultDb.destroy();
      await serviceDb.destroy();
    },
  };
}

export async function runAs(connection: DatabaseConnection, sql: string): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

export const ASKED = {
  kind: 'study',
  pseudonym: STUDY,
  purpose: 'patient-care',
  reason: `The next of kin of ${SOURCE.name} call`,
  hours: 24,
  looks: 2,
} as const;

/** A request that ben approved for ada, with both of them there. */
export async function approvedRequest({ vault }: TestVault): Promise<string> {
  for (const name of ['ada', 'ben']) await vault.operators.add(name).catch(() => undefined);
  const { id } = await vault.ask.run('ada', ASKED);
  await vault.decide('ben', id, 'approve');
  return id;
}
