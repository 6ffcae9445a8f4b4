import { randomBytes, randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '@precedent/kernel';
import { createSecretFile, readSecretFile } from '@precedent/platform';
import { z } from 'zod';
import { KeyRing } from '../domain/key-ring.ts';
import type { VaultKey } from '../domain/types.ts';
import { vaultError } from '../vault.errors.ts';

const KEY_BYTES = 32;

const fileSchema = z.strictObject({
  keys: z
    .array(z.strictObject({ keyId: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/), secret: z.base64() }))
    .min(1)
    .refine((keys) => new Set(keys.map(({ keyId }) => keyId)).size === keys.length),
});

/**
 * The key-encryption keys, in a file of their own (0600), the active one last. The file is replaced whole: a power cut leaves the
 * former or the new one.
 */
export class VaultKeys {
  readonly #file: string;
  #ring: KeyRing;

  private constructor(file: string, ring: KeyRing) {
    this.#file = file;
    this.#ring = ring;
  }

  /**
   * @param mayCreate whether a missing file may be made: only while the vault is empty.
   * @throws VAULT_KEY_MISSING, VAULT_KEY_INVALID, SECRET_EXPOSED, SECRET_UNREADABLE
   */
  static async open(file: string, { mayCreate }: { readonly mayCreate: boolean }): Promise<VaultKeys> {
    const bytes = await readSecretFile(file).catch(async (error: unknown) => {
      if (codeOf(error) !== 'SECRET_MISSING') throw error;
      if (!mayCreate) throw vaultError('VAULT_KEY_MISSING', { detail: file });
      await createSecretFile(file, toFile([newKey()]));
      return readSecretFile(file);
    });
    return new VaultKeys(file, new KeyRing(fromFile(bytes)));
  }

  get ring(): KeyRing {
    return this.#ring;
  }

  /** A new key, active once it is safe on the disk. @throws VAULT_KEY_UNWRITABLE */
  async add(): Promise<VaultKey> {
    const key = newKey();
    await this.#replace([...this.#ring.keys, key]);
    return key;
  }

  /** Destroys every key but the active one. @returns the ids of those that are gone. @throws VAULT_KEY_UNWRITABLE */
  async destroyOlder(): Promise<readonly string[]> {
    const { active, keys } = this.#ring;
    const older = keys.filter(({ keyId }) => keyId !== active.keyId);
    if (older.length > 0) await this.#replace([active]);
    return older.map(({ keyId }) => keyId);
  }

  async #replace(keys: readonly VaultKey[]): Promise<void> {
    const aside = `${this.#file}.${randomBytes(6).toString('hex')}`;
    try {
      const handle = await open(aside, 'wx', 0o600);
      await handle.writeFile(toFile(keys));
      await handle.sync().finally(() => handle.close());
      await rename(aside, this.#file);
      const folder = await open(dirname(this.#file), 'r');
      await folder.sync().finally(() => folder.close());
    } catch (cause) {
      await rm(aside, { force: true });
      throw vaultError('VAULT_KEY_UNWRITABLE', { cause });
    }
    this.#ring = new KeyRing(keys);
  }
}

const newKey = (): VaultKey => ({ keyId: randomUUID(), secret: randomBytes(KEY_BYTES) });

function toFile(keys: readonly VaultKey[]): Buffer {
  const lines = keys.map(({ keyId, secret }) => ({ keyId, secret: Buffer.from(secret).toString('base64') }));
  return Buffer.from(`${JSON.stringify({ keys: lines }, null, 1)}\n`);
}

function fromFile(bytes: Buffer): readonly VaultKey[] {
  const keys = parsed(bytes).map(({ keyId, secret }) => ({ keyId, secret: Buffer.from(secret, 'base64') }));
  if (keys.some(({ secret }) => secret.length !== KEY_BYTES)) throw vaultError('VAULT_KEY_INVALID');
  return keys;
}

function parsed(bytes: Buffer): z.output<typeof fileSchema>['keys'] {
  try {
    return fileSchema.parse(JSON.parse(bytes.toString('utf8'))).keys;
  } catch {
    // Without its cause: a parser's message quotes the text, and the text is the secret.
    throw vaultError('VAULT_KEY_INVALID');
  }
}
