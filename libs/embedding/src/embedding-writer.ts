import type { EntityManager } from 'typeorm';
import type { ArchivedImage } from '@precedent/archive';
import type { ObjectDigest, SpaceId } from '@precedent/kernel';
import type { ObjectStore } from '@precedent/platform';
import type { EmbeddingTable, NewRow } from './adapters/embedding-table.ts';
import { bytesOf } from './adapters/vector-bytes.ts';
import type { TokenPlace } from './domain/types.ts';
import type { StudyTask } from './embedding-plan.ts';
import { embeddingId } from './embedding-plan.ts';
import type { EncodedFrame } from './picture-encoder.ts';

/** A study whose frames have all been through the model. */
export interface EncodedStudy {
  readonly study: StudyTask;
  /** In the order of the plan, so that the same study gives the same token object. */
  readonly frames: readonly { readonly image: ArchivedImage; readonly encoded: EncodedFrame }[];
}

/**
 * Collects studies and writes many at a time: token maps as one durable object a study first, then the rows of all of
 * them by one statement. So no row ever names tokens that are not there, and a crash leaves an object that the next
 * run writes again under the same digest.
 */
export class EmbeddingWriter {
  private readonly parts: {
    readonly table: EmbeddingTable;
    readonly store: Pick<ObjectStore, 'putMany'>;
    readonly space: SpaceId;
    readonly within: EntityManager | undefined;
  };
  private readonly rowsAtOnce: number;
  private waiting: EncodedStudy[] = [];
  private last: Promise<void> = Promise.resolve();
  private rows = 0;

  constructor(parts: EmbeddingWriter['parts'], rowsAtOnce: number) {
    this.parts = parts;
    this.rowsAtOnce = rowsAtOnce;
  }

  /** Rows handed to the database so far. */
  get written(): number {
    return this.rows;
  }

  async add(study: EncodedStudy): Promise<void> {
    if (study.frames.length === 0) return;
    this.waiting.push(study);
    const count = this.waiting.reduce((sum, { frames }) => sum + frames.length, 0);
    if (count >= this.rowsAtOnce) await this.flush();
  }

  /** Writes what is left. Writes follow one another: a transaction takes one statement at a time. */
  flush(): Promise<void> {
    const studies = this.waiting.splice(0);
    this.last = this.last.then(() => this.write(studies));
    return this.last;
  }

  private async write(studies: readonly EncodedStudy[]): Promise<void> {
    const { table, store, space, within } = this.parts;
    const objects = await storeTokens(store, studies);
    const rows = studies.flatMap((study, index) => rowsOf(study, objects[index] ?? null, space));
    await table.insert(space, rows, within);
    this.rows += rows.length;
  }
}

async function storeTokens(
  store: Pick<ObjectStore, 'putMany'>,
  studies: readonly EncodedStudy[],
): Promise<(ObjectDigest | null)[]> {
  const maps = studies.map(({ frames }) =>
    Buffer.concat(frames.flatMap(({ encoded }) => (encoded.tokens ? [bytesOf(encoded.tokens)] : []))),
  );
  const digests = await store.putMany(maps.filter((map) => map.length > 0));
  let next = 0;
  return maps.map((map) => {
    if (map.length === 0) return null;
    next += 1;
    return digests[next - 1] ?? null;
  });
}

function rowsOf({ study, frames }: EncodedStudy, object: ObjectDigest | null, space: SpaceId): NewRow[] {
  let offset = 0;
  return frames.map(({ image, encoded }) => {
    const tokens: TokenPlace | null = object && encoded.tokens ? { object, offset } : null;
    offset += encoded.tokens?.byteLength ?? 0;
    return { embedding: embeddingOf(study, image, encoded, space), object: image.object, tokens };
  });
}

function embeddingOf(
  { studyKey, patientKey }: StudyTask,
  { imageKey, seriesKey }: ArchivedImage,
  { frame, vector }: EncodedFrame,
  space: SpaceId,
): NewRow['embedding'] {
  return { id: embeddingId(imageKey, frame), imageKey, frame, seriesKey, studyKey, patientKey, spaceId: space, vector };
}
