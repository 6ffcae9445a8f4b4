import type { ObjectDigest } from '@precedent/kernel';

/**
 * Port: objects named by the SHA-256 of their bytes, written once. When a promise of `put` or `putMany` is kept, the
 * bytes survive a power cut. Every implementation passes `object-store.testkit.ts`.
 */
export interface ObjectStore {
  /** Storing the same bytes twice is one object. @throws OBJECT_STORE_FULL, OBJECT_STORE_FORBIDDEN, OBJECT_STORE_FAILED */
  put(bytes: Uint8Array): Promise<ObjectDigest>;
  /** Digests in the order of the input. When it throws, some of the objects may be there, none half. */
  putMany(objects: readonly Uint8Array[]): Promise<ObjectDigest[]>;
  /** The very bytes that were stored. @throws OBJECT_MISSING, OBJECT_DAMAGED */
  get(digest: ObjectDigest): Promise<Buffer>;
  /** A file on this machine with these bytes, for a child process that opens it itself. */
  path(digest: ObjectDigest): string;
  has(digest: ObjectDigest): Promise<boolean>;
  /** Deleting what is not there is no fault. @returns whether it was there. */
  delete(digest: ObjectDigest): Promise<boolean>;
  /** Every stored digest, in pages, in no promised order: for reconciliation with the database. */
  digests(): AsyncIterable<readonly ObjectDigest[]>;
}
