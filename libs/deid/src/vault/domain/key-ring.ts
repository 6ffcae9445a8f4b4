import { vaultError } from '../vault.errors.ts';
import type { VaultKey } from './types.ts';

/** The key-encryption keys of an installation: one seals, the others only open until a rotation has taken their rows over. */
export class KeyRing {
  readonly active: VaultKey;
  readonly #keys: ReadonlyMap<string, VaultKey>;

  /** @param keys not empty; the last one is active. */
  constructor(keys: readonly VaultKey[]) {
    const last = keys.at(-1);
    if (last === undefined) throw vaultError('VAULT_KEY_INVALID');
    this.active = last;
    this.#keys = new Map(keys.map((key) => [key.keyId, key]));
  }

  get keys(): readonly VaultKey[] {
    return [...this.#keys.values()];
  }

  /** @throws VAULT_KEY_UNKNOWN */
  key(keyId: string): VaultKey {
    const key = this.#keys.get(keyId);
    if (key === undefined) throw vaultError('VAULT_KEY_UNKNOWN');
    return key;
  }
}
