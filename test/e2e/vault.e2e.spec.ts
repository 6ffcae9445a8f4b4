import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startServer } from '@precedent/server';
import { generateCohort } from '@precedent/synthetic';
import pg from 'pg';
import { startTestDatabase } from '../support/test-database.ts';
import type { CliResult } from '../support/run-cli.ts';
import { runCli } from '../support/run-cli.ts';

// From a received study to its identity again, by two people. Real: the command, the service with all its parts, PostgreSQL and its
// roles. Fake: the patients.

const database = startTestDatabase();
let folder: string;
let server: Awaited<ReturnType<typeof startServer>>;
const at = (...names: string[]): string => join(folder, ...names);
const run = (...args: string[]): Promise<CliResult> => runCli([...args, '--data-dir', at('data')]);
const as = (who: string, ...args: string[]): Promise<CliResult> =>
  run('vault', ...args, '--json', '--operator-token', at(`${who}.token`));

async function json<T>(running: Promise<CliResult>): Promise<T> {
  const { code, stdout, stderr } = await running;
  if (code !== 0) throw new Error(`ended with ${String(code)}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

interface Request {
  readonly id: string;
  readonly state: string;
  readonly looks: number;
}
interface Case {
  readonly PatientID: string;
  readonly StudyInstanceUID: string;
}

let truth: Case[];
let studyKey: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'precedent-vault-'));
  await chmod(folder, 0o711);
  await generateCohort({ directory: at('in'), seed: 31, patients: 2 });
  server = await startServer({ dataDir: at('data'), allowUncleanedPixels: true, logLevel: 'debug' });
  await json(run('import', at('in'), '--json'));
  const { studies } = (await (await api('/v1/studies')).json()) as { studies: { studyKey: string }[] };
  studyKey = studies[0]?.studyKey ?? '';
  truth = [];
}, 180_000);

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

function api(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${server.token}`);
  return fetch(server.url + path, { ...init, headers });
}

