import { spawn } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { platformFault } from '../../platform.errors.ts';

/** An unprivileged account of this machine. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root; of the accounts that a Linux has, these are tried in this order. */
const UNPRIVILEGED = ['postgres', 'nobody'] as const;

async function accounts(): Promise<Account[]> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  return lines.flatMap(([name, , uid, gid]) =>
    name === undefined || uid === undefined || gid === undefined ? [] : [{ name, uid: Number(uid), gid: Number(gid) }],
  );
}

/** The account that owns a database directory made by an earlier, perhaps unprivileged, run; null where there is none. */
async function ownerOf(cluster: string, known: readonly Account[]): Promise<Account | null> {
  const found = await stat(cluster).catch(() => null);
  if (found === null || found.uid === 0) return null;
  const name = known.find((account) => account.uid === found.uid)?.name ?? `uid ${found.uid}`;
  return { name, uid: found.uid, gid: found.gid };
}

/**
 * Who PostgreSQL runs as: `null` for this process's own account; as root the owner of an existing database directory,
 * else an unprivileged account.
 */
export async function chooseAccount(cluster: string): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  const known = await accounts();
  const owner = await ownerOf(cluster, known);
  if (owner !== null) return owner;
  for (const name of UNPRIVILEGED) {
    const account = known.find((candidate) => candidate.name === name && candidate.uid !== 0);
    if (account !== undefined) return account;
  }
  throw platformFault(
    'EMBEDDED_POSTGRES_FORBIDDEN',
    'started as root, and there is neither a postgres nor a nobody account',
  );
}

export interface RunResult {
  readonly code: number;
  /** Standard output and error, the last 20,000 characters. */
  readonly output: string;
}

/** The child's environment: no PG* variable of the caller may steer the server, and messages stay in English. */
export const CLEAN_ENVIRONMENT = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' } as const;

export function identity(account: Account | null): { uid?: number; gid?: number } {
  return account === null ? {} : { uid: account.uid, gid: account.gid };
}

/** Runs a program to its end as `account`. A program that cannot be started gives code 127 and the reason. */
export function runAs(
  account: Account | null,
  program: string,
  args: readonly string[],
  cwd: string,
): Promise<RunResult> {
  return new Promise((resolve) => {
    let output = '';
    const collect = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-20_000);
    };
    const child = spawn(program, args, {
      cwd,
      env: CLEAN_ENVIRONMENT,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...identity(account),
    });
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', (error) => resolve({ code: 127, output: error.message }));
    child.once('close', (code) => resolve({ code: code ?? 128, output }));
  });
}
