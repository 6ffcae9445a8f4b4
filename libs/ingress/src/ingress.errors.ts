import { CodedError } from '@precedent/kernel';

/** Faults of the spool. Messages name the step and what to do; never a path inside a patient's study. */
export const spoolFull = (cause: unknown): CodedError =>
  new CodedError(
    'SPOOL_FULL',
    'The spool has no room left: free disk space or move the data directory, then send again.',
    {
      cause,
    },
  );

export const spoolForbidden = (cause: unknown): CodedError =>
  new CodedError(
    'SPOOL_FORBIDDEN',
    'The spool folder cannot be written: give the service account write access to it.',
    {
      cause,
    },
  );

export const spoolFailed = (cause: unknown): CodedError =>
  new CodedError(
    'SPOOL_WRITE_FAILED',
    'The instance could not be written to the spool: check the disk, then send again.',
    {
      cause,
    },
  );

export const instanceTooLarge = (limitBytes: number): CodedError =>
  new CodedError(
    'SPOOL_INSTANCE_TOO_LARGE',
    `An instance is larger than ${limitBytes} bytes: raise spool.maxInstanceBytes to take it.`,
  );

/** Turns a file-system error into the coded fault that says what to do. */
export function spoolFault(error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT') return spoolFull(error);
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return spoolForbidden(error);
  return spoolFailed(error);
}
