import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { platformFault, systemCode } from '../../platform.errors.ts';
import type { Account } from './account.ts';
import { chooseAccount, runAs } from './account.ts';

/** Where a root start keeps what its unprivileged account must reach but cannot in the installation itself. */
export const SYSTEM_DIRECTORY = '/var/lib/precedent-postgres';
/** In the data directory: holds the one line that says where the database was put instead. */
const POINTER = 'database-location';

/** Where the database really lies, and who runs it. `home` holds `cluster/`, the log and half-made directories. */
export interface Location {
  readonly home: string;
  readonly cluster: string;
  readonly account: Account | null;
}

function locationIn(home: string, account: Account | null): Location {
  return { home, cluster: join(home, 'cluster'), account };
}

/** True when the account can pass through every parent of `home`; asked of the system itself, so that ACLs count. */
async function reachable(home: string, account: Account | null): Promise<boolean> {
  if (account === null) return true;
  const ran = await runAs(account, '/bin/sh', ['-c', 'cd "$1"', 'sh', home], '/');
  return ran.code === 0;
}

async function isCluster(home: string): Promise<boolean> {
  return readFile(join(home, 'cluster', 'PG_VERSION')).then(
    () => true,
    () => false,
  );
}

async function readPointer(directory: string): Promise<string | null> {
  return readFile(join(directory, POINTER), 'utf8').then(
    (text) => text.trim(),
    (error: unknown) => {
      if (systemCode(error) === 'ENOENT') return null;
      throw platformFault('EMBEDDED_POSTGRES_FORBIDDEN', directory, error);
    },
  );
}

async function makeDirectory(directory: string, mode: number): Promise<string> {
  try {
    await mkdir(directory, { recursive: true, mode });
    await chmod(directory, mode);
    return await realpath(directory);
  } catch (error) {
    const code = systemCode(error) === 'ENOSPC' ? 'EMBEDDED_POSTGRES_DISK_FULL' : 'EMBEDDED_POSTGRES_FORBIDDEN';
    throw platformFault(code, directory, error);
  }
}

/**
 * A new home that the account can reach. Its name has a random part and only the pointer leads to it: a data directory
 * that was deleted and made anew must begin empty and not find the former database again.
 */
async function relocate(directory: string, elsewhere: string): Promise<string> {
  const hash = createHash('sha256').update(directory).digest('hex').slice(0, 16);
  const home = join(elsewhere, `${hash}-${randomBytes(4).toString('hex')}`);
  await makeDirectory(dirname(home), 0o711);
  await makeDirectory(home, 0o711);
  await writeFile(join(directory, POINTER), `${home}\n`, { mode: 0o600, flag: 'wx' });
  return home;
}

/** The home named by the pointer. Never silently an empty database in place of the one that was there. */
async function pointedHome(directory: string, home: string): Promise<Location> {
  const made = await realpath(home).catch(() => null);
  if (made === null) throw platformFault('EMBEDDED_POSTGRES_RELOCATED_MISSING', join(directory, POINTER));
  return locationIn(made, await chooseAccount(join(made, 'cluster')));
}

/**
 * Decides where the database of `directory` lies. As an ordinary user: in it. As root: in it when the unprivileged
 * account can reach it, else (a checkout under a 0700 home) under /var/lib/precedent-postgres, remembered by a pointer file.
 */
export async function chooseLocation(
  directory: string,
  log: (line: string) => void,
  elsewhere = SYSTEM_DIRECTORY,
): Promise<Location> {
  const root = process.getuid?.() === 0;
  const made = await makeDirectory(directory, root ? 0o711 : 0o700);
  const pointed = await readPointer(made);
  if (pointed !== null) return pointedHome(made, pointed);
  const account = await chooseAccount(join(made, 'cluster'));
  if (await reachable(made, account)) return locationIn(made, account);
  if (await isCluster(made))
    throw platformFault('EMBEDDED_POSTGRES_FORBIDDEN', `${account?.name ?? ''} cannot reach ${made}`);
  const home = await relocate(made, elsewhere);
  log(`The account ${account?.name ?? ''} cannot reach ${made}; the database is kept in ${home}.`);
  return locationIn(home, account);
}
