/** Real: a Milvus Lite 3.2.2 server in a child process on loopback, its files, the Milvus SDK. Fake: nothing. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeCaseIndexContract, DIMENSION, SPACE } from '../contract.testkit.ts';
import { describeWithMilvusLite, MILVUS_LITE_PYTHON } from '../milvus-lite.testkit.ts';
import { openMilvusIndex } from './milvus-index.ts';
import { startMilvusLite } from './milvus-lite.ts';

describeWithMilvusLite('Milvus Lite', () => {
  describeCaseIndexContract('milvus', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'milvus-contract-'));
    const server = await startMilvusLite({ python: MILVUS_LITE_PYTHON, directory });
    return {
      open: (options = {}) =>
        openMilvusIndex({ address: server.address, space: SPACE, dimension: DIMENSION, ...options }),
      stop: async () => {
        await server.stop();
        await rm(directory, { recursive: true });
      },
    };
  });
});