describe('precedent vault', () => {
  it('names people, whose tokens are told once', async () => {
    for (const name of ['ada', 'ben'])
      expect(await json(run('vault', 'operators', 'add', name, '--json', '--token-file', at(`${name}.token`)))).toEqual(
        {
          name,
          tokenFile: at(`${name}.token`),
        },
      );
    expect((await stat(at('ada.token'))).mode & 0o777).toBe(0o600);
    const printed = await run('vault', 'operators', 'add', 'carl');
    expect([printed.code, printed.stdout]).toEqual([0, expect.stringMatching(/^pvo_[\w-]{43}\n$/)]);
    await json(run('vault', 'operators', 'remove', 'carl', '--json'));
    const { operators } = await json<{ operators: { name: string; removedAt: string | null }[] }>(
      run('vault', 'operators', 'list', '--json'),
    );
    expect(operators.map(({ name, removedAt }) => [name, removedAt === null])).toEqual([
      ['ada', true],
      ['ben', true],
      ['carl', false],
    ]);
  }, 120_000);

  it('asks, approves by another, reveals what stood in the hospital’s file, and closes', async () => {
    const reason = 'The treating team needs the earlier images';
    const ask = ['request', studyKey, '--purpose', 'patient-care', '--reason', reason];
    const asked = await json<Request>(as('ada', ...ask));
    const own = await as('ada', 'approve', asked.id);
    expect([own.code, own.stderr]).toEqual([1, expect.stringContaining('VAULT_SELF_APPROVAL')]);
    const early = await as('ada', 'reveal', asked.id);
    expect([early.code, early.stderr]).toEqual([1, expect.stringContaining('VAULT_REQUEST_NOT_APPROVED')]);
    expect(await json(as('ben', 'show', asked.id))).toMatchObject({ reason, state: 'requested' });
    expect(await json(as('ben', 'approve', asked.id))).toMatchObject({ state: 'approved', decidedBy: 'ben' });
    const other = await as('ben', 'reveal', asked.id);
    expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('VAULT_NOT_REQUESTER')]);
    const revealed = await json<{ identity: { identity: Record<string, string> } }>(as('ada', 'reveal', asked.id));
    truth.push({
      PatientID: revealed.identity.identity.patientId ?? '',
      StudyInstanceUID: revealed.identity.identity.studyInstanceUid ?? '',
    });
    expect(await sourceHas(truth[0]!)).toBe(true);
    const again = await as('ada', 'reveal', asked.id);
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('VAULT_LOOKS_USED')]);
    const { requests } = await json<{ requests: Request[] }>(as('ben', 'list', '--state', 'closed'));
    expect(requests).toEqual([expect.objectContaining({ id: asked.id, looks: 1 })]);
    const text = await run('vault', 'list', '--operator-token', at('ben.token'));
    expect(text.stdout).toContain('patient-care');
  }, 180_000);

  it('rotates and destroys the old key; what was asked before is answered after', async () => {
    const asked = await json<Request>(
      as('ada', 'request', studyKey, '--purpose', 'legal-duty', '--reason', 'An order of the court', '--looks', '2'),
    );
    await json(as('ben', 'approve', asked.id));
    const before = await readFile(at('data', 'secrets', 'vault-keys.json'), 'utf8');
    const rotated = await json<{ destroyed: string[]; damaged: number; rows: number }>(
      run('vault', 'rotate', '--re-encrypt', '--destroy-old', '--json'),
    );
    expect(rotated).toMatchObject({ damaged: 0, resumed: false });
    expect(before).toContain(rotated.destroyed[0]);
    expect(await readFile(at('data', 'secrets', 'vault-keys.json'), 'utf8')).not.toContain(rotated.destroyed[0]);
    expect(await json(run('vault', 'verify', '--json'))).toMatchObject({ damaged: 0, rolledBack: 0 });
    await server.stop();
    server = await startServer({ dataDir: at('data'), allowUncleanedPixels: true });
    expect(await json(as('ada', 'reveal', asked.id))).toMatchObject({ identity: { studyKey } });
    expect((await run('vault', 'keys')).stdout).toContain('rows under it');
  }, 180_000);

  it('is misused with code 2, refuses with code 1, and forgets only when told twice', async () => {
    expect((await run('vault', 'request', studyKey)).code).toBe(2);
    expect((await run('vault', 'nonsense')).code).toBe(2);
    const nobody = await run('vault', 'list');
    expect([nobody.code, nobody.stderr]).toEqual([1, expect.stringContaining('OPERATOR_TOKEN_MISSING')]);
    await writeFile(at('wrong.token'), 'pvo_wrong', { mode: 0o600 });
    const wrong = await as('wrong', 'list');
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('VAULT_OPERATOR_UNKNOWN')]);
    const patient = (await json<{ requests: { pseudonym: string }[] }>(as('ada', 'list'))).requests[0]?.pseudonym ?? '';
    const unsure = await as('ada', 'forget', patient);
    expect([unsure.code, unsure.stderr]).toEqual([1, expect.stringContaining('FORGET_UNCONFIRMED')]);
  }, 120_000);
});

