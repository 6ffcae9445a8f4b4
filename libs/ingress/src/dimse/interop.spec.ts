import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tagOf, writeDataset } from '@precedent/dicom';
import { programInstalled } from '../../../../test/support/accepting-peers.ts';
import type { Authority, Identity } from '../../../../test/support/certificates.ts';
import { makeAuthority } from '../../../../test/support/certificates.ts';
import { dcmtk } from '../../../../test/support/dcmtk.ts';
import { orthancInstalled, peerPresent, startOrthancSender } from '../../../../test/support/orthanc.ts';
import { startTestDatabase } from '../../../../test/support/test-database.ts';
import { ingressSchema } from '../ingress.schema.ts';
import type { TestDoor } from './listener.testkit.ts';
import { dataSetOf, openDoor } from './listener.testkit.ts';

// Real: the listener process, spool and PostgreSQL; DCMTK, Orthanc and dcmjs-dimse as senders; openssl's certificates. Fake: pictures.

const database = startTestDatabase();

/** What is used of dcmjs-dimse (CommonJS). Required where it is used: a tree without it fails these tests and no others. */
interface DcmjsDimse {
  readonly log: { setLevel(level: string): void };
  readonly requests: { readonly CStoreRequest: new (file: string) => Emitter };
  readonly Client: new () => Emitter & {
    addRequest(request: Emitter): void;
    send(host: string, port: number, callingAe: string, calledAe: string, options: object): void;
  };
}
interface Emitter {
  on(event: string, listener: (value: unknown) => void): void;
}
const loadDcmjsDimse = (): DcmjsDimse => createRequire(import.meta.url)('dcmjs-dimse') as DcmjsDimse;

const ROOT = '1.2.840.10008.1.2';
/** How DCMTK and GDCM make an object of each syntax, and how storescu proposes it; a dash where storescu has no option. */
const SYNTAXES: readonly (readonly [suffix: string, program: string, options: string, propose: string])[] = [
  ['', 'dcmconv', '+ti', '-xi'],
  ['.1', 'dcmconv', '+te', '-xe'],
  ['.2', 'dcmconv', '+tb', '-xb'],
  ['.1.99', 'dcmconv', '+td', '-xd'],
  ['.5', 'dcmcrle', '', '-xr'],
  ['.4.50', 'dcmcjpeg', '+eb', '-xy'],
  ['.4.57', 'dcmcjpeg', '+el', '-'],
  ['.4.70', 'dcmcjpeg', '+e1', '-xs'],
  ['.4.80', 'dcmcjpls', '+el', '-xt'],
  ['.4.81', 'dcmcjpls', '+en', '-xu'],
  ['.4.90', 'gdcmconv', '--j2k', '-xv'],
];
type Security = 'plain' | 'tls' | 'mutual';

let scratch: string;
let authority: Authority;
let server: Identity;
let client: Identity;

const sopOf = (at: number): string => `1.2.3.100.${at}`;

function picture(sop: string): Buffer {
  const text = (keyword: string, value: string) => ({ tag: tagOf(keyword), value: { text: value } });
  const us = (keyword: string, value: number) => ({ tag: tagOf(keyword), value: { bytes: Buffer.from([value, 0]) } });
  const elements = [
    text('SOPClassUID', '1.2.840.10008.5.1.4.1.1.7'),
    text('SOPInstanceUID', sop),
    text('Modality', 'OT'),
    text('PatientName', 'Doe^Jane'),
    text('PatientID', '1'),
    text('StudyInstanceUID', '1.2.3'),
    text('SeriesInstanceUID', '1.2.3.1'),
    us('SamplesPerPixel', 1),
    text('PhotometricInterpretation', 'MONOCHROME2'),
    us('Rows', 64),
    us('Columns', 64),
    us('BitsAllocated', 8),
    us('BitsStored', 8),
    us('HighBit', 7),
    us('PixelRepresentation', 0),
    { tag: tagOf('PixelData'), value: { bytes: Buffer.from(Array.from({ length: 4096 }, (_, n) => (n * 7) % 251)) } },
  ];
  return writeDataset(elements, { transferSyntax: `${ROOT}.1` });
}

const fileOf = (at: number): string => join(scratch, `object-${String(at).padStart(2, '0')}.dcm`);

const present = (): boolean =>
  peerPresent(programInstalled('storescu') && programInstalled('gdcmconv'), 'DCMTK and GDCM');

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'precedent-interop-'));
  authority = makeAuthority();
  server = authority.issue('server');
  client = authority.issue('client');
  if (!present()) return;
  for (const [at, [, program, options]] of SYNTAXES.entries()) {
    const base = join(scratch, 'base');
    await writeFile(base, picture(sopOf(at)));
    // Without new UIDs for lossy objects: the test knows them by their UIDs.
    const args = [...options.split(' ').filter((o) => o !== ''), ...(program.startsWith('dcmcj') ? ['+un'] : [])];
    const made = await dcmtk(program, [...args, base, fileOf(at)]);
    if (made.code !== 0) throw new Error(`${program} ${options}: ${made.output}`);
    await rm(base);
  }
}, 120_000);

afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
  await rm(authority.folder, { recursive: true, force: true });
});

const settingsOf = (security: Security): Record<string, unknown> => {
  const tls = { certificateFile: server.certificate, keyFile: server.key };
  const everybody = ['STORESCU', 'DCMSEND', 'DCMJS', 'ORTHANC'];
  const peers = everybody.map((aeTitle) => ({ aeTitle, address: '127.0.0.0/8' }));
  if (security === 'plain') return { peers };
  if (security === 'tls') return { peers, tls };
  const paired = peers.map((peer) => ({ ...peer, certificateSha256: client.sha256 }));
  return { peers: paired, tls: { ...tls, peerAuthoritiesFile: authority.certificate } };
};

const dcmtkTls: Readonly<Record<Security, () => string[]>> = {
  plain: () => [],
  tls: () => ['+tla', '+cf', authority.certificate],
  mutual: () => ['+tls', client.key, client.certificate, '+cf', authority.certificate],
};

/** What arrived since the last look: SOP instance by syntax, and what came of it. Empties journal and spool. */
async function arrivals(door: TestDoor): Promise<string[]> {
  const rows: { line: string }[] = await door.db.query(
    `SELECT sop_uid || ' ' || transfer_syntax || ' ' || coalesce(disposition, 'stored') || coalesce(':' || reason, '') AS line
     FROM ingress.receipt ORDER BY sop_uid COLLATE "C"`,
  );
  await door.db.query(`TRUNCATE ingress.receipt, ingress.generation`);
  for (const name of await readdir(door.directory)) await rm(join(door.directory, name));
  return rows.map(({ line }) => line);
}

const expected = (which: (at: number) => boolean = () => true, explicit = new Set<string>()): string[] =>
  SYNTAXES.flatMap(([suffix], at) =>
    which(at) ? [`${sopOf(at)} ${ROOT}${explicit.has(suffix) ? '.1' : suffix} stored`] : [],
  ).sort();

const DEFLATED = '.1.99';

function inflated(bytes: Buffer): Buffer {
  try {
    return inflateRawSync(bytes);
  } catch {
    return Buffer.alloc(0);
  }
}

/** Suffixes of the syntaxes whose data sets did not arrive byte for byte as they lie in the sender's files. */
async function changed(door: TestDoor): Promise<string[]> {
  const got = await door.stored();
  const sent = await Promise.all(SYNTAXES.map(async (_, at) => dataSetOf(await readFile(fileOf(at)))));
  return SYNTAXES.flatMap(([suffix], at) => {
    // DCMTK deflates anew: what counts is what comes out of it.
    const plain = suffix === DEFLATED ? inflated : (bytes: Buffer) => bytes;
    const whole = plain(sent[at] ?? Buffer.alloc(0));
    return got.some((bytes) => plain(bytes).equals(whole)) ? [] : [suffix];
  });
}

/** Resolves to the status of each instance once the association is over. */
function dcmjsSend(port: number, files: readonly string[], security: Security): Promise<number[]> {
  const dcmjsDimse = loadDcmjsDimse();
  dcmjsDimse.log.setLevel('silent');
  const scu = new dcmjsDimse.Client();
  const statuses: number[] = [];
  for (const file of files) {
    const request = new dcmjsDimse.requests.CStoreRequest(file);
    request.on('response', (response) => statuses.push((response as { getStatus(): number }).getStatus()));
    scu.addRequest(request);
  }
  return readTls(security).then(
    (securityOptions) =>
      new Promise((resolve, reject) => {
        scu.on('networkError', (error: unknown) => reject(error instanceof Error ? error : new Error(String(error))));
        scu.on('closed', () => resolve(statuses));
        scu.send('127.0.0.1', port, 'DCMJS', 'PRECEDENT', securityOptions === null ? {} : { securityOptions });
      }),
  );
}

async function readTls(security: Security): Promise<Record<string, unknown> | null> {
  if (security === 'plain') return null;
  const ca = await readFile(authority.certificate);
  if (security === 'tls') return { ca };
  return { ca, key: await readFile(client.key), cert: await readFile(client.certificate) };
}

