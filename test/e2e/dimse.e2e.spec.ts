import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findFreePort } from '@precedent/platform';
import { startServer } from '@precedent/server';
import { generateCohort } from '@precedent/synthetic';
import { programInstalled } from '../support/accepting-peers.ts';
import { peerPresent } from '../support/orthanc.ts';
import { runCli } from '../support/run-cli.ts';
import { dcmtk } from '../support/dcmtk.ts';

// Real: the service with all its processes, the command, DCMTK as sender. Fake: the patients.

let folder: string;
let server: Awaited<ReturnType<typeof startServer>>;
let port: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'precedent-dimse-'));
  await chmod(folder, 0o711);
  await generateCohort({ directory: join(folder, 'cohort'), seed: 7, patients: 2 });
  port = await findFreePort('127.0.0.1');
  server = await startServer({
    dataDir: join(folder, 'data'),
    allowUncleanedPixels: true,
    quietMs: 500,
    dimse: { port, peers: 'CT1@127.0.0.1' },
  });
}, 120_000);

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Status {
  readonly settled: boolean;
  readonly indexed: number;
  readonly instances: Readonly<Record<string, number>>;
  readonly sources: readonly { source: string; instances: number; pending: number; quarantined: number }[];
}

const authorized = (): RequestInit => ({ headers: { authorization: `Bearer ${server.token}` } });

async function untilSettled(received: number): Promise<Status> {
  for (;;) {
    const now = (await (await fetch(`${server.url}/v1/status`, authorized())).json()) as Status;
    if (now.settled && (now.instances.received ?? 0) >= received) return now;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

describe('the DICOM door of the service', () => {
  it('takes studies pushed by C-STORE to the index; status names the source, and the sender that was refused', async () => {
    if (!peerPresent(programInstalled('storescu'), 'DCMTK')) return;
    const studies = join(folder, 'cohort', 'studies');
    const entries = await readdir(studies, { recursive: true });
    const count = entries.filter((name) => name.endsWith('.dcm')).length;
    const to = ['-aec', 'PRECEDENT', '127.0.0.1', String(port)];
    const pushed = await dcmtk('dcmsend', ['-aet', 'CT1', ...to, '+sd', '+r', studies]);
    // It says that it cannot decompress, and sends as is: the output is shown only where the code is not 0.
    expect(pushed.code === 0 ? '' : pushed.output).toBe('');
    const stranger = await dcmtk('echoscu', ['-aet', 'ELSEWHERE', ...to]);
    expect(stranger.output).toContain('Calling AE Title Not Recognized');
    const { instances, sources, indexed } = await untilSettled(count);
    expect([instances.received, instances.archived]).toEqual([count, count]);
    expect(indexed).toBeGreaterThan(0);
    expect(sources).toEqual([expect.objectContaining({ source: 'dimse:CT1', instances: count, quarantined: 0 })]);
    const { stdout } = await runCli(['status', '--data-dir', join(folder, 'data')]);
    expect(stdout).toMatch(/^DICOM +PRECEDENT at 127\.0\.0\.1:\d+, no TLS, 1 peers, \d+ associations open$/m);
    expect(stdout).toMatch(/^dimse:CT1 +/m);
    expect(stdout).toMatch(/^ELSEWHERE +127\.0\.0\.1 +callingAe +1 /m);
    const metrics = await (await fetch(`${server.url}/metrics`, authorized())).text();
    expect(metrics).toContain(`precedent_dimse_instances_total{source="dimse:CT1",kind="stored"} ${count}`);
  }, 180_000);
});
