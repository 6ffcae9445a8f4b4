import { CodedError } from '@precedent/kernel';

const PROVENANCE_FAULTS = {
  PROVENANCE_NOT_WRITTEN: 'The provenance ledger could not be written; check the database.',
  PROVENANCE_NOT_READ: 'The provenance ledger could not be read; check the database.',
} as const;

/** The cause stays on the error and out of the log: it may quote what was to be written. */
export function provenanceFault(code: keyof typeof PROVENANCE_FAULTS, cause: unknown): CodedError {
  return new CodedError(code, PROVENANCE_FAULTS[code], { cause });
}
