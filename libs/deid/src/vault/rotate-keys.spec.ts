/** Real: embedded PostgreSQL with both roles, the key file, a child process that is killed. Fake: the audit log, the patients. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { codeOf, patientKey, studyKey } from '@precedent/kernel';
import { startTestDatabase } from '../../../../test/support/test-database.ts';
import { seal } from './domain/envelope.ts';
import { sealIdentity } from './domain/identity.ts';
import type { SealedRow } from './domain/types.ts';
import type { Vault } from './vault.ts';
import { openVaultKeys } from './vault.ts';
import type { TestVault } from './vault.testkit.ts';
import { approvedRequest, ASKED, openTestVault, PATIENT, SOURCE, STUDY } from './vault.testkit.ts';

const database = startTestDatabase();
let test: TestVault;
beforeEach(async () => {
  test = await openTestVault(database);
});
afterEach(() => test.close());

/** Patients 0 … n−1 with a study each: 2n rows. */
async function fill(n: number): Promise<void> {
  const key = test.vault.activeKey();
  const rows = Array.from({ length: n }, (_, index) => {
    const name = index.toString(16).padStart(32, '0');
    const keys = { patientKey: patientKey(name), studyKey: studyKey(name) };
    return sealIdentity({ ...SOURCE, patientId: `MRN-${index}` }, keys, { key, version: 1 });
  }).flat();
  await test.vault.identities.keep(rows);
  await test.vault.identities.note(rows, test.service.manager);
}

async function rotate(vault: Vault, payloads = false): Promise<{ rows: number; damaged: number }> {
  const total = { rows: 0, damaged: 0 };
  for (let next: SliceEnd = { kind: '', name: '' }; next !== null;) {
    const slice = await vault.rotation.slice(payloads, next);
    total.rows += slice.rows;
    total.damaged += slice.damaged;
    next = slice.next;
  }
  return total;
}
type SliceEnd = { readonly kind: string; readonly name: string } | null;

const places = (): Promise<unknown> =>
  test.vaultDb.query('select kind, name, patient_key, version from vault.sealed order by 1, 2');

