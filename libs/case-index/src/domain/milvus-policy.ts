import type { SpaceId } from '@precedent/kernel';
import { indexFault } from '../case-index.errors.ts';

/** What a server can do and whether it may be used, told from its version alone: probing by a call is answered `{}`. */
export interface ServerKind {
  readonly version: string;
  readonly lite: boolean;
  /** Filter templates came with 2.5; Lite's parser refuses them. */
  readonly filterTemplates: boolean;
}

interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  readonly preRelease: boolean;
}

function parseVersion(text: string): Version | undefined {
  const found = /^v?(\d+)\.(\d+)\.(\d+)(.*)$/.exec(text);
  if (found === null) return undefined;
  const [, major, minor, patch, rest = ''] = found;
  const preRelease = /^[-.]?(rc|alpha|beta|dev)/i.test(rest);
  return { major: Number(major), minor: Number(minor), patch: Number(patch), preRelease };
}

function atLeast(version: Version, major: number, minor: number, patch: number): boolean {
  const order = version.major - major || version.minor - minor || version.patch - patch;
  return order > 0 || (order === 0 && !version.preRelease);
}

/** Before these: CVE-2025-64513 (sign-in bypass) and CVE-2026-26190 (REST without sign-in on port 9091). */
function isSound(version: Version): boolean {
  return version.major === 2 ? atLeast(version, 2, 6, 10) : atLeast(version, 3, 0, 1);
}

/** @param allowTestServer lets an old server in; for tests on loopback only. */
export function classifyServer(versionText: string, allowTestServer: boolean): ServerKind {
  // The embedded 2.3.5 calls itself `v2.3.5-lite`, and is not Milvus Lite.
  if (versionText.startsWith('milvus_lite-')) return { version: versionText, lite: true, filterTemplates: false };
  const version = parseVersion(versionText);
  if (version === undefined) throw indexFault('INDEX_BAD_ANSWER', 'no version');
  if (!isSound(version) && !allowTestServer) throw indexFault('INDEX_VERSION_REFUSED', `found ${versionText}`);
  return { version: versionText, lite: false, filterTemplates: atLeast(version, 2, 5, 0) };
}

export interface MilvusAccess {
  /** `host:port`. */
  readonly address: string;
  readonly tls?: MilvusTls;
  readonly credentials?: { readonly username: string; readonly password: string };
  readonly allowTestServer?: boolean;
}

/** Files are read once, when the index connects: changed certificates need a restart. */
export interface MilvusTls {
  /** PEM of the authority that signed the server's certificate. */
  readonly rootCertificateFile: string;
  /** PEM pair of this client, for mutual TLS. */
  readonly certificateFile?: string;
  readonly privateKeyFile?: string;
  /** The name in the server's certificate, where it is not the address. */
  readonly serverName?: string;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Refuses ways of reaching a server that would show vectors or passwords to the network. */
export function checkAccess({ address, tls, credentials, allowTestServer = false }: MilvusAccess): void {
  const found = /^(.+):(\d{1,5})$/.exec(address);
  const host = found?.[1];
  if (host === undefined || /[/@\s]/.test(host)) throw indexFault('INDEX_BAD_REQUEST', 'the address is not host:port');
  const loopback = LOOPBACK.test(host);
  if (!loopback && tls === undefined) throw indexFault('INDEX_PLAINTEXT_REFUSED');
  if (!loopback && allowTestServer) throw indexFault('INDEX_VERSION_REFUSED', 'a test server only on loopback');
  if ((tls?.certificateFile === undefined) !== (tls?.privateKeyFile === undefined)) {
    throw indexFault('INDEX_BAD_REQUEST', 'a client certificate and its key go together');
  }
  if (credentials?.username === 'root' && credentials.password === 'Milvus') throw indexFault('INDEX_DEFAULT_PASSWORD');
}

/** `cases_<space id>`; Milvus takes letters, digits and `_` only, so other characters become `_` and two hex digits. */
export function collectionName(space: SpaceId): string {
  const escaped = space.replaceAll(/[^A-Za-z0-9]/g, (c) => `_${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `cases_${escaped}`;
}
