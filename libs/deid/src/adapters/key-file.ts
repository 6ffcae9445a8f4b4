import { randomBytes, randomUUID } from 'node:crypto';
import { open, readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { deidError } from '../deid.errors.ts';
import type { DeidKeys } from '../domain/pseudonyms.ts';

const SECRET_BYTES = 32;
const OWNER_ONLY = 0o600;

const keyFileSchema = z.strictObject({ keyId: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/), secret: z.base64() });

/**
 * Reads the pseudonym key. A file that others can read or write is refused, except that a file of root may be readable
 * by its group: that is how secrets are mounted into containers.
 * @throws CodedError DEID_KEY_MISSING, DEID_KEY_UNSAFE, DEID_KEY_INVALID
 */
export async function loadDeidKeys(file: string): Promise<DeidKeys> {
  await assertPrivate(file);
  const text = await readFile(file, 'utf8');
  try {
    const { keyId, secret } = keyFileSchema.parse(JSON.parse(text));
    const bytes = Buffer.from(secret, 'base64');
    if (bytes.length !== SECRET_BYTES) throw deidError('DEID_KEY_INVALID');
    return { keyId, secret: bytes };
  } catch {
    // Without its cause: a parser's message quotes the text, and the text is the secret.
    throw deidError('DEID_KEY_INVALID');
  }
}

async function assertPrivate(file: string): Promise<void> {
  const { mode, uid } = await stat(file).catch((cause: unknown) => {
    throw deidError('DEID_KEY_MISSING', { cause });
  });
  // Windows has no such bits; its rights are the administrator's matter there.
  if (process.platform === 'win32') return;
  const allowed = uid === 0 ? 0o740 : 0o700;
  if ((mode & 0o777 & ~allowed) !== 0) throw deidError('DEID_KEY_UNSAFE');
}

/** Makes a new key from the system's randomness, readable by its owner only. @throws CodedError DEID_KEY_EXISTS */
export async function createDeidKeys(file: string): Promise<DeidKeys> {
  const keys = { keyId: randomUUID(), secret: randomBytes(SECRET_BYTES) };
  const handle = await open(file, 'wx', OWNER_ONLY).catch((cause: unknown) => {
    throw deidError('DEID_KEY_EXISTS', { cause });
  });
  try {
    await handle.writeFile(`${JSON.stringify({ keyId: keys.keyId, secret: keys.secret.toString('base64') })}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return keys;
}
