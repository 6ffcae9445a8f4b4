import { CodedError } from '@precedent/kernel';

const AUDIT_FAULTS = {
  AUDIT_NOT_WRITTEN: 'The audit log could not be written, so nothing was done; check the database.',
  AUDIT_NOT_READ: 'The audit log could not be read; check the database.',
} as const;

/** The cause stays on the error and out of the log: it may quote what was to be written. */
export function auditFault(code: keyof typeof AUDIT_FAULTS, cause: unknown): CodedError {
  return new CodedError(code, AUDIT_FAULTS[code], { cause });
}
