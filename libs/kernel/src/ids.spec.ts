import { describe, expect, it } from '@jest/globals';
import { isKey, objectDigest, studyKey } from '@precedent/kernel';

describe('pseudonymous keys (real: everything)', () => {
  it('takes what is safe in a URL, a file name and a vector-store filter', () => {
    expect(studyKey('0a1b.c-d_E')).toBe('0a1b.c-d_E');
  });

  it.each(['', 'a"b', "a' or 1=1", 'a/b', 'ä', 'x'.repeat(65)])('refuses %j', (value) => {
    expect(isKey(value)).toBe(false);
    expect(() => studyKey(value)).toThrow('not a study key');
  });

  it('takes SHA-256 digests in lower-case hex only', () => {
    expect(() => objectDigest('AB'.repeat(32))).toThrow('not a SHA-256 digest');
    expect(objectDigest('ab'.repeat(32))).toHaveLength(64);
  });
});
