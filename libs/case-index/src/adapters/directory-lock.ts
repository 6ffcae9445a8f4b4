import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, readlinkSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { indexFault } from '../case-index.errors.ts';

const LOCK_NAME = 'lock';
const TOUCH_MS = 5_000;
/** A holder that cannot be looked up (another host or container) counts as dead when it has not touched for this long. */
const ABANDONED_MS = 60_000;

interface Holder {
  readonly token: string;
  readonly pid: number;
  /** Kernel start time of the process: a pid is reused, and in a container it is often 1 every time. */
  readonly started: string;
  /** Host boot and pid namespace: where that pid means something. */
  readonly place: string;
}

export interface DirectoryLock {
  release(): void;
}

/** One process, and one index in it, holds a directory. A lock whose process has died is taken over. */
export function lockDirectory(directory: string): DirectoryLock {
  const path = join(directory, LOCK_NAME);
  const mine = { token: randomUUID(), pid: process.pid, started: startOf(process.pid), place: placeOfThisProcess() };
  if (!tryTake(path, mine)) {
    removeStale(path);
    if (!tryTake(path, mine)) throw indexFault('INDEX_LOCKED');
  }
  const timer = setInterval(() => touch(path), TOUCH_MS);
  timer.unref();
  return {
    release: () => {
      clearInterval(timer);
      if (readHolder(path)?.token === mine.token) rmSync(path, { force: true });
    },
  };
}

/** A link appears whole or not at all, and fails if the name is taken: nobody reads a half-written lock. */
function tryTake(path: string, mine: Holder): boolean {
  const draft = `${path}.${mine.token}`;
  writeFileSync(draft, JSON.stringify(mine), { mode: 0o600 });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function removeStale(path: string): void {
  const holder = readHolder(path);
  if (holder !== undefined && isAlive(holder, path)) throw indexFault('INDEX_LOCKED', `process ${holder.pid}`);
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch {
    return; // Another process removed it first; taking decides who wins.
  }
  // Between the look and the rename another process may have taken the lock: give it back.
  if (readHolder(aside)?.token !== holder?.token) linkSync(aside, path);
  rmSync(aside, { force: true });
}

function isAlive(holder: Holder, path: string): boolean {
  if (holder.place !== placeOfThisProcess()) return Date.now() - statSync(path).mtimeMs < ABANDONED_MS;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return startOf(holder.pid) === holder.started;
}

function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function touch(path: string): void {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // Removed by hand: the process goes on, and the release looks at the token.
  }
}

/** Field 22 of /proc/PID/stat; empty where there is no /proc, so that only the pid decides. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function placeOfThisProcess(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}
