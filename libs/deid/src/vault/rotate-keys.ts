import type { KeyUse, Place } from './adapters/sealed-rows.ts';
import { countByKey, lockStale, replaceKeys } from './adapters/sealed-rows.ts';
import { reencrypt, rewrap } from './domain/envelope.ts';
import type { SealedRow } from './domain/types.ts';
import { vaultError } from './vault.errors.ts';
import type { VaultParts } from './vault-parts.ts';
import { changingKeys, recordSteps, sealing } from './vault-parts.ts';

export interface KeyState {
  readonly active: string;
  /** Ids in the key file, the active one last. */
  readonly keys: readonly string[];
  readonly wrapping: readonly KeyUse[];
  /** Keys that were active when the rows' data keys were made. */
  readonly sealing: readonly KeyUse[];
}

export interface RotationSlice {
  readonly rows: number;
  /** Rows that do not open: left as they are. */
  readonly damaged: number;
  /** Where to go on; null at the end. */
  readonly next: Place | null;
}

/** Rows taken over in one transaction: short enough that nobody waits for it. */
const SLICE = 500;

type Parts = Pick<VaultParts, 'vault' | 'keys' | 'audit'>;

/**
 * Rotation in three steps: a new key becomes active; every row's data key is wrapped with it, a slice a time, in any number of runs;
 * then the older keys are destroyed. Pseudonyms have nothing to do with these keys and stay. Reading goes on meanwhile.
 */
export class RotateKeys {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @returns the id of the key that is active from now on. @throws VAULT_KEY_UNWRITABLE */
  async addKey(): Promise<string> {
    const { vault, keys, audit } = this.#parts;
    return changingKeys(vault, async () => {
      const { keyId } = await keys.add();
      await recordSteps(audit, [{ code: 'vault-key-added', actor: 'local-token', detail: { keyId } }]);
      return keyId;
    });
  }

  /** Takes one slice over. @param payloads also encrypt contents anew, under new data keys */
  async slice(payloads: boolean, after: Place = { kind: '', name: '' }): Promise<RotationSlice> {
    const { vault, keys } = this.#parts;
    return sealing(vault, async (manager) => {
      const { ring } = keys;
      const stale = await lockStale({ active: ring.active.keyId, payloads, after, limit: SLICE }, manager);
      const taken = stale.flatMap((row) => orNothing(() => (payloads ? reencrypt(row, ring) : rewrap(row, ring))));
      await replaceKeys(taken, manager);
      const last = stale.length < SLICE ? undefined : stale.at(-1);
      const next = last === undefined ? null : { kind: last.kind, name: last.name };
      return { rows: taken.length, damaged: stale.length - taken.length, next };
    });
  }

  /**
   * Destroys every key but the active one: what an older backup of the tables holds cannot be opened any more.
   * @returns their ids. @throws VAULT_KEY_IN_USE, VAULT_KEY_UNWRITABLE
   */
  async destroyOlder(): Promise<readonly string[]> {
    const { vault, keys, audit } = this.#parts;
    return changingKeys(vault, async (manager) => {
      const left = (await countByKey('key_id', manager)).filter(({ keyId }) => keyId !== keys.ring.active.keyId);
      const rows = left.reduce((sum, use) => sum + use.rows, 0);
      if (rows > 0) throw vaultError('VAULT_KEY_IN_USE', { detail: `${rows} rows` });
      const gone = await keys.destroyOlder();
      const steps = gone.map((keyId) => ({
        code: 'vault-key-destroyed' as const,
        actor: 'local-token' as const,
        detail: { keyId },
      }));
      await recordSteps(audit, steps);
      return gone;
    });
  }

  async state(): Promise<KeyState> {
    const { vault, keys } = this.#parts;
    return {
      active: keys.ring.active.keyId,
      keys: keys.ring.keys.map(({ keyId }) => keyId),
      wrapping: await countByKey('key_id', vault.manager),
      sealing: await countByKey('sealed_under', vault.manager),
    };
  }
}

function orNothing(work: () => SealedRow): SealedRow[] {
  try {
    return [work()];
  } catch {
    return [];
  }
}
