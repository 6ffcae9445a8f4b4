import { chmod, cp, mkdtemp, open, readdir, readFile, rm, statfs, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateCohort } from '@precedent/synthetic';
import { peerPresent } from '../support/orthanc.ts';
import { descendantsOf, runningWith, stillRunning } from '../support/processes.ts';
import type { CliResult } from '../support/run-cli.ts';
import { runCli, startCli } from '../support/run-cli.ts';
import { mountSmallDisk } from '../support/small-disk.ts';
import { startTestDatabase } from '../support/test-database.ts';

// What goes wrong around the service: database, weights, disk, Ctrl-C. Real: the command, the service, PostgreSQL, the model, the
// disk (a tmpfs), the signals. Fake: the patients.

const ROOT = join(import.meta.dirname, '../..');
const MIB = 1024 * 1024;

let folder: string;
let undisturbed: object;
const database = startTestDatabase();

const at = (...names: string[]): string => join(folder, ...names);
const importArgs = (data: string): string[] => [
  ...['import', at('cohort', 'studies'), '--outcomes', at('cohort', 'outcomes.csv')],
  ...['--data-dir', data, '--allow-uncleaned-pixels', '--json'],
];

/** What an import must come to, however often it was stopped before. */
function endOf({ code, stdout, stderr }: CliResult): object {
  if (code !== 0) throw new Error(`import ended with ${String(code)}: ${stderr}`);
  const { accounted, archive, indexedFrames, quarantine } = JSON.parse(stdout) as Record<string, unknown>;
  return { accounted, archive, indexedFrames, quarantine };
}

function expectTold(result: CliResult, code: number, says: string): void {
  if (result.code !== code) throw new Error(`ended with ${String(result.code)}: ${result.stderr}`);
  expect(result.stderr).toContain(says);
  expect(result.stderr).not.toMatch(/\n\s+at /);
}

const present = (path: string): Promise<boolean> =>
  readFile(path).then(
    () => true,
    () => false,
  );

