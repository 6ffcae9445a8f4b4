/** Real: embedded PostgreSQL with both roles, TypeORM, the key file. Fake: the clock, the audit log, the patient. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openDatabase, pendingSchemaChanges } from '@precedent/platform';
import { startTestDatabase } from '../../../../test/support/test-database.ts';
import { openVaultDatabase } from './open-vault-database.ts';
import type { TestVault } from './vault.testkit.ts';
import {
  approvedRequest,
  ASKED,
  openTestVault,
  PATIENT,
  PLANTED,
  ROLE,
  runAs,
  SOURCE,
  STUDY,
} from './vault.testkit.ts';

const database = startTestDatabase();
let test: TestVault;
beforeEach(async () => {
  test = await openTestVault(database);
});
afterEach(() => test.close());

const codes = (): string[] => test.events.map(({ code }) => code);
const lastRefusal = (): unknown =>
  test.events.filter(({ code }) => code === 'reidentification-refused').at(-1)?.detail?.why;
const HOUR = 3_600_000;

describe('who may read what', () => {
  it('has the tables that its entities describe, in both schemas', async () => {
    expect(await pendingSchemaChanges(test.vaultDb)).toEqual([]);
    expect(await pendingSchemaChanges(test.service)).toEqual([]);
  });

  it('refuses the service’s role every table and function of the vault', async () => {
    await test.keep();
    for (const table of ['sealed', 'operator', 'request', 'migration'])
      await expect(test.service.query(`select * from vault.${table}`)).rejects.toThrow('permission denied');
    await expect(test.service.query('drop schema vault cascade')).rejects.toThrow('must be owner');
    await expect(test.service.query('select vault.guard_request()')).rejects.toThrow('permission denied');
    await expect(test.service.query(`set role ${ROLE}`)).rejects.toThrow('permission denied');
  });

  it('refuses the vault’s role every other table', async () => {
    const tables: { name: string }[] = await test.service.query(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('deid', 'platform')`,
    );
    expect(tables.map(({ name }) => name)).toContain('deid.sealed_note');
    for (const { name } of tables)
      await expect(test.vaultDb.query(`select * from ${name}`)).rejects.toThrow('permission denied');
    await expect(test.vaultDb.query('create schema mine')).rejects.toThrow('permission denied');
    await expect(test.vaultDb.query('create table public.mine (n int)')).rejects.toThrow('permission denied');
  });

  it.each([
    ['the service was granted the schema', 'grant usage on schema vault to precedent_service'],
    ['the service is a member of the vault’s role', `grant ${ROLE} to precedent_service`],
    [
      'the vault was granted a table of the service',
      `grant usage on schema deid to ${ROLE}; grant select on deid.sealed_note to ${ROLE}`,
    ],
  ])('does not start when %s', async (_title, grant) => {
    await test.asSuperuser(grant);
    try {
      const opening = openVaultDatabase(test.connections.vault, test.service);
      await expect(opening).rejects.toMatchObject({ code: 'VAULT_NOT_SEPARATE' });
    } finally {
      await test.asSuperuser(`revoke ${ROLE} from precedent_service`);
    }
  });

  it('does not start when the service works as a superuser, or when one role is used for both', async () => {
    const asAdmin = await openDatabase(test.connections.admin, []);
    await expect(openVaultDatabase(test.connections.vault, asAdmin)).rejects.toMatchObject({
      code: 'VAULT_NOT_SEPARATE',
    });
    await asAdmin.destroy();
    await expect(openVaultDatabase(test.connections.vault, test.vaultDb)).rejects.toMatchObject({
      code: 'VAULT_NOT_SEPARATE',
    });
  });

  it('says what is missing when the role or its schema is not there', async () => {
    const wrong = { ...test.connections.vault, password: 'not-the-password' };
    await expect(openVaultDatabase(wrong, test.service)).rejects.toMatchObject({ code: 'VAULT_ROLE_MISSING' });
    await test.asSuperuser('drop schema vault cascade');
    await expect(openVaultDatabase(test.connections.vault, test.service)).rejects.toMatchObject({
      code: 'VAULT_ROLE_MISSING',
    });
  });

  it('keeps no identity and no reason readable in any table', async () => {
    await test.keep();
    await approvedRequest(test);
    const tables: { text: string }[] = await test.vaultDb.query(
      `select s::text || encode(s.payload, 'escape') as text from vault.sealed s union all select r::text from vault.request r
       union all select o::text from vault.operator o`,
    );
    const all = tables.map(({ text }) => text).join('\n');
    expect(all).toContain(STUDY);
    for (const planted of PLANTED) expect(all).not.toContain(planted);
  });
});

describe('a request', () => {
  it('goes from asking through another person’s approval to counted looks, and is then closed', async () => {
    await test.keep();
    const { vault } = test;
    const [ada, ben] = [await vault.operators.add('ada'), await vault.operators.add('ben')];
    expect([await vault.operators.identify(ada), await vault.operators.identify(ben)]).toEqual(['ada', 'ben']);
    const asked = await vault.ask.run('ada', ASKED);
    expect(asked).toMatchObject({ state: 'requested', looks: 0, maxLooks: 2, requestedBy: 'ada' });
    await expect(vault.reveal('ada', asked.id)).rejects.toMatchObject({ code: 'VAULT_REQUEST_NOT_APPROVED' });
    expect(await vault.read.one('ben', asked.id)).toMatchObject({ reason: ASKED.reason });
    expect(await vault.decide('ben', asked.id, 'approve')).toMatchObject({ state: 'approved', decidedBy: 'ben' });
    await expect(vault.reveal('ben', asked.id)).rejects.toMatchObject({ code: 'VAULT_NOT_REQUESTER' });
    const first = await vault.reveal('ada', asked.id);
    expect(first.identity).toEqual({ kind: 'study', patientKey: PATIENT, studyKey: STUDY, identity: SOURCE });
    expect(first.request).toMatchObject({ looks: 1, state: 'approved' });
    expect((await vault.reveal('ada', asked.id)).request).toMatchObject({ looks: 2, state: 'closed' });
    await expect(vault.reveal('ada', asked.id)).rejects.toMatchObject({ code: 'VAULT_LOOKS_USED' });
    expect(codes()).toEqual([
      'vault-operator-added',
      'vault-operator-added',
      'reidentification-requested',
      'reidentification-refused',
      'reidentification-read',
      'reidentification-approved',
      'reidentification-refused',
      'identity-revealed',
      'identity-revealed',
      'reidentification-closed',
      'reidentification-refused',
    ]);
    const revealed = test.events.find(({ code }) => code === 'identity-revealed');
    expect(revealed).toMatchObject({ actor: 'operator:ada', subject: STUDY, outcome: 'success' });
    expect(revealed?.detail).toMatchObject({
      requestId: asked.id,
      purpose: 'patient-care',
      approvedBy: 'ben',
      look: 1,
      of: 2,
    });
    for (const planted of PLANTED) expect(JSON.stringify(test.events)).not.toContain(planted);
  });

  it('about a patient tells the patient and no study', async () => {
    await test.keep();
    for (const name of ['ada', 'ben']) await test.vault.operators.add(name);
    const { id } = await test.vault.ask.run('ada', { ...ASKED, kind: 'patient', pseudonym: PATIENT });
    await test.vault.decide('ben', id, 'approve');
    const { identity } = await test.vault.reveal('ada', id);
    const { patientId, issuer, name, birthDate, sex } = SOURCE;
    expect(identity).toEqual({
      kind: 'patient',
      patientKey: PATIENT,
      patient: { patientId, issuer, name, birthDate, sex },
    });
  });

  it('cannot be decided by who asked: not by the rules, not by the database, not for the vault’s own role', async () => {
    await test.keep();
    for (const name of ['ada', 'ben']) await test.vault.operators.add(name);
    const { id } = await test.vault.ask.run('ada', ASKED);
    for (const act of ['approve', 'deny'] as const) {
      await expect(test.vault.decide('ada', id, act)).rejects.toMatchObject({ code: 'VAULT_SELF_APPROVAL' });
      expect(test.events.at(-1)).toMatchObject({
        actor: 'operator:ada',
        outcome: 'failure',
        detail: { act, requestId: id },
      });
    }
    expect(lastRefusal()).toBe('VAULT_SELF_APPROVAL');
    const byHand = `update vault.request set state = 'approved', decided_by = 'ada', decided_at = now() where id = '${id}'`;
    await expect(test.vaultDb.query(byHand)).rejects.toThrow('request_other_person');
    await expect(test.vaultDb.query(byHand.replace("'ada'", "'carl'"))).rejects.toThrow('no such operator');
    await test.vault.operators.remove('ben');
    await expect(test.vaultDb.query(byHand.replace("'ada'", "'ben'"))).rejects.toThrow('no such operator');
    await expect(test.vaultDb.query(`${byHand}; update vault.request set requested_by = 'ben'`)).rejects.toThrow();
    expect((await test.vault.read.one('ada', id)).request.state).toBe('requested');
  });

  it('that somebody approves in the tables, without the key, reveals nothing', async () => {
    await test.keep();
    for (const name of ['ada', 'ben']) await test.vault.operators.add(name);
    const { id } = await test.vault.ask.run('ada', ASKED);
    await test.vaultDb.query(
      `update vault.request set state = 'approved', decided_by = 'ben', decided_at = now() where id = '${id}'`,
    );
    await expect(test.vault.reveal('ada', id)).rejects.toMatchObject({ code: 'VAULT_TAMPERED' });
    expect(lastRefusal()).toBe('VAULT_TAMPERED');
  });

  it('that was approved for one pseudonym does not open another, nor for longer or more often, even for a superuser', async () => {
    await test.keep();
    const id = await approvedRequest(test);
    for (const change of [
      `kind = 'patient', pseudonym = '${PATIENT}'`,
      `expires_at = expires_at + interval '9 days'`,
      'max_looks = 99',
      `purpose = 'legal-duty'`,
    ]) {
      await test.asSuperuser(
        `create table if not exists public.kept as select * from vault.request; alter table vault.request disable trigger all;
         update vault.request set ${change} where id = '${id}'`,
      );
      await expect(test.vault.reveal('ada', id)).rejects.toMatchObject({ code: 'VAULT_TAMPERED' });
      await test.asSuperuser(
        `update vault.request r set kind = k.kind, pseudonym = k.pseudonym, expires_at = k.expires_at, max_looks = k.max_looks,
         purpose = k.purpose from public.kept k where k.id = r.id`,
      );
    }
    expect((await test.vault.reveal('ada', id)).request.looks).toBe(1);
  });

  it('does not get a look back by putting its rows back', async () => {
    await test.keep();
    const id = await approvedRequest(test);
    const save = `create table public.kept as select * from vault.sealed where kind = 'approval'`;
    await test.asSuperuser(save);
    await test.vault.reveal('ada', id);
    await test.asSuperuser(
      `alter table vault.request disable trigger all; update vault.request set looks = 0, state = 'approved' where id = '${id}'`,
    );
    await expect(test.vault.reveal('ada', id)).rejects.toMatchObject({ code: 'VAULT_TAMPERED' });
    await test.asSuperuser(
      `delete from vault.sealed where kind = 'approval'; insert into vault.sealed select * from public.kept`,
    );
    await expect(test.vault.reveal('ada', id)).rejects.toMatchObject({ code: 'VAULT_ROLLED_BACK' });
  });

  it('is over when its term is: for deciding, for looking, and in the database whatever the service’s clock says', async () => {
    await test.keep();
    const id = await approvedRequest(test);
    const { id: undecided } = await test.vault.ask.run('ada', ASKED);
    test.clock.time = new Date(Date.now() + 25 * HOUR);
    await expect(test.vault.reveal('ada', id)).rejects.toMatchObject({ code: 'VAULT_REQUEST_EXPIRED' });
    await expect(test.vault.decide('ben', undecided, 'approve')).rejects.toMatchObject({
      code: 'VAULT_REQUEST_EXPIRED',
    });
    expect(codes().filter((code) => code === 'reidentification-expired')).toHaveLength(2);
    expect(lastRefusal()).toBe('VAULT_REQUEST_EXPIRED');
    // A clock that runs late: asked, by it, three days ago.
    test.clock.time = new Date(Date.now() - 30 * HOUR);
    const { id: late } = await test.vault.ask.run('ada', ASKED);
    await expect(test.vault.decide('ben', late, 'approve')).rejects.toMatchObject({ code: 'VAULT_REQUEST_EXPIRED' });
  });

  it('cannot be longer or have more looks than this installation allows, nor be about an unknown pseudonym', async () => {
    await test.keep();
    await test.vault.operators.add('ada');
    await expect(test.vault.ask.run('ada', { ...ASKED, hours: 73 })).rejects.toMatchObject({
      code: 'VAULT_TERM_TOO_LONG',
    });
    await expect(test.vault.ask.run('ada', { ...ASKED, looks: 4 })).rejects.toMatchObject({
      code: 'VAULT_TERM_TOO_LONG',
    });
    const unknown = { ...ASKED, pseudonym: 'f'.repeat(32) };
    await expect(test.vault.ask.run('ada', unknown)).rejects.toMatchObject({ code: 'VAULT_PSEUDONYM_UNKNOWN' });
    expect(test.events.at(-1)).toMatchObject({ code: 'reidentification-refused', subject: 'f'.repeat(32) });
    expect(await test.vault.read.list('ada', { limit: 10 })).toEqual([]);
  });

  it('that was denied stays so, and its looks are counted once under many at a time', async () => {
    await test.keep();
    const id = await approvedRequest(test);
    const { id: denied } = await test.vault.ask.run('ada', ASKED);
    expect(await test.vault.decide('ben', denied, 'deny')).toMatchObject({ state: 'denied' });
    await expect(test.vault.decide('ben', denied, 'approve')).rejects.toMatchObject({ code: 'VAULT_REQUEST_DECIDED' });
    await expect(test.vault.reveal('ada', denied)).rejects.toMatchObject({ code: 'VAULT_REQUEST_NOT_APPROVED' });
    const looks = await Promise.allSettled(Array.from({ length: 8 }, () => test.vault.reveal('ada', id)));
    expect(looks.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(codes().filter((code) => code === 'identity-revealed')).toHaveLength(2);
  });

  it('tells nothing when the audit log cannot be written, and stays as it was', async () => {
    await test.keep();
    const id = await approvedRequest(test);
    const events = test.events as { push: unknown };
    events.push = () => {
      throw new Error('disk full');
    };
    await expect(test.vault.reveal('ada', id)).rejects.toThrow('disk full');
    delete events.push;
    expect((await test.vault.read.one('ben', id)).request.looks).toBe(0);
  });
});

describe('operators', () => {
  it('are known by a token that is kept as a hash; a name is given once, and a removed one opens nothing', async () => {
    const token = await test.vault.operators.add('ada');
    expect(token).toMatch(/^pvo_[\w-]{43}$/);
    const rows: { all: string }[] = await test.vaultDb.query(
      `select o::text || encode(token_sha256, 'escape') as all from vault.operator o`,
    );
    expect(rows[0]?.all).not.toContain(token.slice(4));
    await expect(test.vault.operators.add('ada')).rejects.toMatchObject({ code: 'VAULT_OPERATOR_EXISTS' });
    for (const wrong of [undefined, '', 'pvo_wrong', `${token}x`, 'a\0b'])
      await expect(test.vault.operators.identify(wrong)).rejects.toMatchObject({ code: 'VAULT_OPERATOR_UNKNOWN' });
    expect(lastRefusal()).toBe('VAULT_OPERATOR_UNKNOWN');
    await test.vault.operators.remove('ada');
    await expect(test.vault.operators.identify(token)).rejects.toMatchObject({ code: 'VAULT_OPERATOR_UNKNOWN' });
    await expect(test.vault.operators.add('ada')).rejects.toMatchObject({ code: 'VAULT_OPERATOR_EXISTS' });
    await expect(test.vault.operators.remove('ada')).rejects.toMatchObject({ code: 'VAULT_OPERATOR_MISSING' });
  });

  it('and requests cannot be deleted by the vault’s own role', async () => {
    for (const table of ['operator', 'request'])
      for (const act of ['delete from', 'truncate'])
        await expect(runAs(test.connections.vault, `${act} vault.${table}`)).rejects.toThrow(/kept|foreign/);
  });
});

describe('forgetting', () => {
  it('takes all of a patient’s rows, with reasons and approvals, and is no alarm', async () => {
    await test.keep();
    const id = await approvedRequest(test);
    await test.vault.reveal('ada', id);
    expect(await test.vault.forgetting.run('ada', STUDY)).toBe(4);
    expect(test.events.at(-1)).toMatchObject({ code: 'identity-forgotten', subject: PATIENT, actor: 'operator:ada' });
    expect(await test.vaultDb.query('select * from vault.sealed')).toEqual([]);
    expect(await test.vault.verification.run()).toEqual({ rows: 0, damaged: 0, rolledBack: 0 });
    await expect(test.vault.ask.run('ada', ASKED)).rejects.toMatchObject({ code: 'VAULT_PSEUDONYM_UNKNOWN' });
    expect(await test.vault.read.one('ben', id)).toMatchObject({ reason: null });
    expect(await test.vault.forgetting.run('ada', PATIENT)).toBe(0);
  });
});
