// Real: the reader. Inputs are made by hand. Nothing is fake.
import { afterEach, expect, it } from '@jest/globals';
import { configureReadLimits, DEFAULT_LIMITS, readLimits } from './domain/limits.ts';
import { explicit, part10 } from './hand-made.testkit.ts';
import { readDataset } from './read-dataset.ts';

const NAME = 'A name that is longer than the UIDs';
const FILE = part10(Buffer.concat([explicit(0x00100010, 'PN', NAME), explicit(0x00100020, 'LO', 'A1')]));

afterEach(() => configureReadLimits({}));

it('reads under the defaults, under what was set at the start, and under what a caller asks for', () => {
  expect(readLimits()).toBe(DEFAULT_LIMITS);
  expect(readDataset(FILE).kind).toBe('read');
  configureReadLimits({ maxElements: 1 });
  expect(readDataset(FILE)).toMatchObject({ kind: 'rejected', reason: 'limit-exceeded' });
  expect(readDataset(FILE, { maxElements: 100 }).kind).toBe('read');
  configureReadLimits({});
  expect(readDataset(FILE).kind).toBe('read');
});

it('a value longer than is allowed is refused, with the name of the limit', () => {
  expect(readDataset(FILE, { maxValueBytes: NAME.length }).kind).toBe('read');
  const outcome = readDataset(FILE, { maxValueBytes: NAME.length - 1 });
  expect(outcome).toMatchObject({ reason: 'limit-exceeded', detail: expect.stringContaining('maxValueBytes') });
});