describe('/v1/re-identifications', () => {
  const token = (who: string): Promise<string> => readFile(at(`${who}.token`), 'utf8');
  const post = async (who: string, path: string, body: object = {}): Promise<Response> =>
    api(`/v1/re-identifications${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'precedent-operator': await token(who) },
      body: JSON.stringify(body),
    });
  const ASK = { purpose: 'quality-review', reason: 'Checked against the record' };

  it('answers with problems that say what to do, and keeps identities out of caches', async () => {
    const asked = (await (await post('ada', '', { ...ASK, pseudonym: studyKey })).json()) as Request;
    await post('ben', `/${asked.id}/approve`);
    const revealed = await post('ada', `/${asked.id}/reveal`);
    expect([revealed.status, revealed.headers.get('cache-control')]).toEqual([200, 'private, no-store']);
    expect(await revealed.text()).toContain(truth[0]?.PatientID);
    const cases: [Promise<Response>, number, string][] = [
      [post('ada', '', { ...ASK, pseudonym: studyKey, purpose: 'curiosity' }), 400, 'REQUEST_INVALID'],
      [post('ada', '', { ...ASK, pseudonym: studyKey, reason: 'short' }), 400, 'REQUEST_INVALID'],
      [post('ada', '', { ...ASK, pseudonym: studyKey, hours: 9999 }), 400, 'VAULT_TERM_TOO_LONG'],
      [post('ada', '', { ...ASK, pseudonym: 'f'.repeat(32) }), 404, 'VAULT_PSEUDONYM_UNKNOWN'],
      [post('ada', '/not-an-id/reveal'), 400, 'REQUEST_INVALID'],
      [post('ada', '/00000000-0000-4000-8000-000000000000/reveal'), 404, 'VAULT_REQUEST_UNKNOWN'],
      [post('ben', `/${asked.id}/approve`), 409, 'VAULT_REQUEST_DECIDED'],
      [post('ada', `/${asked.id}/reveal`), 409, 'VAULT_LOOKS_USED'],
      [api('/v1/re-identifications'), 401, 'VAULT_OPERATOR_UNKNOWN'],
    ];
    for (const [answering, status, code] of cases) {
      const answer = await answering;
      expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([status, code]);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
    }
  }, 60_000);

  it('leaves every step in the audit log, and nobody’s identity there, in the server’s log or in the service’s tables', async () => {
    const log = await readFile(at('data', 'logs', 'server.log'), 'utf8');
    expect(log).toContain('identity-revealed');
    const dump = await auditOf();
    for (const code of [
      'vault-operator-added',
      'reidentification-requested',
      'reidentification-refused',
      'reidentification-approved',
      'identity-revealed',
      'reidentification-closed',
      'vault-key-added',
      'vault-key-destroyed',
      'vault-verified',
    ])
      expect(dump).toContain(code);
    expect(dump).toContain('operator:ada');
    expect(dump).not.toContain('[refused]');
    for (const planted of [truth[0]!.PatientID, truth[0]!.StudyInstanceUID, 'An order of the court'])
      for (const text of [log, dump]) expect(text).not.toContain(planted);
  });

  /** The audit table as the embedded server's superuser sees it. */
  async function auditOf(): Promise<string> {
    const { cluster, port } = await embedded();
    const password = (await readFile(join(cluster, 'precedent.password'), 'utf8')).trim();
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'precedent', password, database: 'precedent' });
    await client.connect();
    try {
      const { rows } = await client.query<{ all: string }>(
        `select string_agg(e::text, E'\\n') as all from audit.event e`,
      );
      return rows[0]?.all ?? '';
    } finally {
      await client.end();
    }
  }

  async function embedded(): Promise<{ cluster: string; port: number }> {
    const pointer = await readFile(at('data', 'postgres', 'database-location'), 'utf8').catch(() => '');
    const cluster = join(pointer.trim() || at('data', 'postgres'), 'cluster');
    const lines = (await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n');
    return { cluster, port: Number(lines[3]) };
  }
});

describe('the hospital’s own PostgreSQL', () => {
  const serve = async (vault: Record<string, string>): Promise<string> => {
    const { host, port, database: name, user, password } = await database.fresh();
    await writeFile(at('db.password'), password, { mode: 0o600 });
    const result = await runCli(['status', '--data-dir', at('hospital')], {
      PRECEDENT_DATABASE_HOST: host,
      PRECEDENT_DATABASE_PORT: String(port),
      PRECEDENT_DATABASE_NAME: name,
      PRECEDENT_DATABASE_USER: user,
      PRECEDENT_DATABASE_PASSWORD_FILE: at('db.password'),
      ...vault,
    });
    return result.code === 0 ? 'started' : result.stderr;
  };

  it('without the vault’s role is refused with what to do, and works with the vault switched off', async () => {
    const { mkdir } = await import('node:fs/promises');
    await mkdir(at('hospital'), { mode: 0o700 });
    expect(await serve({})).toContain('VAULT_ROLE_MISSING');
    expect(await serve({ PRECEDENT_VAULT_DATABASE_PASSWORD_FILE: at('db.password') })).toContain('VAULT_ROLE_MISSING');
    expect(await serve({ PRECEDENT_VAULT: 'off' })).toBe('started');
    expect(await serve({ PRECEDENT_VAULT: 'perhaps' })).toContain('CONFIG_INVALID');
  }, 180_000);
});

/** Whether the received files hold this patient and study. */
async function sourceHas({ PatientID, StudyInstanceUID }: Case): Promise<boolean> {
  const { readdir } = await import('node:fs/promises');
  const names = await readdir(at('in'), { recursive: true });
  for (const name of names) {
    const bytes = await readFile(at('in', name)).catch(() => Buffer.alloc(0));
    if (PatientID.length > 3 && bytes.includes(PatientID) && bytes.includes(StudyInstanceUID)) return true;
  }
  return false;
}
