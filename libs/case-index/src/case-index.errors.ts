import { CodedError } from '@precedent/kernel';

/** Every fault of this room: the code, and the sentence that tells an administrator what to do. */
export const CASE_INDEX_ERRORS = {
  INDEX_SPACE_MISMATCH:
    'The index on disk or on the server belongs to another embedding space or dimension. Point this space at its own empty directory or collection and rebuild it from the archive.',
  INDEX_CORRUPT:
    'A record in the middle of the index file does not match its checksum. The index is only a copy: move the directory away and rebuild it from the archive.',
  INDEX_LOCKED:
    'Another process has this index directory open. Stop it, or give this process a directory of its own; a lock whose process has died is taken over by itself.',
  INDEX_WRITE_FAILED:
    'The index file could not be written or flushed. Free space or repair the disk, then restart; nothing unacknowledged was kept.',
  INDEX_WORKER_DIED: 'The index worker ended unexpectedly. Restart the process; every acknowledged row is on disk.',
  INDEX_CLOSED: 'The index was closed. Open it again before using it.',
  INDEX_BAD_ROW: 'A row was refused before it reached the index.',
  INDEX_BAD_REQUEST: 'The request to the index was refused.',
  INDEX_DEADLINE: 'The index did not answer within the time allowed. Try again; if it repeats, look at its load.',
  INDEX_BUSY: 'Too many requests wait for the index. Try again shortly.',
  INDEX_UNREACHABLE:
    'The vector database cannot be reached. Check the address, that it is running, and its certificate.',
  INDEX_DENIED: 'The vector database refused the user or password. Check the credentials and the rights of this user.',
  INDEX_BAD_ANSWER: 'The vector database answered in a way this client does not understand. Check its version.',
  INDEX_SERVER_FAULT: 'The vector database reported an error.',
  INDEX_VERSION_REFUSED:
    'This vector database has known holes in its sign-in. Upgrade it to Milvus 2.6.10 or later, or 3.0.1 or later.',
  INDEX_DEFAULT_PASSWORD:
    'The vector database accepts its default password, or anyone. Turn on authorization and change the root password.',
  INDEX_PLAINTEXT_REFUSED:
    'Vectors and passwords may leave this machine only over TLS. Configure TLS for the vector database.',
  INDEX_PASSWORD_UNREADABLE:
    'The file with the password of the vector database cannot be read. Check its path and its rights.',
  INDEX_PEER_FAILED: 'Milvus Lite did not start. Run the set-up again and read its log.',
} as const;

export type CaseIndexErrorCode = keyof typeof CASE_INDEX_ERRORS;

/** @param detail one clause on what exactly; it holds no key, filter text or vector. */
export function indexFault(code: CaseIndexErrorCode, detail?: string, cause?: unknown): CodedError {
  const message = detail === undefined ? CASE_INDEX_ERRORS[code] : `${CASE_INDEX_ERRORS[code]} (${detail})`;
  return new CodedError(code, message, cause === undefined ? undefined : { cause });
}
