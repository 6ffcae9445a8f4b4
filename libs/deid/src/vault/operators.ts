import { randomBytes } from 'node:crypto';
import type { Operator } from './adapters/operator-rows.ts';
import { insertOperator, listOperators, operatorOf, removeOperator } from './adapters/operator-rows.ts';
import { attempt } from './attempt.ts';
import { vaultError } from './vault.errors.ts';
import type { VaultParts } from './vault-parts.ts';
import { recordSteps } from './vault-parts.ts';

const TOKEN_BYTES = 32;
/** Recognisable by secret scanners. */
const TOKEN_PREFIX = 'pvo_';

/**
 * The people who may ask and decide, each known by a token of their own, until the room `access` knows people by the hospital's
 * sign-in. Whoever holds the service's token names them: that person could name two and play both, which the audit log shows and
 * nothing here prevents.
 */
export class Operators {
  readonly #parts: Pick<VaultParts, 'vault' | 'audit' | 'clock'>;

  constructor(parts: Pick<VaultParts, 'vault' | 'audit' | 'clock'>) {
    this.#parts = parts;
  }

  /** @returns the token: told this once, kept as a hash. @throws VAULT_OPERATOR_EXISTS */
  async add(name: string): Promise<string> {
    const { vault, audit, clock } = this.#parts;
    const token = TOKEN_PREFIX + randomBytes(TOKEN_BYTES).toString('base64url');
    await vault.transaction(async (manager) => {
      await insertOperator({ name, token, now: clock.now() }, manager);
      await recordSteps(audit, [{ code: 'vault-operator-added', actor: 'local-token', detail: { operator: name } }]);
    });
    return token;
  }

  /** @throws VAULT_OPERATOR_MISSING */
  async remove(name: string): Promise<void> {
    const { vault, audit, clock } = this.#parts;
    await vault.transaction(async (manager) => {
      await removeOperator(name, clock.now(), manager);
      await recordSteps(audit, [{ code: 'vault-operator-removed', actor: 'local-token', detail: { operator: name } }]);
    });
  }

  list(): Promise<readonly Operator[]> {
    return listOperators(this.#parts.vault.manager);
  }

  /** @returns whose token it is. @throws VAULT_OPERATOR_UNKNOWN, audited: somebody tried a door */
  async identify(token: string | undefined): Promise<string> {
    return attempt(this.#parts, { actor: 'local-token', act: 'identify' }, {}, async () => {
      const known = token === undefined || !/^[\x21-\x7e]{1,128}$/.test(token) ? undefined : token;
      const name = known === undefined ? undefined : await operatorOf(known, this.#parts.vault.manager);
      if (name === undefined) throw vaultError('VAULT_OPERATOR_UNKNOWN');
      return name;
    });
  }
}
