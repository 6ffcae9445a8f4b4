/** Pure functions; nothing is fake. */
import { spaceId } from '@precedent/kernel';
import { describe, expect, it } from '@jest/globals';
import { checkAccess, classifyServer, collectionName } from './milvus-policy.ts';

const fault = (code: string): unknown => expect.objectContaining({ code });
const tls = { rootCertificateFile: 'ca.pem' };

describe('which Milvus is let in', () => {
  it.each([
    ['v2.6.10', true],
    ['2.6.22', true],
    ['v3.0.1', true],
    ['v3.1.0', true],
    ['v2.7.0', true],
    ['v2.6.11-dev', true],
    ['milvus_lite-3.2.2', false],
  ])('%s is let in, with templates: %p', (version, filterTemplates) => {
    expect(classifyServer(version, false)).toMatchObject({ filterTemplates });
  });

  it.each(['v2.6.9', 'v2.6.10-rc1', 'v2.5.27', 'v3.0.0', 'v3.0.1-rc2', 'v2.3.5-lite', 'v1.1.1'])(
    '%s is refused, unless it is a test server',
    (version) => {
      expect(() => classifyServer(version, false)).toThrow(fault('INDEX_VERSION_REFUSED'));
      expect(classifyServer(version, true).lite).toBe(false);
    },
  );

  it('an answer without a version is refused even from a test server', () => {
    expect(() => classifyServer('', true)).toThrow(fault('INDEX_BAD_ANSWER'));
  });
});

describe('how Milvus may be reached', () => {
  it.each(['localhost:19530', '127.0.0.1:19530', '127.8.8.8:1', '[::1]:19530'])('%s without TLS', (address) => {
    expect(() => checkAccess({ address, credentials: { username: 'u', password: 'p' } })).not.toThrow();
  });

  it.each([
    'milvus:19530',
    '10.0.0.7:19530',
    '127.evil.example:19530',
    'localhost.example:19530',
    '127.0.0.1.nip.io:1',
  ])('%s only with TLS', (address) => {
    expect(() => checkAccess({ address })).toThrow(fault('INDEX_PLAINTEXT_REFUSED'));
    expect(() => checkAccess({ address, tls })).not.toThrow();
    expect(() => checkAccess({ address, tls, allowTestServer: true })).toThrow(fault('INDEX_VERSION_REFUSED'));
  });

  it.each(['milvus', 'http://localhost:19530', 'u:p@localhost:1', 'localhost:', ':1', 'local host:1'])(
    '%s is no address',
    (address) => {
      expect(() => checkAccess({ address, tls })).toThrow(fault('INDEX_BAD_REQUEST'));
    },
  );

  it('not with the default password, not with half a client certificate', () => {
    const address = 'localhost:19530';
    const credentials = { username: 'root', password: 'Milvus' };
    expect(() => checkAccess({ address, credentials })).toThrow(fault('INDEX_DEFAULT_PASSWORD'));
    const half = { ...tls, certificateFile: 'client.pem' };
    expect(() => checkAccess({ address, tls: half })).toThrow(fault('INDEX_BAD_REQUEST'));
  });
});

describe('collection names', () => {
  it('are letters, digits and _ only, and differ for different spaces', () => {
    const spaces = ['ab12', 'a-b', 'a_b', 'a.b', 'a_2db', '..', '.'];
    const names = spaces.map((id) => collectionName(spaceId(id)));
    expect(names[0]).toBe('cases_ab12');
    expect(new Set(names).size).toBe(spaces.length);
    for (const name of names) expect(name).toMatch(/^cases_[A-Za-z0-9_]+$/);
  });
});
