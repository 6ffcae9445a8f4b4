import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startServer } from '@precedent/server';
import { generateCohort } from '@precedent/synthetic';
import { orthancInstalled, peerPresent, startOrthanc } from '../support/orthanc.ts';

// Real: Orthanc with its DICOMweb plug-in, the service with all its processes. Fake: the patients.

let folder: string;
let server: Awaited<ReturnType<typeof startServer>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'precedent-stow-'));
  await chmod(folder, 0o711);
  await generateCohort({ directory: join(folder, 'cohort'), seed: 7, patients: 3 });
  server = await startServer({ dataDir: join(folder, 'data'), allowUncleanedPixels: true, quietMs: 500 });
}, 120_000);

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function files(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((e) => e.isFile() && e.name.endsWith('.dcm')).map((e) => join(e.parentPath, e.name));
}

async function status(): Promise<{ instances: Record<string, number>; settled: boolean; indexed: number }> {
  const response = await fetch(`${server.url}/v1/status`, { headers: { authorization: `Bearer ${server.token}` } });
  return (await response.json()) as { instances: Record<string, number>; settled: boolean; indexed: number };
}

async function untilSettled(received: number): Promise<Awaited<ReturnType<typeof status>>> {
  for (;;) {
    const now = await status();
    if (now.settled && (now.instances.received ?? 0) >= received) return now;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

describe('STOW-RS door', () => {
  it('takes what a real Orthanc pushes, to the last instance, and indexes it after the quiet time', async () => {
    const orthanc = orthancInstalled();
    if (!peerPresent(orthanc !== null, 'orthanc with orthanc-dicomweb') || orthanc === null) return;
    const peer = await startOrthanc(orthanc.plugin, server);
    try {
      const objects = await files(join(folder, 'cohort', 'studies'));
      const ids: string[] = [];
      for (const path of objects) {
        const stored = await fetch(`${peer.url}/instances`, { method: 'POST', body: await readFile(path) });
        ids.push(((await stored.json()) as { ID: string }).ID);
      }
      const pushed = await fetch(`${peer.url}/dicom-web/servers/precedent/stow`, {
        method: 'POST',
        body: JSON.stringify({ Resources: ids, Synchronous: true }),
      });
      expect(pushed.status).toBe(200);
      const { instances } = await untilSettled(objects.length);
      expect([instances.received, instances.archived]).toEqual([objects.length, objects.length]);
    } finally {
      await peer.stop();
    }
  }, 180_000);

  const post = (body: string | Buffer, contentType: string): Promise<Response> =>
    fetch(`${server.url}/dicomweb/studies`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.token}`, 'content-type': contentType },
      body: new Uint8Array(Buffer.from(body)),
    });

  it('answers 200 to a single part, 202 when a part is no DICOM, 409 when none is', async () => {
    const [path = ''] = await files(join(folder, 'cohort', 'studies'));
    const object = await readFile(path);
    expect((await post(object, 'application/dicom')).status).toBe(200);
    const part = (bytes: Buffer): Buffer =>
      Buffer.concat([Buffer.from('--b\r\nContent-Type: application/dicom\r\n\r\n'), bytes, Buffer.from('\r\n')]);
    const mixed = Buffer.concat([part(object), part(Buffer.from('no DICOM at all')), Buffer.from('--b--')]);
    const answer = await post(mixed, 'multipart/related; type=application/dicom; boundary=b');
    expect(answer.status).toBe(202);
    expect(answer.headers.get('content-type')).toContain('application/dicom+json');
    expect(Object.keys((await answer.json()) as object).sort()).toEqual(['00081198', '00081199']);
    const none = Buffer.concat([part(Buffer.from('no DICOM at all')), Buffer.from('--b--')]);
    expect((await post(none, 'multipart/related; type="application/dicom"; boundary="b"')).status).toBe(409);
  });

  it('refuses other media types, cut-off messages and strangers, and keeps nothing of them', async () => {
    const before = (await status()).instances.received;
    expect((await post('{}', 'application/json')).status).toBe(415);
    expect((await post('--b\r\n\r\ncut', 'multipart/related; boundary=b')).status).toBe(400);
    const stranger = await fetch(`${server.url}/dicomweb/studies`, { method: 'POST', body: 'x' });
    expect(stranger.status).toBe(401);
    expect(stranger.headers.get('content-type')).toContain('application/problem+json');
    expect((await status()).instances.received).toBe(before);
  });
});
