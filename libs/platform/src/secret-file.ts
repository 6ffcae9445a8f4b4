import { link, open, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { CodedError } from '@precedent/kernel';
import { platformFault, systemCode } from './platform.errors.ts';

function secretFault(path: string, error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  const code = systemCode(error);
  if (code === 'ENOENT') return platformFault('SECRET_MISSING', path, error);
  if (code === 'EEXIST') return platformFault('SECRET_EXISTS', path, error);
  return platformFault('SECRET_UNREADABLE', path, error);
}

/**
 * Reads a key or password file. Permissions are asked of the open file, so that it cannot be swapped in between.
 * @throws SECRET_MISSING, SECRET_EXPOSED (others may read it: it counts as lost), SECRET_EMPTY, SECRET_UNREADABLE
 */
export async function readSecretFile(path: string): Promise<Buffer> {
  try {
    const handle = await open(path, 'r');
    try {
      const { mode } = await handle.stat();
      if ((mode & 0o077) !== 0) throw platformFault('SECRET_EXPOSED', path);
      const bytes = await handle.readFile();
      if (bytes.length === 0) throw platformFault('SECRET_EMPTY', path);
      return bytes;
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw secretFault(path, error);
  }
}

/**
 * Writes a new secret, 0600, whole or not at all even over a power cut; an existing one is never replaced: what was made
 * with it would be lost.
 * @throws SECRET_EXISTS, SECRET_UNREADABLE
 */
export async function createSecretFile(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    await handle.writeFile(bytes);
    await handle.sync();
    await handle.close();
    // A rename would replace an existing secret; a link refuses to.
    await link(temporary, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    throw secretFault(path, error);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  await handle.sync().finally(() => handle.close());
}
