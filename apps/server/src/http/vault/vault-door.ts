import type { Vault } from '@precedent/deid';
import { vaultError } from '@precedent/deid';

/** The vault, or null where it is switched off. */
export const VAULT = Symbol('Vault');

/** The vault as requests reach it: there or not, and for a person or for the holder of the service's token. */
export class VaultDoor {
  readonly #vault: Vault | null;

  constructor(vault: Vault | null) {
    this.#vault = vault;
  }

  /** @throws VAULT_OFF */
  open(): Vault {
    if (this.#vault === null) throw vaultError('VAULT_OFF');
    return this.#vault;
  }

  /** @param token the header Precedent-Operator. @throws VAULT_OFF, VAULT_OPERATOR_UNKNOWN */
  async openFor(token: string | undefined): Promise<{ readonly vault: Vault; readonly operator: string }> {
    const vault = this.open();
    return { vault, operator: await vault.operators.identify(token) };
  }
}
