/**
 * Real: a Milvus Lite 3.2.2 server in a child process on loopback, its files, the Milvus SDK; and the server that
 * PRECEDENT_TEST_MILVUS names (`host:port`, loopback, its collection of the contract's space is dropped). Fake: nothing.
 */
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

const named = process.env['PRECEDENT_TEST_MILVUS'];
if (named !== undefined) {
  describeCaseIndexContract(`milvus at PRECEDENT_TEST_MILVUS`, () =>
    Promise.resolve({
      open: (options = {}) =>
        openMilvusIndex({
          address: named,
          space: SPACE,
          dimension: DIMENSION,
          allowTestServer: true,
          deadlineMs: 60_000,
          ...options,
        }),
      stop: () => Promise.resolve(),
    }),
  );
}
