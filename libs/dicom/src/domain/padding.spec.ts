// Real: the function alone. That it needs no quadratic time is seen by the run coming to an end: the pattern it replaces takes hours here.
import { describe, expect, it } from '@jest/globals';

import { withoutPadding } from './padding.ts';

describe('padding at the end of a text', () => {
  it.each([
    ['', ''],
    [' \0 ', ''],
    ['A\0', 'A'],
    [' A B \0\0', ' A B'],
    ['\0A', '\0A'],
    ['A\n ', 'A\n'],
  ])('%j is %j', (text, expected) => expect(withoutPadding(text)).toBe(expected));

  it('ten megabytes of zeros with a byte behind them', () => {
    const text = `${'\0'.repeat(10_000_000)}A`;
    expect(withoutPadding(text)).toHaveLength(10_000_001);
  });
});
