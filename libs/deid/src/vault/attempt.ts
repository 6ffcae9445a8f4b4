import { CodedError } from '@precedent/kernel';
import type { VaultErrorCode } from './vault.errors.ts';
import { VAULT_ERRORS } from './vault.errors.ts';
import type { Actor, VaultParts } from './vault-parts.ts';
import { recordSteps, refusedStep } from './vault-parts.ts';

const isVaultCode = (code: string): code is VaultErrorCode => Object.hasOwn(VAULT_ERRORS, code);

/** Does `work`; what the vault refuses (its rules, the database's, or the ciphertext) is audited before it is told. */
export async function attempt<T>(
  parts: Pick<VaultParts, 'audit'>,
  step: { readonly actor: Actor; readonly act: Parameters<typeof refusedStep>[1] },
  about: Parameters<typeof refusedStep>[3],
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CodedError && isVaultCode(error.code))
      await recordSteps(parts.audit, [refusedStep(step.actor, step.act, error.code, about)]);
    throw error;
  }
}
