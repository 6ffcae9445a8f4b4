import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { startTestDatabase } from '../../../test/support/test-database.ts';
import { floatsFromHalf } from '@precedent/inference';
import { codeOf, studyKey } from '@precedent/kernel';
import { FileObjectStore, pendingSchemaChanges } from '@precedent/platform';
import { embeddingSchema } from './embedding.schema.ts';
import { digest, FakeArchive, fakeModel, FakeRenderer, FakeSession } from './embedding.testkit.ts';
import type { EmbedderOptions } from './image-embedder.ts';
import { ImageEmbedder } from './image-embedder.ts';

const A = studyKey('A');
const B = studyKey('B');
const unit = (...values: number[]): number[] => values.map((value) => Math.fround(value / Math.hypot(...values)));

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of source) all.push(item);
  return all;
}

describe('ImageEmbedder (real: PostgreSQL, object files; fake: archive, renderer, model)', () => {
  const database = startTestDatabase();
  const folders: string[] = [];
  let db: DataSource;
  let store: FileObjectStore;
  let archive: FakeArchive;
  let renderer: FakeRenderer;
  let session: FakeSession;
  const embedder = (options: EmbedderOptions = {}, weights = 'a') =>
    new ImageEmbedder({ db, session, model: fakeModel(weights), sandbox: renderer, archive, store, options });
  const objects = async () => (await collect(store.digests())).flat().length;
  const outcome = (work: Promise<unknown>) => work.then(() => 'done', codeOf);

  beforeAll(async () => {
    db = await database.open([embeddingSchema]);
  });
  beforeEach(async () => {
    await db.query('TRUNCATE embedding.image_embedding');
    const folder = await mkdtemp(join(tmpdir(), 'precedent-embedding-'));
    folders.push(folder);
    store = new FileObjectStore(folder);
    archive = new FakeArchive();
    renderer = new FakeRenderer();
    session = new FakeSession();
  });
  afterAll(() => Promise.all(folders.map((path) => rm(path, { recursive: true, force: true }))));

  it('has a migration that makes what the entities say', async () => {
    expect(await pendingSchemaChanges(db)).toEqual([]);
  });

  it('stores normalised vectors with their keys, and one token object a study', async () => {
    archive.add('A', ['1', '2']);
    archive.add('B', ['7']);
    const all = embedder();
    expect(await all.embedStudies([A, B])).toEqual({ embedded: 3, already: 0, failed: [] });
    const stored = await all.embeddingsOf([A, B]);
    expect(stored.map(({ id, vector }) => [id, [...vector]])).toEqual([
      ['A-1.0', unit(1, 1, 2)],
      ['A-2.0', unit(2, 1, 2)],
      ['B-7.0', unit(7, 1, 2)],
    ]);
    expect(stored[2]).toMatchObject({
      studyKey: 'B',
      patientKey: 'p-B',
      seriesKey: 'B-s',
      imageKey: 'B-7',
      frame: 0,
      spaceId: all.space.id,
    });
    expect(await objects()).toBe(2);
  });

  it('finds each token map again where its row says', async () => {
    archive.add('A', ['1', '2', '3'], 2);
    const all = embedder();
    await all.embedStudies([A]);
    const maps = await all.tokensOf(['A-1.1', 'A-3.0', 'A-9.0']);
    expect([...maps].map(([id, map]) => [id, [...floatsFromHalf(map)]])).toEqual([
      ['A-1.1', [2, 1, 2, -2, -1, -2]],
      ['A-3.0', [3, 1, 2, -3, -1, -2]],
    ]);
  });

  it('changes nothing the second time, and does not even render', async () => {
    archive.add('A', ['1', '2']);
    await embedder().embedStudies([A]);
    const before = renderer.requests.length;
    expect(await embedder().embedStudies([A])).toEqual({ embedded: 0, already: 2, failed: [] });
    expect([renderer.requests.length, await objects(), await embedder().count()]).toEqual([before, 1, 2]);
  });

  it('embeds late images alone, and again what has another object now', async () => {
    archive.add('A', ['1', '2']);
    await embedder().embedStudies([A]);
    archive.add('A', ['3']);
    expect(await embedder().embedStudies([A])).toMatchObject({ embedded: 1, already: 2 });
    archive.images = archive.images.map((image) =>
      image.imageKey === 'A-2' ? { ...image, object: digest(99) } : image,
    );
    expect(await embedder().embedStudies([A])).toMatchObject({ embedded: 1, already: 2 });
    expect(await embedder().embedStudies([A])).toMatchObject({ embedded: 0, already: 3 });
  });

  it('says of each frame that has no vector why, and stores the others', async () => {
    archive.add('A', ['1', 'bad-2', '255']);
    archive.add('B', ['short-3'], 2);
    const { embedded, failed } = await embedder().embedStudies([A, B]);
    expect(embedded).toBe(2);
    expect(failed.map(({ imageKey, frame, reason }) => [imageKey, frame, reason])).toEqual([
      ['A-bad-2', 0, 'decode-failed'],
      ['A-255', 0, 'zero-vector'],
      ['B-short-3', 1, 'decode-failed'],
    ]);
  });

  it('writes many studies in few statements, whatever the size of a write', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `S${index}`);
    for (const name of names) archive.add(name, ['1', '2', '3']);
    const small = embedder({ rowsAtOnce: 5, imagesInFlight: 4 });
    expect(await small.embedStudies(names.map(studyKey))).toMatchObject({ embedded: 36 });
    expect((await small.embeddingsOf(names.map(studyKey))).map(({ id }) => id)).toHaveLength(36);
    expect(renderer.most).toBeLessThanOrEqual(3);
    expect(session.calls.every(({ urgent, tokens }) => !urgent && tokens)).toBe(true);
  });

  it('tries a batch again whose process died, and throws when it dies twice, without half a study', async () => {
    archive.add('A', ['1', '2']);
    session.faults = ['INFERENCE_CHILD_DIED'];
    expect(await embedder().embedStudies([A])).toMatchObject({ embedded: 2 });
    archive.add('B', ['1', '2']);
    session.faults = ['INFERENCE_TIMEOUT', 'INFERENCE_TIMEOUT', 'INFERENCE_TIMEOUT'];
    expect(await outcome(embedder({ imagesInFlight: 1 }).embedStudies([B]))).toBe('INFERENCE_TIMEOUT');
    expect(await embedder().count()).toBe(2);
    session.faults = [];
    expect(await embedder().embedStudies([B])).toMatchObject({ embedded: 2, already: 0 });
  });

  it('leaves no row when the transaction it writes in is rolled back', async () => {
    archive.add('A', ['1']);
    const rolledBack = db.transaction(async (manager) => {
      await embedder().embedStudies([A], manager);
      throw new Error('later step');
    });
    await expect(rolledBack).rejects.toThrow('later step');
    expect(await embedder().count()).toBe(0);
    expect(await embedder().embedStudies([A])).toMatchObject({ embedded: 1 });
    expect(await objects()).toBe(1);
  });

  it('keeps the spaces of two models apart', async () => {
    archive.add('A', ['1']);
    const [one, two] = [embedder(), embedder({}, 'c')];
    expect(one.space.id).not.toBe(two.space.id);
    await one.embedStudies([A]);
    expect([await one.count(), await two.count(), await two.count(one.space.id)]).toEqual([1, 0, 1]);
    expect(await two.embedStudies([A])).toMatchObject({ embedded: 1 });
    expect(await two.embeddingsOf([A], { space: one.space.id })).toHaveLength(1);
  });

  it('hands out every vector once, in pages', async () => {
    archive.add(
      'A',
      Array.from({ length: 40 }, (_, index) => `${index}`),
      32,
    );
    await embedder({ perSeries: 1280 }).embedStudies([A]);
    const pages = await collect(embedder().all());
    expect(pages.map((page) => page.length)).toEqual([1000, 280]);
    expect(new Set(pages.flat().map(({ id }) => id)).size).toBe(1280);
  });

  it('embeds queries in order with their failures, first in line, and stores nothing', async () => {
    const pictures = ['5', 'bad-1', '6'].map((path) => ({ source: { path }, frames: [0] }));
    const answers = await embedder().embedPictures(pictures);
    expect(answers.map((each) => [each.picture, each.kind])).toEqual([
      [0, 'embedded'],
      [1, 'failed'],
      [2, 'embedded'],
    ]);
    expect([session.calls.every(({ urgent }) => urgent), await embedder().count(), await objects()]).toEqual([
      true,
      0,
      0,
    ]);
  });

  it('takes frames evenly from a long query', async () => {
    const answers = await embedder().embedPictures([{ source: { path: '1' }, frames: 'all' }]);
    expect(answers).toHaveLength(32);
  });

  it('knows nothing of studies that are not archived', async () => {
    expect(await embedder().embedStudies([studyKey('none')])).toEqual({ embedded: 0, already: 0, failed: [] });
  });
});
