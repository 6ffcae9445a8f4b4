import { statfs } from 'node:fs/promises';
import { CodedError } from '@precedent/kernel';

/** Below this the spool takes no more: the database must still be able to write what has been received. */
const MIN_FREE_BYTES = 256 * 1024 * 1024;

/** @throws SPOOL_FULL */
export async function assertSpoolRoom(spool: string): Promise<void> {
  const { bavail, bsize } = await statfs(spool);
  if (bavail * bsize >= MIN_FREE_BYTES) return;
  throw new CodedError(
    'SPOOL_FULL',
    'The disk of the data folder has less than 256 MiB left, so nothing more is taken in: free space, then send again.',
  );
}
