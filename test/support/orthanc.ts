import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '@precedent/platform';

const PLUGIN_FOLDERS = ['/usr/share/orthanc/plugins', '/usr/lib/orthanc', '/usr/lib/x86_64-linux-gnu/orthanc'];
const START_MS = 20_000;

/** Orthanc with its DICOMweb plug-in, or null where it is not installed. */
export function orthancInstalled(): { readonly plugin: string } | null {
  const plugin = PLUGIN_FOLDERS.map((folder) => join(folder, 'libOrthancDicomWeb.so')).find((path) => existsSync(path));
  return plugin !== undefined && existsSync('/usr/sbin/Orthanc') ? { plugin } : null;
}

export interface Orthanc {
  readonly url: string;
  stop(): Promise<void>;
}

/** A real Orthanc on loopback that knows one DICOMweb server, the product, by the name `precedent`. */
export function startOrthanc(plugin: string, target: { url: string; token: string }): Promise<Orthanc> {
  return launch({
    Plugins: [plugin],
    DicomWeb: {
      Enable: true,
      Servers: {
        precedent: { Url: `${target.url}/dicomweb/`, HttpHeaders: { Authorization: `Bearer ${target.token}` } },
      },
    },
  });
}

/** Files of PEM text. Orthanc wants a certificate of its own even where the other side asks for none. */
export interface OrthancTls {
  readonly certificate: string;
  readonly key: string;
  readonly authorities: string;
}

/** A real Orthanc on loopback (AE title ORTHANC) that knows one DICOM modality by the name `precedent`. */
export function startOrthancSender(port: number, tls?: OrthancTls): Promise<Orthanc> {
  return launch({
    DicomAet: 'ORTHANC',
    DicomModalities: {
      precedent: { AET: 'PRECEDENT', Host: '127.0.0.1', Port: port, UseDicomTls: tls !== undefined },
    },
    ...(tls === undefined
      ? {}
      : {
          DicomTlsCertificate: tls.certificate,
          DicomTlsPrivateKey: tls.key,
          DicomTlsTrustedCertificates: tls.authorities,
        }),
  });
}

async function launch(settings: Readonly<Record<string, unknown>>): Promise<Orthanc> {
  const folder = await mkdtemp(join(tmpdir(), 'precedent-orthanc-'));
  const [http, dicom] = [await findFreePort('127.0.0.1'), await findFreePort('127.0.0.1')];
  const config = {
    Name: 'precedent-test',
    HttpPort: http,
    DicomPort: dicom,
    StorageDirectory: folder,
    IndexDirectory: folder,
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    ...settings,
  };
  const file = join(folder, 'orthanc.json');
  await writeFile(file, JSON.stringify(config));
  const env = { ...process.env, TCP_NODELAY: '1' };
  const child = spawn('/usr/sbin/Orthanc', [file], { stdio: 'ignore', env });
  const url = `http://127.0.0.1:${http}`;
  await untilUp(child, url);
  return { url, stop: () => stop(child, folder) };
}

async function untilUp(child: ChildProcess, url: string): Promise<void> {
  for (let waited = 0; waited < START_MS && child.exitCode === null; waited += 100) {
    if ((await fetch(`${url}/system`).catch(() => null))?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Orthanc did not start (exit code ${String(child.exitCode)})`);
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
  await rm(folder, { recursive: true, force: true });
}

/** A peer that is missing fails CI and is a loud skip elsewhere. @returns whether to go on. */
export function peerPresent(present: boolean, name: string): boolean {
  if (present) return true;
  if (process.env.CI !== undefined) throw new Error(`${name} is not installed: .ci/run must install it`);
  process.stderr.write(`SKIPPED, not here: ${name}\n`);
  return false;
}