describe.each<Security>(['plain', 'tls', 'mutual'])('senders, %s', (security) => {
  let door: TestDoor;

  beforeAll(async () => {
    door = await openDoor(await database.open([ingressSchema]), settingsOf(security));
  }, 60_000);
  afterAll(() => door.stop());

  it('storescu: each syntax as it is', async () => {
    if (!present()) return;
    for (const [at, [, , , propose]] of SYNTAXES.entries()) {
      if (propose === '-') continue;
      const to = ['-aec', 'PRECEDENT', '127.0.0.1', String(door.port), fileOf(at)];
      const { code, output } = await dcmtk('storescu', [...dcmtkTls[security](), propose, ...to]);
      expect([propose, code, output]).toEqual([propose, 0, '']);
    }
    expect(await changed(door)).toEqual(['.4.57']);
    expect(await arrivals(door)).toEqual(expected((at) => SYNTAXES[at]?.[3] !== '-'));
  }, 120_000);

  it('echoscu', async () => {
    if (!present()) return;
    const to = ['-aet', 'STORESCU', '-aec', 'PRECEDENT', '127.0.0.1', String(door.port)];
    expect(await dcmtk('echoscu', [...dcmtkTls[security](), ...to])).toEqual({ code: 0, output: '' });
  }, 60_000);

  // dcmsend 3.6.7 has no TLS.
  if (security === 'plain')
    it('dcmsend: all in one association', async () => {
      if (!present()) return;
      const files = SYNTAXES.map((_, at) => fileOf(at));
      const sent = await dcmtk('dcmsend', ['-dn', '-aec', 'PRECEDENT', '127.0.0.1', String(door.port), ...files]);
      expect(sent.code === 0 ? '' : sent.output).toBe('');
      expect(await changed(door)).toEqual(['', '.2']);
      // Where explicit VR is offered too it is taken, and DCMTK writes the data set so.
      const asExplicit = new Set(['', '.2']);
      expect(await arrivals(door)).toEqual(expected(undefined, asExplicit));
    }, 120_000);

  // One association an object: in a shared one this sender takes any context of the SOP class, and wants to transcode.
  it('dcmjs-dimse: each answered with success; what it labels deflated and does not deflate is kept, and held back', async () => {
    if (!present()) return;
    const statuses: number[] = [];
    for (const at of SYNTAXES.keys()) statuses.push(...(await dcmjsSend(door.port, [fileOf(at)], security)));
    const got = await arrivals(door);
    const others = expected((at) => SYNTAXES[at]?.[0] !== DEFLATED, new Set(['']));
    expect([statuses, got]).toEqual([SYNTAXES.map(() => 0), ['  quarantined:malformed', ...others]]);
  }, 120_000);

  it('Orthanc: what it was given, pushed on', async () => {
    if (!present() || !peerPresent(orthancInstalled() !== null, 'orthanc')) return;
    const tls = { certificate: client.certificate, key: client.key, authorities: authority.certificate };
    const orthanc = await startOrthancSender(door.port, security === 'plain' ? undefined : tls);
    try {
      const ids: string[] = [];
      for (const at of SYNTAXES.keys()) {
        const stored = await fetch(`${orthanc.url}/instances`, { method: 'POST', body: await readFile(fileOf(at)) });
        ids.push(((await stored.json()) as { ID: string }).ID);
      }
      const pushed = await fetch(`${orthanc.url}/modalities/precedent/store`, {
        method: 'POST',
        body: JSON.stringify({ Resources: ids, Synchronous: true }),
      });
      expect(pushed.status).toBe(200);
      expect(await arrivals(door)).toEqual(expected());
    } finally {
      await orthanc.stop();
    }
  }, 120_000);
});

describe('TLS', () => {
  it('with mutual TLS turns away who has no certificate, a foreign one, or another one than its title is paired with', async () => {
    if (!present()) return;
    const door = await openDoor(await database.open([ingressSchema]), settingsOf('mutual'));
    const foreign = makeAuthority('foreign');
    try {
      const echo = (...tls: string[]): Promise<{ code: number; output: string }> =>
        dcmtk('echoscu', [...tls, '-aet', 'STORESCU', '-aec', 'PRECEDENT', '127.0.0.1', String(door.port)]);
      const trusting = ['+cf', authority.certificate];
      const stranger = foreign.issue('stranger');
      const other = authority.issue('other');
      const runs = [
        await echo(),
        await echo('+tla', ...trusting),
        await echo('+tls', stranger.key, stranger.certificate, ...trusting),
        await echo('+tls', other.key, other.certificate, ...trusting),
      ];
      expect(runs.map(({ code }) => code === 0)).toEqual([false, false, false, false]);
      expect(runs[3]?.output).toContain('Calling AE Title Not Recognized');
      expect((await echo('+tls', client.key, client.certificate, ...trusting)).code).toBe(0);
      const reasons = door.listener.status().refused.map(({ reason }) => reason);
      expect(new Set(reasons)).toEqual(new Set(['tls', 'callingAe']));
    } finally {
      await door.stop();
      await rm(foreign.folder, { recursive: true, force: true });
    }
  }, 120_000);

  it('a key that does not belong to the certificate, or is not there, is told at the start', async () => {
    const db = await database.open([ingressSchema]);
    const tls = { certificateFile: server.certificate, keyFile: client.key };
    await expect(openDoor(db, { tls })).rejects.toMatchObject({ code: 'DIMSE_TLS_UNUSABLE' });
    const missing = { certificateFile: join(scratch, 'none'), keyFile: server.key };
    await expect(openDoor(db, { tls: missing })).rejects.toMatchObject({ code: 'DIMSE_TLS_UNUSABLE' });
  }, 60_000);
});
