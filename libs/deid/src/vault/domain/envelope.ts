import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { vaultError } from '../vault.errors.ts';
import type { KeyRing } from './key-ring.ts';
import type { SealedRow, SealLabel, VaultKey } from './types.ts';

/**
 * Envelope encryption, AES-256-GCM (NIST SP 800-38D) at both levels.
 *
 * Nonces: every content gets a fresh random data key that encrypts that one message and never another, so no nonce can repeat under
 * it. A key-encryption key encrypts many data keys, each under 96 random bits; SP 800-38D 8.3 allows 2^32 of them, which is more
 * than a thousand million studies a key.
 *
 * The label (kind, name, patient, version) is authenticated at both levels, and the key's id at the upper one.
 */
const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
/** Payloads are padded to whole blocks of this: the length of a ciphertext would tell short names from long ones. */
const PAD_BYTES = 256;

function encrypt(key: Uint8Array, bytes: Uint8Array, label: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(label);
  const body = Buffer.concat([cipher.update(bytes), cipher.final()]);
  return Buffer.concat([nonce, body, cipher.getAuthTag()]);
}

/** @throws VAULT_TAMPERED, without a cause: nothing of what failed to open may travel. */
function decrypt(key: Uint8Array, sealed: Uint8Array, label: Buffer): Buffer {
  try {
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(label);
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    const body = sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES);
    return Buffer.concat([decipher.update(body), decipher.final()]);
  } catch {
    throw vaultError('VAULT_TAMPERED');
  }
}

/** An array in JSON: no two labels have the same bytes, whatever their parts contain. */
function bound(level: 'payload' | 'key', label: SealLabel, keyId = ''): Buffer {
  const { kind, name, patientKey, version } = label;
  return Buffer.from(JSON.stringify(['precedent/vault/1', level, kind, name, patientKey, version, keyId]));
}

/** Seals a content under a fresh data key. */
export function seal(label: SealLabel, content: object, key: VaultKey): SealedRow {
  const text = Buffer.from(JSON.stringify(content));
  const padded = Buffer.alloc(Math.ceil(text.length / PAD_BYTES) * PAD_BYTES, ' ');
  text.copy(padded);
  const dataKey = randomBytes(KEY_BYTES);
  const payload = encrypt(dataKey, padded, bound('payload', label));
  const wrappedKey = encrypt(key.secret, dataKey, bound('key', label, key.keyId));
  const { kind, name, patientKey, version } = label;
  return { kind, name, patientKey, version, keyId: key.keyId, sealedUnder: key.keyId, wrappedKey, payload };
}

/** @returns the content. @throws VAULT_TAMPERED, VAULT_KEY_UNKNOWN */
export function open(row: SealedRow, ring: KeyRing): unknown {
  const text = decrypt(dataKeyOf(row, ring), row.payload, bound('payload', row));
  return JSON.parse(text.toString('utf8'));
}

/** The same content under the active key: only the data key is wrapped anew. @throws VAULT_TAMPERED, VAULT_KEY_UNKNOWN */
export function rewrap(row: SealedRow, ring: KeyRing): SealedRow {
  const { active } = ring;
  if (row.keyId === active.keyId) return row;
  const wrappedKey = encrypt(active.secret, dataKeyOf(row, ring), bound('key', row, active.keyId));
  return { ...row, keyId: active.keyId, wrappedKey };
}

/** The same content under a new data key too. @throws VAULT_TAMPERED, VAULT_KEY_UNKNOWN */
export function reencrypt(row: SealedRow, ring: KeyRing): SealedRow {
  return seal(row, open(row, ring) as object, ring.active);
}

function dataKeyOf(row: SealedRow, ring: KeyRing): Buffer {
  const dataKey = decrypt(ring.key(row.keyId).secret, row.wrappedKey, bound('key', row, row.keyId));
  if (dataKey.length !== KEY_BYTES) throw vaultError('VAULT_TAMPERED');
  return dataKey;
}
