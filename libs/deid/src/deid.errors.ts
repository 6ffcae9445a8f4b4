import { CodedError } from '@precedent/kernel';

/** Faults of the room: code → what to do. Expected outcomes (quarantine) are values, not faults. */
export const DEID_ERRORS = {
  DEID_KEY_MISSING:
    'There is no pseudonym key file at the configured place: create one with --new-key, or correct the path.',
  DEID_KEY_INVALID:
    'The pseudonym key file is not {"keyId", "secret"} with 32 bytes in base64: restore it from its backup.',
  DEID_KEY_UNSAFE:
    'The pseudonym key file can be read by others than its owner: chmod 600 it, and replace the key if they might have.',
  DEID_KEY_EXISTS:
    'There is a pseudonym key file already. A new key makes new pseudonyms for everything: move the old one away first.',
  DEID_KEY_UNWRITABLE: 'The pseudonym key file could not be made: check that its folder exists and may be written to.',
  DEID_PROFILE_MISSING: 'There is no de-identification profile of that name or path: see governance/deid-profiles.',
  DEID_PROFILE_INVALID: 'The de-identification profile cannot be used.',
  DEID_ELEMENT_UNDECIDED:
    'An element came up for writing that no rule had decided on: nothing was written. Report it to the makers.',
  DEID_THREAD_ENDED: 'The thread that de-identifies ended in the middle of a study: the study is tried again.',
  DEID_TIMEOUT:
    'De-identifying a study took longer than allowed and was ended. If it repeats, keep its files for the makers.',
  DEID_DIRECTORY_NESTED: 'The output folder lies inside the input folder (or is the same): choose one outside of it.',
} as const;

export type DeidErrorCode = keyof typeof DEID_ERRORS;

export function deidError(code: DeidErrorCode, options: { cause?: unknown; detail?: string } = {}): CodedError {
  const detail = options.detail === undefined ? '' : ` ${options.detail}`;
  return new CodedError(code, DEID_ERRORS[code] + detail, options.cause === undefined ? {} : { cause: options.cause });
}