describe('rotation', () => {
  it('takes every row over, leaves pseudonyms and versions, and lets the old key be destroyed', async () => {
    await fill(600);
    await test.keep();
    const before = await places();
    const old = test.vault.activeKey().keyId;
    const active = await test.vault.rotation.addKey();
    await expect(test.vault.rotation.destroyOlder()).rejects.toMatchObject({ code: 'VAULT_KEY_IN_USE' });
    expect(await rotate(test.vault)).toEqual({ rows: 1202, damaged: 0 });
    expect(await rotate(test.vault)).toEqual({ rows: 0, damaged: 0 });
    expect(await test.vault.rotation.destroyOlder()).toEqual([old]);
    expect(await readFile(test.keyFile, 'utf8')).not.toContain(old);
    expect((await stat(test.keyFile)).mode & 0o777).toBe(0o600);
    expect(await places()).toEqual(before);
    expect(await test.vault.rotation.state()).toEqual({
      active,
      keys: [active],
      wrapping: [{ keyId: active, rows: 1202 }],
      sealing: [{ keyId: old, rows: 1202 }],
    });
    expect(await (await test.reopen()).verification.run()).toEqual({ rows: 1202, damaged: 0, rolledBack: 0 });
    expect(test.events.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['vault-key-added', 'vault-key-destroyed', 'vault-verified']),
    );
  });

  it('encrypts contents anew when asked to, under new data keys', async () => {
    await fill(3);
    const payloads = (): Promise<unknown> => test.vaultDb.query('select payload from vault.sealed order by kind, name');
    const before = await payloads();
    await test.vault.rotation.addKey();
    expect(await rotate(test.vault, true)).toEqual({ rows: 6, damaged: 0 });
    expect(await payloads()).not.toEqual(before);
    expect((await test.vault.rotation.state()).sealing).toHaveLength(1);
    await test.vault.rotation.destroyOlder();
    expect(await test.vault.verification.run()).toMatchObject({ rows: 6, damaged: 0 });
  });

  it('carries open requests over: approvals and reasons stay valid without the old key', async () => {
    await test.keep();
    const id = await approvedRequest(test);
    await test.vault.rotation.addKey();
    await rotate(test.vault);
    await test.vault.rotation.destroyOlder();
    const vault = await test.reopen();
    expect((await vault.reveal('ada', id)).identity).toMatchObject({ identity: SOURCE });
    expect((await vault.read.one('ben', id)).reason).toBe(ASKED.reason);
  });

  it('goes on while identities are read and kept', async () => {
    await fill(1200);
    await test.keep();
    const id = await approvedRequest(test);
    await test.vault.rotation.addKey();
    const [, first] = await Promise.all([
      rotate(test.vault, true),
      test.vault.reveal('ada', id),
      ...Array.from({ length: 10 }, (_, n) => test.keep(SOURCE, Date.now() + n)),
    ]);
    expect(first.identity).toMatchObject({ identity: SOURCE });
    await rotate(test.vault);
    await test.vault.rotation.destroyOlder();
    expect(await test.vault.verification.run()).toMatchObject({ damaged: 0, rolledBack: 0 });
    expect((await test.vault.reveal('ada', id)).identity).toMatchObject({ identity: SOURCE });
  });

  it('killed in the middle is taken up where it was, by another process', async () => {
    await fill(2000);
    await test.vault.rotation.addKey();
    const before = await places();
    await killedRotation();
    const vault = await test.reopen();
    const { wrapping } = await vault.rotation.state();
    expect(wrapping.map(({ rows }) => rows).sort()).not.toContain(4000);
    expect(await vault.verification.run()).toEqual({ rows: 4000, damaged: 0, rolledBack: 0 });
    const { rows } = await rotate(vault);
    expect(rows).toBeGreaterThan(0);
    expect(rows).toBeLessThan(4000);
    await vault.rotation.destroyOlder();
    expect(await vault.verification.run()).toEqual({ rows: 4000, damaged: 0, rolledBack: 0 });
    expect(await places()).toEqual(before);
  });

  it('takes what was sealed just before a new key over when it is kept, and refuses what is under a destroyed one', async () => {
    const old = test.vault.activeKey();
    const rows = sealIdentity(SOURCE, { patientKey: PATIENT, studyKey: STUDY }, { key: old, version: 5 });
    await test.vault.rotation.addKey();
    await test.vault.identities.keep(rows);
    expect((await test.vault.rotation.state()).wrapping).toEqual([{ keyId: test.vault.activeKey().keyId, rows: 2 }]);
    await test.vault.rotation.destroyOlder();
    await expect(test.vault.identities.keep(rows)).rejects.toMatchObject({ code: 'VAULT_KEY_UNKNOWN' });
  });

  it('leaves a damaged row as it is, counts it, and does not let its key be destroyed', async () => {
    await fill(3);
    await test.asSuperuser(
      `update vault.sealed set wrapped_key = set_byte(wrapped_key, 20, 0), payload = '\\x00' where kind = 'study'`,
    );
    await test.vault.rotation.addKey();
    expect(await rotate(test.vault, true)).toEqual({ rows: 3, damaged: 3 });
    await expect(test.vault.rotation.destroyOlder()).rejects.toMatchObject({ code: 'VAULT_KEY_IN_USE' });
  });
});

describe('what somebody with rights in the database could do', () => {
  const put = (set: string): Promise<void> =>
    test.asSuperuser(
      `alter table vault.sealed disable trigger all; update vault.sealed set ${set} where name = '${STUDY}'`,
    );
  const code = async (id: string): Promise<string> =>
    test.vault.reveal('ada', id).then(
      () => 'revealed',
      (error: unknown) => codeOf(error),
    );

  it('is found: changed bits, another’s row, an older row, a row that is gone', async () => {
    await fill(1);
    await test.keep(SOURCE, 10);
    await test.asSuperuser(`create table public.kept as select * from vault.sealed where name = '${STUDY}'`);
    await test.keep({ ...SOURCE, name: 'Corrected^Name' }, 20);
    const id = await approvedRequest(test);
    await test.asSuperuser(`create table public.current as select * from vault.sealed where name = '${STUDY}'`);
    const restore = `delete from vault.sealed where name = '${STUDY}'; insert into vault.sealed select * from public`;
    await put('payload = set_byte(payload, 40, 255 - get_byte(payload, 40))');
    expect(await code(id)).toBe('VAULT_TAMPERED');
    await test.asSuperuser(`${restore}.current`);
    const other = `(select o.COLUMN from vault.sealed o where o.kind = 'study' and o.name = '${'0'.repeat(32)}')`;
    await put(
      ['payload', 'wrapped_key', 'version'].map((name) => `${name} = ${other.replace('COLUMN', name)}`).join(', '),
    );
    expect(await code(id)).toBe('VAULT_ROLLED_BACK');
    await put('version = 20');
    expect(await code(id)).toBe('VAULT_TAMPERED');
    await test.asSuperuser(`${restore}.kept`);
    expect(await code(id)).toBe('VAULT_ROLLED_BACK');
    expect(await test.vault.verification.run()).toMatchObject({ damaged: 0, rolledBack: 1 });
    await put('version = 20');
    expect(await code(id)).toBe('VAULT_TAMPERED');
    await test.asSuperuser(`delete from vault.sealed where name = '${STUDY}'`);
    expect(await code(id)).toBe('VAULT_ROLLED_BACK');
    await test.asSuperuser(`${restore}.current`);
    expect(await code(id)).toBe('revealed');
    expect(test.events.at(-1)).toMatchObject({ code: 'identity-revealed', detail: { look: 1 } });
  });

  it('is refused to the vault’s own role where it makes a row older', async () => {
    await test.keep(SOURCE, 20);
    await expect(test.vaultDb.query('update vault.sealed set version = 10')).rejects.toThrow('does not become older');
    await test.keep({ ...SOURCE, name: 'Older^Name' }, 10);
    const id = await approvedRequest(test);
    expect((await test.vault.reveal('ada', id)).identity).toMatchObject({ identity: { name: SOURCE.name } });
  });

  it('brings back no row from before a rotation once its key is destroyed', async () => {
    await test.keep();
    await test.asSuperuser(`create table public.kept as select * from vault.sealed where name = '${STUDY}'`);
    await test.vault.rotation.addKey();
    await rotate(test.vault);
    await test.vault.rotation.destroyOlder();
    const id = await approvedRequest(test);
    await test.asSuperuser(
      `delete from vault.sealed where name = '${STUDY}'; insert into vault.sealed select * from public.kept`,
    );
    expect(await code(id)).toBe('VAULT_KEY_UNKNOWN');
  });
});

