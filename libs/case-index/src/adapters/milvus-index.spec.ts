/**
 * Real: Milvus Lite 3.2.2 in a child process, killed and restarted; the SDK; closed and silent ports on loopback.
 * Fake: the silent server accepts connections and never answers.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { patientKey, seriesKey, spaceId, studyKey } from '@precedent/kernel';
import { atCosine, DIMENSION, imageOf, randomImages, SPACE } from '../contract.testkit.ts';
import { eq, evaluateFilter } from '../domain/filter.ts';
import { collectionName } from '../domain/milvus-policy.ts';
import type { FilterField, IndexedImage, RebuildableCaseIndex } from '../domain/types.ts';
import { anyFilter, FIELD_VALUES } from '../filter.testkit.ts';
import { describeWithMilvusLite, MILVUS_LITE_PYTHON } from '../milvus-lite.testkit.ts';
import { MilvusCollection } from './milvus-collection.ts';
import { lazyMilvusIndex, openMilvusIndex } from './milvus-index.ts';
import { MilvusLink } from './milvus-link.ts';
import { MilvusReader } from './milvus-reader.ts';
import { startMilvusLite } from './milvus-lite.ts';
import type { MilvusLiteServer } from './milvus-lite.ts';

const options = { space: SPACE, dimension: DIMENSION };
const QUERY = { vector: atCosine(1), k: 100 };

describeWithMilvusLite('Milvus index on Milvus Lite', () => {
  let directory: string;
  let server: MilvusLiteServer;
  let index: RebuildableCaseIndex;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'milvus-index-'));
    server = await startMilvusLite({ python: MILVUS_LITE_PYTHON, directory });
    index = await openMilvusIndex({ address: server.address, ...options });
  });
  afterAll(async () => {
    await index.close();
    await server.stop();
    await rm(directory, { recursive: true });
  });

  it('gives every filter the meaning it has by definition', async () => {
    const images = filterRows(60);
    await index.reset();
    await index.upsert(images);
    await fc.assert(
      fc.asyncProperty(anyFilter, async (filter) => {
        const expected = images.filter((image) => evaluateFilter(filter, image)).map((image) => image.id);
        expect(await index.count(filter)).toBe(expected.length);
        const found = await index.search({ ...QUERY, filter });
        expect(found.map((n) => n.id).sort()).toEqual(expected.sort());
      }),
      { numRuns: 150 },
    );
  });

  it('is the same index after the server was killed and started again on its port, without a new opening', async () => {
    await index.reset();
    await index.upsert(randomImages(300));
    const before = await index.search(QUERY);
    process.kill(server.pid, 'SIGKILL');
    await expect(index.search({ ...QUERY, deadlineMs: 600 })).rejects.toMatchObject({
      code: expect.stringMatching(/^INDEX_(UNREACHABLE|DEADLINE|SERVER_FAULT)$/),
    });
    expect((await index.health()).ok).toBe(false);
    const port = Number(server.address.split(':')[1]);
    server = await startMilvusLite({ python: MILVUS_LITE_PYTHON, directory, port });
    expect(await index.count()).toBe(300);
    expect(await index.search(QUERY)).toEqual(before);
    await index.upsert([imageOf('after')]);
    expect(await index.count()).toBe(301);
  });

  it('lists more ids than one query gives, each once, by cutting ranges (window of 100 for 1,000 rows)', async () => {
    await index.reset();
    const images = Array.from({ length: 1000 }, (_, i) =>
      imageOf(`m${(i * 7919) % 1000}`, { modality: i % 2 ? 'CT' : 'MR' }),
    );
    await index.upsert(images);
    const plan = { name: collectionName(SPACE), dimension: DIMENSION, indexType: 'FLAT' } as const;
    const link = new MilvusLink({ address: server.address }, new MilvusCollection(plan));
    const shape = { collection: plan.name, dimension: DIMENSION, indexType: 'FLAT', limitMs: 10_000 } as const;
    const reader = new MilvusReader(link, { ...shape, idWindow: 100 });
    const ids = (some: IndexedImage[]): string[] => some.map((image) => image.id).sort();
    const pages: string[] = [];
    for await (const page of reader.ids()) pages.push(...page);
    expect(pages).toEqual(ids(images));
    expect(await reader.idList(eq('modality', 'CT'))).toEqual(ids(images.filter((i) => i.modality === 'CT')));
    expect(await index.search({ vector: atCosine(0.5), k: 2 })).toMatchObject([{ id: 'm0' }, { id: 'm1' }]);
    await link.close();
  });

  it('serves many callers at once and tells those beyond the line that it is busy', async () => {
    await index.reset();
    await index.upsert(randomImages(50));
    const all = await Promise.allSettled(Array.from({ length: 100 }, () => index.search(QUERY)));
    const refused = all.filter((one) => one.status === 'rejected');
    expect(refused).toHaveLength(100 - 72);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'INDEX_BUSY' });
  });

  it('refuses a collection of other columns, which somebody else made under its name', async () => {
    const other = await openMilvusIndex({ address: server.address, space: spaceId('dim'), dimension: 4 });
    await other.close();
    const opening = openMilvusIndex({ address: server.address, space: spaceId('dim'), dimension: 8 });
    await expect(opening).rejects.toMatchObject({ code: 'INDEX_SPACE_MISMATCH' });
  });

  it('says where the log is when a server cannot start: its directory is taken', async () => {
    const second = startMilvusLite({ python: MILVUS_LITE_PYTHON, directory });
    await expect(second).rejects.toMatchObject({ code: 'INDEX_PEER_FAILED' });
    await expect(startMilvusLite({ python: '/nonexistent', directory })).rejects.toMatchObject({
      code: 'INDEX_PEER_FAILED',
    });
  });
});

describeWithMilvusLite('Milvus index without a server (the SDK is real)', () => {
  const address = (server: Server): string => `127.0.0.1:${(server.address() as AddressInfo).port}`;

  it.each([
    ['closed', '127.0.0.1:1'],
    ['unknown name', 'localhost:2'],
  ])('reports a %s port within the deadline, and the process lives', async (_, closed) => {
    const opening = openMilvusIndex({ address: closed, ...options, deadlineMs: 700 });
    await expect(opening).rejects.toMatchObject({ code: expect.stringMatching(/^INDEX_(UNREACHABLE|DEADLINE)$/) });
  });

  it('reports a server that accepts and never answers', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket.on('error', () => undefined)));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const opening = openMilvusIndex({ address: address(silent), ...options, deadlineMs: 500 });
    await expect(opening).rejects.toMatchObject({ code: expect.stringMatching(/^INDEX_(UNREACHABLE|DEADLINE)$/) });
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
  });

  it('says so in health, and can be closed', async () => {
    const index = lazyMilvusIndex({ address: '127.0.0.1:1', ...options, deadlineMs: 500 });
    expect((await index.health()).detail).toMatch(/^INDEX_(UNREACHABLE|DEADLINE)$/);
    await index.close();
    await expect(index.count()).rejects.toMatchObject({ code: 'INDEX_CLOSED' });
  });
});

function filterRows(count: number): IndexedImage[] {
  const value = (name: FilterField, i: number): string => FIELD_VALUES[name][i % FIELD_VALUES[name].length] ?? '';
  return Array.from({ length: count }, (_, i) =>
    imageOf(`row-${i}`, {
      studyKey: studyKey(value('studyKey', i)),
      patientKey: patientKey(value('patientKey', i >> 1)),
      seriesKey: seriesKey(value('seriesKey', i >> 2)),
      modality: value('modality', i >> 1),
      bodyPart: value('bodyPart', i),
      sex: value('sex', i >> 3),
      ageBand: value('ageBand', i >> 1),
    }),
  );
}
