import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startServer } from '@precedent/server';
import { generateCohort } from '@precedent/synthetic';

// What a client of the API gets wrong. Real: the service with all its parts, requests over loopback. Fake: the patients.

interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
}

let folder: string;
let server: Awaited<ReturnType<typeof startServer>>;
/** Study key of one archived and indexed case. */
let study: string;

const json = { 'content-type': 'application/json' };

function ask(
  method: string,
  path: string,
  init: { headers?: Record<string, string>; body?: string | Uint8Array<ArrayBuffer> } = {},
): Promise<Response> {
  const headers = { authorization: `Bearer ${server.token}`, ...init.headers };
  return fetch(server.url + path, { ...init, method, headers });
}

const post = (path: string, body: unknown): Promise<Response> =>
  ask('POST', path, { headers: json, body: JSON.stringify(body) });

/** Every refusal has one form, and none tells what it was given or where in the program it arose. */
async function expectProblem(response: Response, status: number, code: string, ...unsaid: string[]): Promise<Problem> {
  const text = await response.text();
  expect([response.status, text]).toEqual([status, expect.stringContaining(`"code":"${code}"`)]);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  for (const secret of ['.js:', '.ts:', 'node_modules', folder, server.token, ...unsaid])
    expect(text).not.toContain(secret);
  const problem = JSON.parse(text) as Problem;
  expect(problem).toMatchObject({ type: expect.stringMatching(/^urn:/), title: expect.any(String), status });
  return problem;
}

async function sendCohort(): Promise<void> {
  const studies = join(folder, 'cohort', 'studies');
  for (const entry of await readdir(studies, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const body = new Uint8Array(await readFile(join(entry.parentPath, entry.name)));
    const sent = await ask('POST', '/v1/ingest', { headers: { 'content-type': 'application/dicom' }, body });
    expect(sent.status).toBe(200);
  }
  await post('/v1/ingest/seal', { source: 'import' });
}

async function untilIndexed(): Promise<string> {
  for (;;) {
    const { settled } = (await (await ask('GET', '/v1/status')).json()) as { settled: boolean };
    if (settled) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const page = (await (await ask('GET', '/v1/studies')).json()) as { studies: { studyKey: string; state: string }[] };
  return page.studies.find(({ state }) => state === 'indexed')?.studyKey ?? '';
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'precedent-requests-'));
  await chmod(folder, 0o711);
  await generateCohort({ directory: join(folder, 'cohort'), seed: 13, patients: 2 });
  server = await startServer({ dataDir: join(folder, 'data'), allowUncleanedPixels: true, logLevel: 'debug' });
  await sendCohort();
  study = await untilIndexed();
  expect(study).not.toBe('');
}, 120_000);

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('who may ask', () => {
  it.each([
    ['no token', undefined],
    ['a wrong token', 'Bearer prc_wrong'],
    ['another scheme', 'Basic cHJlY2VkZW50OnNlY3JldA=='],
    ['an empty token', 'Bearer '],
    ['two tokens', 'Bearer a, Bearer b'],
  ])('%s: 401 before anything is read', async (_, authorization) => {
    const headers = authorization === undefined ? {} : { authorization };
    for (const path of ['/v1/status', '/v1/studies', '/metrics', `/v1/cases/${study}`])
      await expectProblem(await fetch(server.url + path, { headers }), 401, 'HTTP_UNAUTHORIZED', study);
    const upload = { method: 'POST', headers: { ...headers, 'content-type': 'application/dicom' }, body: 'x' };
    await expectProblem(await fetch(`${server.url}/v1/ingest`, upload), 401, 'HTTP_UNAUTHORIZED');
  });
});