describe('the key file', () => {
  it('is made for an empty vault only, and refused when it lacks a key, can be read by others, or is damaged', async () => {
    expect((await stat(test.keyFile)).mode & 0o777).toBe(0o600);
    await test.keep();
    const elsewhere = join(dirname(test.keyFile), 'other.json');
    await expect(openVaultKeys(elsewhere, test.vaultDb)).rejects.toMatchObject({ code: 'VAULT_KEY_MISSING' });
    const other = await openTestVault(database);
    await expect(openVaultKeys(other.keyFile, test.vaultDb)).rejects.toMatchObject({ code: 'VAULT_KEY_MISSING' });
    await other.close();
    await copyFile(test.keyFile, elsewhere);
    const { chmod, writeFile } = await import('node:fs/promises');
    await chmod(elsewhere, 0o640);
    await expect(openVaultKeys(elsewhere, test.vaultDb)).rejects.toMatchObject({ code: 'SECRET_EXPOSED' });
    await chmod(elsewhere, 0o600);
    for (const text of ['', '{', '{"keys":[]}', '{"keys":[{"keyId":"a","secret":"AAAA"}]}']) {
      await writeFile(elsewhere, text);
      const opening = openVaultKeys(elsewhere, test.vaultDb);
      await expect(opening).rejects.toMatchObject({
        code: expect.stringMatching(/^(VAULT_KEY_INVALID|SECRET_EMPTY)$/),
      });
    }
  });

  it('that cannot be written leaves the keys as they were', async () => {
    const row: SealedRow = seal({ kind: 'study', name: 's', patientKey: 'p', version: 1 }, {}, test.vault.activeKey());
    const { rename } = await import('node:fs/promises');
    const folder = dirname(test.keyFile);
    await rename(folder, `${folder}-away`);
    await expect(test.vault.rotation.addKey()).rejects.toMatchObject({ code: 'VAULT_KEY_UNWRITABLE' });
    await rename(`${folder}-away`, folder);
    expect(test.vault.activeKey().keyId).toBe(row.keyId);
    expect(await readdir(folder)).toEqual(['vault-keys.json']);
  });
});

/** Rotates in a process of its own and kills it with SIGKILL after its first slices. */
async function killedRotation(): Promise<void> {
  const face = pathToFileURL(join(import.meta.dirname, '../../dist/index.js')).href;
  const platform = pathToFileURL(join(import.meta.dirname, '../../../platform/dist/index.js')).href;
  const script = `
    import { deidSchema, openVaultDatabase, openVaultKeys, Vault } from ${JSON.stringify(face)};
    import { openDatabase } from ${JSON.stringify(platform)};
    const { service, vault: connection } = ${JSON.stringify(test.connections)};
    const db = await openDatabase(service, [deidSchema]);
    const vaultDb = await openVaultDatabase(connection, db);
    const keys = await openVaultKeys(${JSON.stringify(test.keyFile)}, vaultDb);
    const parts = { vault: vaultDb, service: db, keys, audit: { record: async () => {} }, clock: { now: () => new Date() } };
    const vault = new Vault({ ...parts, limits: { maxHours: 1, maxLooks: 1 } });
    for (let next; next !== null;) { ({ next } = await vault.rotation.slice(false, next)); console.log('slice'); }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const exited = once(child, 'exit');
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await exited;
}
