import { CodedError } from '@precedent/kernel';

/** Faults of the vault: code → what to do. None of them says whom a pseudonym stands for. */
export const VAULT_ERRORS = {
  VAULT_OFF: 'The vault is switched off here (PRECEDENT_VAULT=off): nobody can be re-identified.',
  VAULT_ROLE_MISSING:
    'The vault needs a database role of its own: have the administrator run the statements of docs/vault.md, and name its password file in PRECEDENT_VAULT_DATABASE_PASSWORD_FILE; or switch the vault off with PRECEDENT_VAULT=off.',
  VAULT_NOT_SEPARATE:
    'The vault’s tables are not apart: the service’s database role can read them (superuser, member of the vault’s role, or a grant), or the vault’s role can read others. Take those rights away (docs/vault.md).',
  VAULT_KEY_MISSING:
    'The vault holds rows under keys that its key file does not have: put the key file back from its backup. Without it they cannot be opened by anybody.',
  VAULT_KEY_INVALID: 'The vault’s key file is not in its form: restore it from its backup.',
  VAULT_KEY_UNKNOWN: 'A row of the vault is under a key that the key file does not have (any more).',
  VAULT_KEY_IN_USE: 'Rows of the vault are still under an older key: let the rotation run to its end first.',
  VAULT_KEY_UNWRITABLE:
    'The vault’s key file cannot be written: check its folder and the disk. The keys are as they were.',
  VAULT_TAMPERED:
    'A row of the vault does not open with its key: it was changed, put in another’s place, or damaged. Nothing was revealed; restore it from a backup and find out who could write there.',
  VAULT_ROLLED_BACK:
    'A row of the vault is older than the service knows it to be, or gone: an earlier state was put back. Nothing was revealed; after a restore from a backup run `precedent vault verify`.',
  VAULT_PSEUDONYM_UNKNOWN: 'The vault has no identity for this pseudonym.',
  VAULT_OPERATOR_UNKNOWN: 'Send the token of a vault operator in the header Precedent-Operator.',
  VAULT_OPERATOR_MISSING: 'There is no vault operator of this name, or it is removed already.',
  VAULT_OPERATOR_EXISTS:
    'There is, or was, a vault operator of this name: names are not given twice, since the audit log holds them.',
  VAULT_REQUEST_UNKNOWN: 'There is no re-identification request with this id.',
  VAULT_SELF_APPROVAL: 'Who asked cannot decide: another person has to.',
  VAULT_NOT_REQUESTER: 'Only the person who asked may see the identity.',
  VAULT_REQUEST_DECIDED: 'This request is decided already.',
  VAULT_REQUEST_NOT_APPROVED: 'This request is not approved.',
  VAULT_REQUEST_EXPIRED: 'This request has expired: ask anew.',
  VAULT_LOOKS_USED: 'The looks of this request are used up: ask anew.',
  VAULT_TERM_TOO_LONG: 'The term or the number of looks is above what this installation allows.',
} as const;

export type VaultErrorCode = keyof typeof VAULT_ERRORS;

export function vaultError(code: VaultErrorCode, options: { cause?: unknown; detail?: string } = {}): CodedError {
  const detail = options.detail === undefined ? '' : ` (${options.detail})`;
  return new CodedError(code, VAULT_ERRORS[code] + detail, options.cause === undefined ? {} : { cause: options.cause });
}