describe('what is asked', () => {
  it('a route that is not there, or a method that it has not: 404, and the URL is not repeated', async () => {
    for (const [method, path] of [
      ['GET', '/v1/patients/DOE-R4711'],
      ['DELETE', `/v1/cases/${study}?name=DOE-R4711`],
      ['PUT', '/v1/status/DOE-R4711'],
      ['GET', '/'],
    ] as const)
      await expectProblem(await ask(method, path), 404, 'HTTP_NOT_FOUND', 'DOE-R4711');
  });

  it('keys that nobody knows are 404, what is no key is 400, and neither is a 500', async () => {
    for (const key of ['nosuch', '1.2.840.113619.2.55.3'])
      for (const path of [`/v1/cases/${key}`, `/v1/images/${key}/rendered`])
        await expectProblem(await ask('GET', path), 404, 'HTTP_NOT_FOUND', key);
    for (const key of ['%00', 'a%2Fb', '..%2f..%2fetc%2fpasswd', 'x'.repeat(65), "a'%20or%20'1'='1"])
      await expectProblem(await ask('GET', `/v1/cases/${key}`), 400, 'REQUEST_INVALID');
    await expectProblem(await ask('GET', '/v1/cases/%E0%A4%A'), 400, 'HTTP_BAD_REQUEST');
  });

  it.each(['{bad', '"text"', 'null', '{"studyKey":"DOE^JANE"', '\u0000'])(
    'a body that is not JSON (%j): 400',
    async (body) => {
      const response = await ask('POST', '/v1/similar-cases', { headers: json, body });
      await expectProblem(response, 400, 'REQUEST_BODY_INVALID', 'DOE');
    },
  );

  it.each([
    [{}],
    [[]],
    [{ studyKey: 'a', imageKey: 'b' }],
    [{ studyKey: 7 }],
    [{ studyKey: 'DOE^JANE' }],
    [{ studyKey: 'a', k: 0 }],
    [{ studyKey: 'a', k: 1000 }],
    [{ studyKey: 'a', k: 'many' }],
    [{ studyKey: 'a', k: 1.5 }],
    [{ studyKey: 'a', k: null }],
    [{ studyKey: 'a', extra: true }],
    [{ studyKey: 'a', filter: { modality: '' } }],
    [{ studyKey: 'a', filter: { modality: [] } }],
    [{ studyKey: 'a', filter: { modality: 'CT\u0000' } }],
    [{ studyKey: 'a', filter: { modality: { $ne: 'CT' } } }],
    [{ studyKey: 'a', filter: { patientKey: 'x' } }],
    [{ studyKey: 'a', filter: 'modality == "CT"' }],
  ])('a question of the wrong form is 400 with every point named: %j', async (body) => {
    await expectProblem(await post('/v1/similar-cases', body), 400, 'REQUEST_INVALID', 'DOE');
  });

  it('options in the URL beside a key are refused, not dropped: the answer would pass for a filtered one', async () => {
    await expectProblem(await post('/v1/similar-cases?modality=CT', { studyKey: study }), 400, 'HTTP_BAD_REQUEST');
  });

  it('a filter’s text is a value and nothing else', async () => {
    for (const value of ['CT" or "1"=="1', "CT' OR '1'='1", 'CT"] or modality in ["MR', '%', '*', '\\', '$where']) {
      const answer = await post('/v1/similar-cases', {
        studyKey: study,
        filter: { modality: value, sex: ['F', value] },
      });
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ results: [] });
    }
  });

  it.each([
    ['GET', '/v1/studies?limit=0'],
    ['GET', '/v1/studies?limit=501'],
    ['GET', '/v1/studies?cursor=-1'],
    ['GET', '/v1/studies?cursor=zzzzzzzzzzzzzzzz'],
    ['GET', '/v1/studies?limit=1&limit=2'],
    ['GET', '/v1/studies?nonsense=1'],
    ['GET', '/v1/images/KEY/rendered?frame=-1'],
    ['GET', '/v1/images/KEY/rendered?maxSide=999999'],
  ])('%s %s is 400', async (method, path) => {
    await expectProblem(await ask(method, path), 400, 'REQUEST_INVALID');
  });

  it.each([
    ['/v1/ingest/seal', { source: 'Doe, Jane' }],
    ['/v1/ingest/seal', { source: 'a\u0000' }],
    ['/v1/evaluations', { labels: [] }],
    ['/v1/evaluations', { labels: [['a\u0000']] }],
    ['/v1/evaluations', { labels: [['a']], bootstrap: 1e9 }],
  ])('%s %j is 400', async (path, body) => {
    await expectProblem(await post(path, body), 400, 'REQUEST_INVALID', 'Doe');
  });

  it('a label that no case has, not even by inheritance, is 422 with what to do', async () => {
    for (const label of ['nolabel', '__proto__', 'constructor', 'toString'])
      await expectProblem(await post('/v1/evaluations', { labels: [[label]] }), 422, 'BIAS_NOTHING_TO_EVALUATE');
  });
});

