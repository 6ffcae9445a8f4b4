import { readFileSync } from 'node:fs';
import { readdir, readFile, readlink, realpath, rm } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import type { Server } from 'node:net';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { platformFault } from '../../platform.errors.ts';

/**
 * Takes the directory for this process. An abstract socket is the lock: the kernel gives it back however this process
 * ends, SIGKILL included, so that there is no stale lock file to judge.
 * @throws EMBEDDED_POSTGRES_IN_USE
 */
export function lockDirectory(home: string): Promise<{ release(): Promise<void> }> {
  const name = `\0precedent-postgres-${createHash('sha256').update(home).digest('hex')}`;
  return new Promise((resolve, reject) => {
    const server: Server = createServer((socket) => socket.destroy());
    server.once('error', (error) => reject(platformFault('EMBEDDED_POSTGRES_IN_USE', home, error)));
    server.listen(name, () => {
      server.unref();
      resolve({ release: () => new Promise((done) => server.close(() => done())) });
    });
  });
}

/** A process that ended but was not reaped (a container whose process 1 does not) still takes signals: it is not alive. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** @returns whether `pid` is a postgres whose working directory is this very cluster (a recycled pid is neither). */
async function isPostgresOf(pid: number, cluster: string): Promise<boolean> {
  try {
    const [executable, cwd] = await Promise.all([readlink(`/proc/${pid}/exe`), readlink(`/proc/${pid}/cwd`)]);
    return basename(executable).startsWith('postgres') && cwd === (await realpath(cluster));
  } catch {
    return false;
  }
}

export async function waitForEnd(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (isAlive(pid)) {
    if (Date.now() > deadline) return false;
    await sleep(25);
  }
  return true;
}

/** Fast shutdown (SIGINT: sessions are ended, a checkpoint is written), then immediate (SIGQUIT: recovery at next start). */
export async function endPostgres(pid: number): Promise<void> {
  for (const [signal, timeoutMs] of [
    ['SIGINT', 60_000],
    ['SIGQUIT', 15_000],
  ] as const) {
    if (!isAlive(pid)) return;
    process.kill(pid, signal);
    if (await waitForEnd(pid, timeoutMs)) return;
  }
  throw platformFault('EMBEDDED_POSTGRES_STOP_FAILED', `process ${pid}`);
}

/** Every process, backends included, that works in this cluster. */
async function processesOf(cluster: string): Promise<number[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => Number.isInteger(pid) && pid > 1);
  const ours = await Promise.all(pids.map((pid) => isPostgresOf(pid, cluster)));
  return pids.filter((_, index) => ours[index]);
}

/** Two servers over one cluster destroy it: nothing starts while a backend of a killed server still runs. */
async function waitForBackends(cluster: string): Promise<void> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const [first] = await processesOf(cluster);
    if (first === undefined) return;
    if (Date.now() > deadline) throw platformFault('EMBEDDED_POSTGRES_STOP_FAILED', `process ${first}`);
    await sleep(50);
  }
}

/**
 * Clears what an earlier process left: after its SIGKILL its postgres may still run and is stopped (the lock proves
 * that its owner is gone). The pid file is left to PostgreSQL, which judges it well, but for one case: when that pid
 * now belongs to a stranger of the same account, PostgreSQL would refuse to start for ever.
 */
export async function clearOrphan(cluster: string, log: (line: string) => void): Promise<void> {
  const file = join(cluster, 'postmaster.pid');
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return;
  const pid = Number(text.split('\n')[0]);
  const running = Number.isInteger(pid) && pid > 1 && isAlive(pid);
  const ours = running && (await isPostgresOf(pid, cluster));
  if (ours) {
    log(`A PostgreSQL of an earlier run (process ${pid}) still uses the database; it is stopped first.`);
    await endPostgres(pid);
  }
  await waitForBackends(cluster);
  if (running && !ours) await rm(file, { force: true });
}
