import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestDatabase } from '../../../test/support/test-database.ts';
import type { ArchivedImage } from '@precedent/archive';
import { ImagingSandbox } from '@precedent/imaging';
import { InferenceSession, ModelRegistry } from '@precedent/inference';
import { imageKey, objectDigest, seriesKey, studyKey } from '@precedent/kernel';
import { FileObjectStore } from '@precedent/platform';
import { embeddingSchema } from './embedding.schema.ts';
import { FakeArchive } from './embedding.testkit.ts';
import { ImageEmbedder } from './image-embedder.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const models = join(root, 'models');
const cases = join(root, '..', 'shared', 'data', 'cases', 'studies');
const absent = [join(models, 'efficientnet-lite0', '1', 'model.onnx'), cases].filter((path) => !existsSync(path));
if (absent.length > 0) console.warn(`not here, so these tests do not run: ${absent.join(', ')}`);

const hex = (text: string): string => createHash('sha256').update(text).digest('hex');

/** An archive whose objects are the files of the case pack, as they lie there. */
class PackArchive extends FakeArchive {
  readonly paths = new Map<string, string>();

  take(studies: readonly string[]): void {
    for (const study of studies) for (const file of readdirSync(join(cases, study)).sort()) this.file(study, file);
  }

  override objectPath(image: ArchivedImage): string {
    return this.paths.get(image.imageKey) ?? '';
  }

  private file(study: string, file: string): void {
    const key = imageKey(hex(`${study}/${file}`).slice(0, 32));
    this.paths.set(key, join(cases, study, file));
    const keys = { imageKey: key, seriesKey: seriesKey(`${study}-${file.slice(0, 3)}`), studyKey: studyKey(study) };
    const place = { instanceNumber: null, position: null, orientation: null };
    this.images.push({ ...keys, ...place, object: objectDigest(hex(file)), frames: 1 } as ArchivedImage);
  }
}

(absent.length > 0 ? describe.skip : describe)(
  'ImageEmbedder on the case pack (real: sandbox, decoders, encoder, PostgreSQL, object files; fake: the archive)',
  () => {
    const database = startTestDatabase();
    const studies = absent.length > 0 ? [] : readdirSync(cases).sort().slice(0, 12);
    const sandbox = new ImagingSandbox();
    const archive = new PackArchive();
    let folder: string;
    let session: InferenceSession;
    let embedder: ImageEmbedder;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'precedent-embedding-'));
      const model = await new ModelRegistry(models).load('efficientnet-lite0');
      session = await InferenceSession.open(model, { provider: 'cpu', threads: 1, timeoutMs: 60_000 });
      const db = await database.open([embeddingSchema]);
      archive.take(studies);
      embedder = new ImageEmbedder({ db, session, model, sandbox, archive, store: new FileObjectStore(folder) });
    });
    afterAll(async () => {
      await session.close();
      await sandbox.stop();
      await rm(folder, { recursive: true, force: true });
    });

    it('gives every image a unit vector and a token map, and a killed encoder in the middle costs none', async () => {
      const work = embedder.embedStudies(studies.map((study) => studyKey(study)));
      while (archive.paths.size > 0 && session.restarts === 0) {
        const pid = session.childPid;
        if (pid !== undefined) process.kill(pid, 'SIGKILL');
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      expect(await work).toEqual({ embedded: archive.images.length, already: 0, failed: [] });
      const stored = await embedder.embeddingsOf(studies.map((study) => studyKey(study)));
      for (const { vector } of stored) expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
      expect((await embedder.tokensOf(stored.map(({ id }) => id))).size).toBe(archive.images.length);
    });

    it('gives a query the very vector and token map that the archived image has', async () => {
      const [image] = archive.images;
      const id = `${image?.imageKey ?? ''}.0`;
      const [query] = await embedder.embedPictures([
        { source: { path: archive.paths.get(image?.imageKey ?? '') ?? '' }, frames: [0] },
      ]);
      const [stored] = (await embedder.embeddingsOf([studyKey(studies[0] ?? '')])).filter((each) => each.id === id);
      if (query?.kind !== 'embedded') throw new Error('no vector');
      expect([...query.vector]).toEqual([...(stored?.vector ?? [])]);
      expect([...(query.tokens ?? [])]).toEqual([...((await embedder.tokensOf([id])).get(id) ?? [])]);
    });
  },
);
