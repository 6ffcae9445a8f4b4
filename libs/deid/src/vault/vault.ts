import type { DataSource } from 'typeorm';
import { countByKey } from './adapters/sealed-rows.ts';
import { VaultKeys } from './adapters/vault-keys.ts';
import type { Decision } from './decide-request.ts';
import { DecideRequest } from './decide-request.ts';
import type { ReidentificationRequest } from './domain/requests.ts';
import type { VaultKey } from './domain/types.ts';
import { ExpireRequests } from './expire-requests.ts';
import { ForgetPatient } from './forget-patient.ts';
import { KeepIdentities } from './keep-identities.ts';
import { Operators } from './operators.ts';
import { ReadRequests } from './read-requests.ts';
import { RequestReidentification } from './request-reidentification.ts';
import type { Revealed } from './reveal-identity.ts';
import { RevealIdentity } from './reveal-identity.ts';
import { RotateKeys } from './rotate-keys.ts';
import type { VaultParts } from './vault-parts.ts';
import { vaultError } from './vault.errors.ts';
import { VerifyVault } from './verify-vault.ts';

/** The vault's use cases, on one set of parts. */
export class Vault {
  readonly identities: KeepIdentities;
  readonly operators: Operators;
  readonly ask: RequestReidentification;
  readonly read: ReadRequests;
  readonly expiry: ExpireRequests;
  readonly rotation: RotateKeys;
  readonly verification: VerifyVault;
  readonly forgetting: ForgetPatient;
  readonly #decide: DecideRequest;
  readonly #reveal: RevealIdentity;
  readonly #keys: VaultKeys;

  constructor(parts: VaultParts) {
    this.#keys = parts.keys;
    this.identities = new KeepIdentities(parts);
    this.operators = new Operators(parts);
    this.ask = new RequestReidentification(parts);
    this.read = new ReadRequests(parts);
    this.expiry = new ExpireRequests(parts);
    this.rotation = new RotateKeys(parts);
    this.verification = new VerifyVault(parts);
    this.forgetting = new ForgetPatient(parts);
    this.#decide = new DecideRequest(parts);
    this.#reveal = new RevealIdentity(parts);
  }

  /** The key that de-identification seals under. */
  activeKey(): VaultKey {
    return this.#keys.ring.active;
  }

  /** As `DecideRequest.run`; requests whose term is over are ended first. */
  async decide(operator: string, requestId: string, decision: Decision): Promise<ReidentificationRequest> {
    await this.expiry.run();
    return this.#decide.run(operator, requestId, decision);
  }

  /** As `RevealIdentity.run`; requests whose term is over are ended first. */
  async reveal(operator: string, requestId: string): Promise<Revealed> {
    await this.expiry.run();
    return this.#reveal.run(operator, requestId);
  }
}

/**
 * Opens the key file, or makes it where the vault is still empty.
 * @throws VAULT_KEY_MISSING when a key of any row is not in it, VAULT_KEY_INVALID, SECRET_EXPOSED
 */
export async function openVaultKeys(file: string, vault: DataSource): Promise<VaultKeys> {
  const used = await countByKey('key_id', vault.manager);
  const keys = await VaultKeys.open(file, { mayCreate: used.length === 0 });
  const known = new Set(keys.ring.keys.map(({ keyId }) => keyId));
  if (used.some(({ keyId }) => !known.has(keyId))) throw vaultError('VAULT_KEY_MISSING', { detail: file });
  return keys;
}
