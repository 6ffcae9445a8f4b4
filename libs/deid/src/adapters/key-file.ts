import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { open, readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { deidError } from '../deid.errors.ts';
import type { DeidKeys } from '../domain/pseudonyms.ts';

const SECRET_BYTES = 32;
const OWNER_ONLY = 0o600;
/** A secret that is not one of our own key files (32 random bytes, a line of hex from a secret manager) has at least 128 bits. */
const MIN_RAW_BYTES = 16;

export interface KeyFileOptions {
  /** Called instead of refusing a file that others can read: for the stand-alone command, whose user is told and decides. */
  readonly onUnsafe?: (sentence: string) => void;
}

const keyFileSchema = z.strictObject({ keyId: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/), secret: z.base64() });

/**
 * Reads the pseudonym key: a file made by `createDeidKeys`, or any other secret of 16 bytes or more, which is hashed into a key (a
 * trailing line end does not count). A file that others can read or write is refused, except that a file of root may be readable
 * by its group: that is how secrets are mounted into containers.
 * @throws CodedError DEID_KEY_MISSING, DEID_KEY_UNSAFE, DEID_KEY_INVALID
 */
export async function loadDeidKeys(file: string, options: KeyFileOptions = {}): Promise<DeidKeys> {
  await assertPrivate(file, options);
  const content = await readFile(file);
  return content.toString('latin1').trimStart().startsWith('{') ? keysOf(content.toString('utf8')) : rawKeys(content);
}

function rawKeys(content: Buffer): DeidKeys {
  const line = content.toString('latin1').replace(/\r?\n$/, '');
  if (line.length < MIN_RAW_BYTES) throw deidError('DEID_KEY_INVALID');
  const digest = (label: string): Buffer =>
    createHash('sha256').update(`precedent ${label}\n`).update(line, 'latin1').digest();
  return { keyId: `raw-${digest('key id').toString('hex').slice(0, 16)}`, secret: digest('deid secret') };
}

function keysOf(text: string): DeidKeys {
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

async function assertPrivate(file: string, { onUnsafe }: KeyFileOptions): Promise<void> {
  const { mode, uid } = await stat(file).catch((cause: unknown) => {
    throw deidError('DEID_KEY_MISSING', { cause });
  });
  // Windows has no such bits; its rights are the administrator's matter there.
  if (process.platform === 'win32') return;
  const allowed = uid === 0 ? 0o740 : 0o700;
  if ((mode & 0o777 & ~allowed) === 0) return;
  const fault = deidError('DEID_KEY_UNSAFE');
  if (onUnsafe === undefined) throw fault;
  onUnsafe(fault.message);
}

/** Makes a new key from the system's randomness, readable by its owner only. @throws CodedError DEID_KEY_EXISTS, DEID_KEY_UNWRITABLE */
export async function createDeidKeys(file: string): Promise<DeidKeys> {
  const keys = { keyId: randomUUID(), secret: randomBytes(SECRET_BYTES) };
  const handle = await open(file, 'wx', OWNER_ONLY).catch((cause: unknown) => {
    const exists = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    throw deidError(exists ? 'DEID_KEY_EXISTS' : 'DEID_KEY_UNWRITABLE', { cause });
  });
  try {
    await handle.writeFile(`${JSON.stringify({ keyId: keys.keyId, secret: keys.secret.toString('base64') })}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return keys;
}
