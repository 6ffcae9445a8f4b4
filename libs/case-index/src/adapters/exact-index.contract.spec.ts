/** Real: the exact index, its worker thread and its files on disk. Fake: nothing. Needs `tsc -b libs/case-index` first. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeCaseIndexContract, DIMENSION, SPACE } from '../contract.testkit.ts';
import { openExactIndex } from './exact-index.ts';

describeCaseIndexContract('exact', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'exact-contract-'));
  return {
    open: (options = {}) => openExactIndex({ directory, space: SPACE, dimension: DIMENSION, ...options }),
    stop: () => rm(directory, { recursive: true }),
  };
});