async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  for (let waited = 0; waited < 60_000; waited += 50) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited in vain: ${what}`);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'precedent around '));
  await chmod(folder, 0o711);
  await generateCohort({ directory: at('cohort'), seed: 12, patients: 3 });
  undisturbed = endOf(await runCli(importArgs(at('undisturbed'))));
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the hospital’s own PostgreSQL', () => {
  const importInto = async (connection: Record<string, string>, password: string): Promise<CliResult> => {
    await rm(at('password'), { force: true });
    await writeFile(at('password'), password, { mode: 0o600 });
    const environment = { PRECEDENT_DATABASE_PASSWORD_FILE: at('password'), ...connection };
    return runCli(importArgs(at('elsewhere')), environment);
  };

  it('that is not there is named with its address', async () => {
    const result = await importInto({ PRECEDENT_DATABASE_HOST: '127.0.0.1', PRECEDENT_DATABASE_PORT: '1' }, 'x');
    expectTold(result, 1, 'PostgreSQL does not answer');
    expect(result.stderr).toContain('127.0.0.1:1');
  });

  it('that refuses the password says so, and neither the password nor its file’s content is told', async () => {
    const { host, port, database: name, user } = await database.fresh();
    const connection = {
      PRECEDENT_DATABASE_HOST: host,
      PRECEDENT_DATABASE_PORT: String(port),
      PRECEDENT_DATABASE_NAME: name,
      PRECEDENT_DATABASE_USER: user,
    };
    const result = await importInto(connection, 'open-sesame');
    expectTold(result, 1, 'DATABASE_WRONG_PASSWORD');
    expect(result.stderr).not.toContain('open-sesame');
  });

  it('with a password file that others can read is not even asked', async () => {
    await writeFile(at('shown'), 'x');
    await chmod(at('shown'), 0o644);
    const environment = { PRECEDENT_DATABASE_HOST: '127.0.0.1', PRECEDENT_DATABASE_PASSWORD_FILE: at('shown') };
    expectTold(await runCli(importArgs(at('elsewhere')), environment), 1, 'SECRET_EXPOSED');
  });

  it('half configured, every missing point is named at once', async () => {
    const result = await runCli(importArgs(at('elsewhere')), { PRECEDENT_DATABASE_PORT: 'many' });
    expectTold(result, 1, 'CONFIG_INVALID');
    for (const point of ['database.host', 'database.port', 'database.passwordFile'])
      expect(result.stderr).toContain(point);
  });
});

describe('the model’s weights', () => {
  const importWith = (models: string): Promise<CliResult> =>
    runCli(importArgs(at('no weights')), { PRECEDENT_MODELS: models });
  const graph = (models: string): string => join(models, 'efficientnet-lite0', '1', 'model.onnx');

  it('missing, damaged by one bit, or cut off: said before anything is taken in, and nothing runs on', async () => {
    await cp(join(ROOT, 'models'), at('models'), { recursive: true });
    if (!peerPresent(await present(graph(at('models'))), 'the weights of efficientnet-lite0')) return;
    const file = await open(graph(at('models')), 'r+');
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, MIB);
    await file.write(Buffer.of((byte[0] ?? 0) ^ 1), 0, 1, MIB);
    await file.close();
    expectTold(await importWith(at('models')), 1, 'MODEL_WEIGHTS_DAMAGED');
    await truncate(graph(at('models')), MIB);
    expectTold(await importWith(at('models')), 1, 'MODEL_WEIGHTS_DAMAGED');
    await rm(graph(at('models')));
    expectTold(await importWith(at('models')), 1, 'Run `npm run setup`');
    expect(await runningWith(at('no weights'))).toEqual([]);
  }, 120_000);
});

describe('a full disk', () => {
  it('refuses a first start, takes nothing more in when it runs full, and loses nothing', async () => {
    const disk = await mountSmallDisk(at('disk'), 420);
    if (!peerPresent(disk !== null, 'a small disk (mount in a private namespace needs root)') || disk === null) return;
    const data = join(disk.path, 'data');
    const leave = async (mebibytes: number): Promise<void> => {
      await rm(join(disk.outside, 'filler'), { force: true });
      const { bavail, bsize } = await statfs(disk.outside);
      await writeFile(join(disk.outside, 'filler'), Buffer.alloc(Math.max(0, bavail * bsize - mebibytes * MIB)));
    };
    try {
      await leave(20);
      expectTold(await runCli(importArgs(data), {}, disk.through), 1, 'DATA_DIR_FULL');
      await leave(420);
      expect(endOf(await runCli(importArgs(data), {}, disk.through))).toEqual(undisturbed);
      await leave(200);
      expectTold(await runCli(importArgs(data), {}, disk.through), 1, 'less than 256 MiB left');
      const status = await runCli(['status', '--json', '--data-dir', data], {}, disk.through);
      expect([status.code, JSON.parse(status.stdout)]).toEqual([0, expect.objectContaining({ settled: true })]);
      await leave(0);
      expectTold(await runCli(importArgs(data), {}, disk.through), 1, 'free');
      await leave(420);
      expect(endOf(await runCli(importArgs(data), {}, disk.through))).toEqual(undisturbed);
    } finally {
      await disk.stop();
    }
  }, 180_000);
});

describe('Ctrl-C', () => {
  /** Sends it once `ready` holds. @returns what was running then, and must not be afterwards. */
  async function interrupt(args: readonly string[], ready: (pid: number) => Promise<boolean>): Promise<CliResult> {
    const run = startCli(args);
    const pid = run.process.pid ?? 0;
    await until(() => ready(pid), 'something to interrupt');
    const started = await descendantsOf(pid);
    run.process.kill('SIGINT');
    const result = await run.result;
    expect(started.length).toBeGreaterThan(0);
    expect(await stillRunning(started)).toEqual([]);
    return result;
  }

  it('in the start of an import, in its middle, and then again: 130, every process ends, the same command goes on', async () => {
    const data = at('interrupted');
    const inStart = await interrupt(importArgs(data), async () => (await runningWith(data)).some(isDatabase));
    expectTold(inStart, 130, 'the same command goes on from there');
    expect(await present(join(data, 'run', 'lock'))).toBe(false);
    const inWork = await interrupt(importArgs(data), async () => (await readdir(join(data, 'objects'))).length > 0);
    expectTold(inWork, 130, 'the same command goes on from there');
    expect(endOf(await runCli(importArgs(data)))).toEqual(undisturbed);
    expect(await runningWith(data)).toEqual([]);
  }, 180_000);

  const isDatabase = (command: string): boolean => command.includes('postgres');

  it('in the demo: 130, every process ends, and the next start ends well', async () => {
    const data = at('demo');
    const demo = ['demo', '--data', at('cohort', 'studies'), '--outcomes', at('cohort', 'outcomes.csv')];
    const args = [...demo, '--data-dir', data, '--once', '--json'];
    const result = await interrupt(args, () => present(join(data, 'run', 'server.json')));
    expectTold(result, 130, '');
    const again = await runCli(args);
    expectTold(again, 0, '');
    expect(
      endOf({ ...again, stdout: JSON.stringify((JSON.parse(again.stdout) as { import: object }).import) }),
    ).toEqual(undisturbed);
    expect(await runningWith(data)).toEqual([]);
  }, 180_000);
});
