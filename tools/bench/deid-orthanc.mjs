// Orthanc as a server on loopback: instances are stored first (not counted), then each is asked for de-identified.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { parseStat } from './process-times.mjs';

const ORTHANC = ['/usr/sbin/Orthanc', '/usr/local/sbin/Orthanc'].find((path) => existsSync(path));
const START_MS = 30_000;
const ASK_MS = 60_000;

export const orthancInstalled = () => ORTHANC !== undefined;

/** @returns the same answer as the workers, from the server's CPU time by the kernel (in hundredths of a second). */
export async function anonymizeByOrthanc({ input, output, files, half }, folder, signal) {
  const server = await start(folder);
  const limited = () => AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)]);
  try {
    const ids = [];
    const startMs = cpuMs(server.child.pid);
    for (const file of files) ids.push(await store(server.url, readFileSync(join(input, file)), limited()));
    mkdirSync(output, { recursive: true });
    const marks = [cpuMs(server.child.pid)];
    const refused = {};
    let cameOut = 0;
    for (const [index, id] of ids.entries()) {
      const bytes = id === undefined ? undefined : await anonymize(server.url, id, limited());
      if (bytes === undefined)
        refused[id === undefined ? 'not stored' : 'not anonymized'] =
          (refused[id === undefined ? 'not stored' : 'not anonymized'] ?? 0) + 1;
      else {
        writeFileSync(join(output, files[index]), bytes);
        cameOut += 1;
      }
      if (index + 1 === half) marks.push(cpuMs(server.child.pid));
    }
    marks.push(cpuMs(server.child.pid));
    return { marks, startMs, cameOut, refused };
  } finally {
    await stop(server.child);
  }
}

function cpuMs(pid) {
  const stat = parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return 1000 * stat.seconds;
}

async function start(folder) {
  mkdirSync(folder, { recursive: true });
  const [http, dicom] = [await freePort(), await freePort()];
  const config = join(folder, 'orthanc.json');
  const settings = {
    HttpPort: http,
    DicomPort: dicom,
    DicomServerEnabled: false,
    StorageDirectory: join(folder, 'storage'),
    IndexDirectory: join(folder, 'storage'),
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    Plugins: [],
  };
  writeFileSync(config, JSON.stringify(settings));
  const child = spawn(ORTHANC, [config], { stdio: 'ignore' });
  child.on('error', () => {});
  const url = `http://127.0.0.1:${http}`;
  const until = Date.now() + START_MS;
  while (Date.now() < until && child.exitCode === null) {
    if ((await fetch(`${url}/system`).catch(() => undefined))?.ok) return { child, url };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await stop(child);
  throw new Error('it did not start');
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const limit = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(limit);
}

async function store(url, body, signal) {
  const response = await fetch(`${url}/instances`, { method: 'POST', body, signal });
  return response.ok ? (await response.json()).ID : undefined;
}

async function anonymize(url, id, signal) {
  const response = await fetch(`${url}/instances/${id}/anonymize`, { method: 'POST', body: '{}', signal });
  const bytes = Buffer.from(await response.arrayBuffer());
  return response.ok ? bytes : undefined;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
