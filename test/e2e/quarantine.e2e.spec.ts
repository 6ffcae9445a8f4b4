import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startServer } from '@precedent/server';
import { generateCohort, hostileObjects } from '@precedent/synthetic';
import type { CliResult } from '../support/run-cli.ts';
import { runCli } from '../support/run-cli.ts';

// A steward's work on what is held back. Real: the command, the service with all its parts. Fake: the patients.

let folder: string;
let server: Awaited<ReturnType<typeof startServer>>;
const at = (...names: string[]): string => join(folder, ...names);
const run = (...args: string[]): Promise<CliResult> => runCli([...args, '--data-dir', at('data')]);

async function json<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await run(...args, '--json');
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${String(code)}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

interface Held {
  readonly instances: readonly { readonly id: string; readonly reason: string; readonly retryable: boolean }[];
}
interface Status {
  readonly quarantine: Readonly<Record<string, number>>;
  readonly archive: { readonly images: number };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'precedent quarantine '));
  await chmod(folder, 0o711);
  await generateCohort({ directory: at('in', 'cohort'), seed: 12, patients: 1 });
  await hostileObjects({ directory: at('in', 'hostile'), seed: 12 });
  server = await startServer({ dataDir: at('data') });
  await json('import', at('in'));
}, 120_000);

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('precedent quarantine', () => {
  it('lists every held instance with its reason, in text and as JSON, and nobody’s name', async () => {
    const { quarantine, archive } = await json<Status>('status');
    const { instances } = await json<Held>('quarantine', 'list');
    const counted: Record<string, number> = {};
    for (const { reason } of instances) counted[reason] = (counted[reason] ?? 0) + 1;
    expect(counted).toEqual(quarantine);
    expect(archive.images).toBeGreaterThan(0);
    const { stdout } = await run('quarantine', 'list', '--reason', 'truncated');
    expect(stdout).toContain('truncated: ');
    expect(stdout).not.toMatch(/pixel-cleaning-pending|Hostile|HOSTILE-/);
  }, 60_000);

  it('takes held images up again, which stay held where nothing has changed, and rejects what stays', async () => {
    const { instances } = await json<Held>('quarantine', 'list', '--reason', 'not-an-image');
    expect(instances.length).toBeGreaterThan(0);
    const retried = await json('quarantine', 'retry', '--reason', 'not-an-image');
    expect(retried).toEqual({ instances: instances.length });
    const after = await json<Status>('status');
    expect(after.quarantine['not-an-image']).toBe(instances.length);
    const [first] = (await json<Held>('quarantine', 'list')).instances;
    expect(await json('quarantine', 'reject', first?.id ?? '')).toEqual({ instances: 1 });
    expect((await json<Held>('quarantine', 'list')).instances.map(({ id }) => id)).not.toContain(first?.id);
  }, 120_000);

  it('asks which, and says that an id is none', async () => {
    const none = await run('quarantine', 'reject');
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('QUARANTINE_WHICH')]);
    const wrong = await run('quarantine', 'retry', 'not-an-id');
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('ids.0')]);
    expect((await run('quarantine', 'nonsense')).code).toBe(2);
  }, 60_000);
});