describe('what is sent', () => {
  const send = (path: string, type: string, body: string | Uint8Array<ArrayBuffer>): Promise<Response> =>
    ask('POST', path, { headers: { 'content-type': type }, body });

  it('pictures and objects that are none: 422, told by kind and never by content', async () => {
    for (const type of ['image/png', 'image/jpeg', 'application/dicom'])
      await expectProblem(await send('/v1/similar-cases', type, 'DOE^JANE'), 422, 'QUERY_UNREADABLE', 'DOE');
    await expectProblem(await send('/v1/similar-cases', 'multipart/related; boundary=b', '--b--'), 400, 'QUERY_EMPTY');
  });

  it('other media types: 415 with those that are taken', async () => {
    for (const path of ['/v1/similar-cases', '/v1/ingest', '/dicomweb/studies', '/v1/outcomes']) {
      const { detail } = await expectProblem(await send(path, 'text/plain', 'x'), 415, 'HTTP_UNSUPPORTED_MEDIA_TYPE');
      expect(detail).toMatch(/^Send /);
    }
  });

  it('multipart messages without boundary or cut off: 400, and nothing of them stays', async () => {
    const before = await (await ask('GET', '/v1/status')).text();
    // What was taken in before may still lie there: its bytes go within a second of its end.
    const spooled = await readdir(join(folder, 'data', 'spool'));
    for (const path of ['/v1/similar-cases', '/v1/ingest', '/dicomweb/studies']) {
      await expectProblem(await send(path, 'multipart/related', '--b--'), 400, 'MULTIPART_MALFORMED');
      const cut = '--b\r\nContent-Type: application/dicom\r\n\r\nDOE^JANE';
      await expectProblem(await send(path, 'multipart/related; boundary=b', cut), 400, 'MULTIPART_MALFORMED', 'DOE');
    }
    const { instances } = JSON.parse(before) as { instances: object };
    expect(await (await ask('GET', '/v1/status')).json()).toMatchObject({ instances });
    const left = await readdir(join(folder, 'data', 'spool'));
    expect(left.filter((name) => !spooled.includes(name))).toEqual([]);
  });

  it('a JSON body of 300 kB: 413', async () => {
    await expectProblem(
      await post('/v1/similar-cases', { studyKey: 'x'.repeat(300_000) }),
      413,
      'REQUEST_BODY_TOO_LARGE',
    );
  });
});

it('nothing of what was sent or asked above stands in the log', async () => {
  const log = await readFile(join(folder, 'data', 'logs', 'server.log'), 'utf8');
  expect(log).toContain('"status":422');
  // With a letter that no request id (hexadecimal) has: bare digits were found in one by chance.
  for (const unsaid of ['DOE', 'R4711', '1.2.840', server.token]) expect(log).not.toContain(unsaid);
  // Which study somebody asked for is the audit trail's business; the log knows its key only from taking it in.
  const requests = log.split('\n').filter((line) => !line.includes('"event":"study-deidentified"'));
  expect(requests.join('\n')).not.toContain(study);
});
