import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Requester } from './requester.ts';

const TOKEN_BYTES = 32;
const TOKEN_PREFIX = 'prc_';

/** A fresh token: 256 random bits, recognisable by secret scanners through its prefix. */
export function newToken(): string {
  return TOKEN_PREFIX + randomBytes(TOKEN_BYTES).toString('base64url');
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares the bearer token with the one in the token file; in constant time, so that a prefix cannot be guessed. */
export class TokenAuthenticator {
  readonly #expected: Buffer;

  constructor(token: string) {
    this.#expected = digest(token.trim());
  }

  /** @param authorization the Authorization header. @returns who asks, or null. */
  authenticate(authorization: string | undefined): Requester | null {
    const presented = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization ?? '')?.[1];
    if (presented === undefined) return null;
    return timingSafeEqual(digest(presented), this.#expected) ? { subject: 'local-token' } : null;
  }
}
