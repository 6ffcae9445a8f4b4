import { randomBytes } from 'node:crypto';
import { chown, open, readFile, readdir, rename, rm, writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { platformFault, systemCode } from '../../platform.errors.ts';
import type { Binaries } from './binaries.ts';
import type { Location } from './location.ts';
import { runAs } from './account.ts';

export const USER = 'precedent';
/** Inside the cluster, so that database and password are made and moved as one. */
const PASSWORD_FILE = 'precedent.password';
const HALF_MADE = 'initialising-';

/** Turns what initdb or postgres printed into the fault that an administrator can act on. */
export function diagnose(
  output: string,
  otherwise: 'EMBEDDED_POSTGRES_INITDB_FAILED' | 'EMBEDDED_POSTGRES_START_FAILED',
) {
  const detail = output.trim().split('\n').slice(-3).join(' ').slice(-400);
  if (/No space left on device/.test(output)) return platformFault('EMBEDDED_POSTGRES_DISK_FULL', detail);
  if (/Permission denied|Read-only file system|wrong ownership|must be owned/.test(output))
    return platformFault('EMBEDDED_POSTGRES_FORBIDDEN', detail);
  return platformFault(otherwise, detail);
}

async function give(path: string, location: Location): Promise<void> {
  if (location.account !== null) await chown(path, location.account.uid, location.account.gid);
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  await handle.sync().finally(() => handle.close());
}

/** A run that was killed in initdb leaves its half-made directory; nothing in it was ever used. */
async function removeHalfMade(home: string): Promise<void> {
  const names = (await readdir(home)).filter((name) => name.startsWith(HALF_MADE));
  for (const name of names) await rm(join(home, name), { recursive: true, force: true });
}

async function runInitdb(binaries: Binaries, location: Location, half: string, durable: boolean): Promise<void> {
  const password = join(half, 'password');
  const cluster = join(half, 'cluster');
  const args = ['-D', cluster, '-U', USER, `--pwfile=${password}`, '--auth=scram-sha-256', '--encoding=UTF8'];
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions'];
  const ran = await runAs(
    location.account,
    binaries.initdb,
    [...args, ...locale, ...(durable ? [] : ['--no-sync'])],
    half,
  );
  if (ran.code !== 0) throw diagnose(ran.output, 'EMBEDDED_POSTGRES_INITDB_FAILED');
  await rename(password, join(cluster, PASSWORD_FILE));
  await syncDirectory(cluster);
}

/**
 * Makes the database directory: initdb into a directory aside, renamed when whole, so that a kill at any moment leaves
 * either no database or a complete one.
 */
async function initialise(binaries: Binaries, location: Location, durable: boolean): Promise<void> {
  const half = join(location.home, `${HALF_MADE}${randomBytes(4).toString('hex')}`);
  await mkdir(half, { mode: 0o700 });
  await writeFile(join(half, 'password'), randomBytes(24).toString('base64url'), { mode: 0o600, flush: true });
  await give(join(half, 'password'), location);
  await give(half, location);
  await runInitdb(binaries, location, half, durable);
  await rename(join(half, 'cluster'), location.cluster);
  await syncDirectory(location.home);
  await rm(half, { recursive: true, force: true });
}

async function versionOf(location: Location): Promise<number | null> {
  return readFile(join(location.cluster, 'PG_VERSION'), 'utf8').then(
    (text) => Number(text.trim()),
    (error: unknown) => {
      if (systemCode(error) === 'ENOENT') return null;
      throw platformFault('EMBEDDED_POSTGRES_FORBIDDEN', location.cluster, error);
    },
  );
}

/**
 * Makes sure that a database directory of this major version is there.
 * @returns the password of the user `precedent`.
 */
export async function ensureCluster(binaries: Binaries, location: Location, durable: boolean): Promise<string> {
  try {
    await removeHalfMade(location.home);
    const version = await versionOf(location);
    if (version === null) await initialise(binaries, location, durable);
    else if (version !== binaries.major) throw platformFault('EMBEDDED_POSTGRES_OTHER_VERSION', `made by ${version}`);
    return (await readFile(join(location.cluster, PASSWORD_FILE), 'utf8')).trim();
  } catch (error) {
    if (systemCode(error) === 'ENOSPC') throw platformFault('EMBEDDED_POSTGRES_DISK_FULL', location.home, error);
    if (['EACCES', 'EPERM', 'EROFS'].includes(systemCode(error)))
      throw platformFault('EMBEDDED_POSTGRES_FORBIDDEN', location.home, error);
    throw error;
  }
}
