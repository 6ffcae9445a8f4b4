import type { DataSource, EntityManager } from 'typeorm';
import type { CaseArchive } from '@precedent/archive';
import type { ProviderRecord, RegisteredModel } from '@precedent/inference';
import type { SpaceId, StudyKey } from '@precedent/kernel';
import type { ObjectStore } from '@precedent/platform';
import { EmbeddingTable } from './adapters/embedding-table.ts';
import { readTokens } from './adapters/token-maps.ts';
import { FRAMES_PER_SERIES } from './domain/choose-frames.ts';
import { eachOf } from './domain/each-of.ts';
import { spaceOf } from './domain/space.ts';
import type { EmbeddingReport, EmbeddingSpace, FailedImage, ImageEmbedding, QueryEmbedding } from './domain/types.ts';
import type { ImageTask, StudyTask } from './embedding-plan.ts';
import { planEmbedding } from './embedding-plan.ts';
import { EmbeddingWriter } from './embedding-writer.ts';
import type { EncodedPicture, PictureModel, PictureRenderer, PictureRequest } from './picture-encoder.ts';
import { PictureEncoder } from './picture-encoder.ts';

export interface EmbedderOptions {
  /** Frames of a series that are embedded; 32. */
  readonly perSeries?: number;
  /** Requests at the sandbox at once; 3. */
  readonly rendersInFlight?: number;
  /** Images under way at once, rendered or waiting for the model: enough to fill two batches ahead; 24. */
  readonly imagesInFlight?: number;
  /** Rows collected before they are written; 256. */
  readonly rowsAtOnce?: number;
}

export interface EmbedderParts {
  readonly db: DataSource;
  readonly session: PictureModel & { readonly provider: ProviderRecord };
  readonly model: RegisteredModel;
  readonly sandbox: PictureRenderer;
  readonly archive: Pick<CaseArchive, 'studies' | 'imagesOf' | 'objectPath'>;
  readonly store: Pick<ObjectStore, 'putMany' | 'get'>;
  readonly options?: EmbedderOptions;
}

const PAGE = 1000;

/** Archived images → vectors of one space, and the reading of them. */
export class ImageEmbedder {
  readonly space: EmbeddingSpace;
  private readonly parts: EmbedderParts;
  private readonly options: Required<EmbedderOptions>;
  private readonly table: EmbeddingTable;
  private readonly encoder: PictureEncoder;

  constructor(parts: EmbedderParts) {
    const defaults = { perSeries: FRAMES_PER_SERIES, rendersInFlight: 3, imagesInFlight: 24, rowsAtOnce: 256 };
    this.parts = parts;
    this.options = { ...defaults, ...parts.options };
    this.space = spaceOf(parts.model, parts.session.provider.used);
    this.table = new EmbeddingTable(parts.db);
    const { rendersInFlight, perSeries } = this.options;
    const limits = { rendersInFlight, maxFrames: perSeries };
    this.encoder = new PictureEncoder(parts.sandbox, parts.session, parts.model, limits);
  }

  /**
   * Embeds the chosen frames of these studies that have no vector of their present object yet, and stores them. Studies
   * share batches. Running it again changes nothing; killed anywhere, the next run does the rest.
   * @param within a transaction for the rows; token objects are durable before.
   * @throws CodedError of `inference`, the object store or the database; what was written before stays.
   */
  async embedStudies(keys: readonly StudyKey[], within?: EntityManager): Promise<EmbeddingReport> {
    const { archive, store } = this.parts;
    const { perSeries, imagesInFlight, rowsAtOnce } = this.options;
    const plan = await planEmbedding(archive, this.table, this.space.id, keys, perSeries);
    const writer = new EmbeddingWriter({ table: this.table, store, space: this.space.id, within }, rowsAtOnce);
    const failed: FailedImage[] = [];
    await eachOf(imageJobs(plan.studies), imagesInFlight, async (job) => {
      job.progress.results[job.index] = await this.encodeImage(job.task);
      job.progress.open -= 1;
      if (job.progress.open === 0) await finish(job.progress, writer, failed);
    });
    await writer.flush();
    return { embedded: writer.written, already: plan.already, failed };
  }

  /** Vectors of query pictures, in order; nothing is stored. They go before the pipeline's pictures. */
  async embedPictures(pictures: readonly PictureRequest[]): Promise<QueryEmbedding[]> {
    const results: QueryEmbedding[][] = pictures.map(() => []);
    await eachOf(pictures.entries(), this.options.rendersInFlight, async ([picture, request]) => {
      const { frames, failed } = await this.encoder.encode(request, { urgent: true });
      results[picture] = [
        ...frames.map((frame) => ({ kind: 'embedded' as const, picture, ...frame })),
        ...failed.map(({ reason, detail }) => ({ kind: 'failed' as const, picture, reason, detail })),
      ];
    });
    return results.flat();
  }

  /** Stored vectors of these studies, by study and id. */
  embeddingsOf(
    keys: readonly StudyKey[],
    { space = this.space.id }: { space?: SpaceId } = {},
  ): Promise<ImageEmbedding[]> {
    return this.table.ofStudies(space, keys);
  }

  /** Every stored vector of a space, in pages in the order of ids: to fill a vector store again. */
  async *all(space: SpaceId = this.space.id): AsyncIterable<ImageEmbedding[]> {
    let after = '';
    for (;;) {
      const page = await this.table.page(space, after, PAGE);
      const last = page.at(-1);
      if (!last) return;
      yield page;
      after = last.id;
    }
  }

  count(space: SpaceId = this.space.id): Promise<number> {
    return this.table.count(space);
  }

  /** Token maps (count × dimension half bits, row-major) of stored embeddings, by id; without a map, not in the answer. */
  async tokensOf(ids: readonly string[]): Promise<ReadonlyMap<string, Uint16Array>> {
    const shape = this.parts.model.manifest.outputs.tokens;
    if (!shape) return new Map();
    const places = await this.table.tokenPlaces(this.space.id, ids);
    return readTokens(this.parts.store, places, shape.count * shape.dimension);
  }

  private encodeImage({ image, frames }: ImageTask): Promise<EncodedPicture> {
    return this.encoder.encode({ source: { path: this.parts.archive.objectPath(image) }, frames }, { urgent: false });
  }
}

interface StudyProgress {
  readonly study: StudyTask;
  readonly results: (EncodedPicture | undefined)[];
  open: number;
}

interface ImageJob {
  readonly progress: StudyProgress;
  readonly task: ImageTask;
  readonly index: number;
}

function* imageJobs(studies: readonly StudyTask[]): Iterable<ImageJob> {
  for (const study of studies) {
    const progress: StudyProgress = { study, results: [], open: study.images.length };
    for (const [index, task] of study.images.entries()) yield { progress, task, index };
  }
}

/** All images of a study are through: its frames go to the writer, its failures to the report. */
async function finish(
  { study, results }: StudyProgress,
  writer: EmbeddingWriter,
  failed: FailedImage[],
): Promise<void> {
  const images = study.images.map(({ image }, index) => ({ image, result: results[index] }));
  for (const { image, result } of images) {
    for (const failure of result?.failed ?? []) failed.push({ imageKey: image.imageKey, ...failure });
  }
  const frames = images.flatMap(({ image, result }) => (result?.frames ?? []).map((encoded) => ({ image, encoded })));
  await writer.add({ study, frames });
}
