import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Identity {
  readonly certificate: string;
  readonly key: string;
  /** SHA-256 of the certificate, in hex. */
  readonly sha256: string;
}

export interface Authority {
  readonly folder: string;
  readonly certificate: string;
  issue(name: string): Identity;
}

/** A certificate authority in a temporary folder, made by the openssl program; all of it lives for a day. */
export function makeAuthority(name = 'test'): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'precedent-ca-'));
  const at = (file: string): string => join(folder, file);
  const openssl = (...args: string[]): string => execFileSync('openssl', args, { stdio: 'pipe' }).toString();
  const newKey = ['-newkey', 'rsa:2048', '-nodes', '-keyout'];
  openssl('req', '-x509', ...newKey, at('ca.key'), '-out', at('ca.crt'), '-days', '1', '-subj', `/CN=${name} CA`);
  writeFileSync(at('ext'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  return {
    folder,
    certificate: at('ca.crt'),
    issue: (subject) => {
      const [key, csr, certificate] = [at(`${subject}.key`), at(`${subject}.csr`), at(`${subject}.crt`)];
      openssl('req', ...newKey, key, '-out', csr, '-subj', `/CN=${subject}`);
      const by = ['-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-CAcreateserial'];
      openssl('x509', '-req', '-in', csr, ...by, '-out', certificate, '-days', '1', '-extfile', at('ext'));
      execFileSync('chmod', ['600', key]);
      const print = openssl('x509', '-in', certificate, '-noout', '-fingerprint', '-sha256');
      return {
        certificate,
        key,
        sha256: print
          .slice(print.indexOf('=') + 1)
          .trim()
          .replaceAll(':', '')
          .toLowerCase(),
      };
    },
  };
}
