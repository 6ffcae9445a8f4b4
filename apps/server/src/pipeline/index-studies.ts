import type { ArchivedStudy } from '@precedent/archive';
import type { IndexedImage } from '@precedent/case-index';
import type { ImageEmbedding } from '@precedent/embedding';
import type { ProvenanceEntry, StudyKey } from '@precedent/kernel';
import { CodedError } from '@precedent/kernel';
import type { PipelineRooms } from './pipeline-rooms.ts';
import type { StudyJob } from './stages.ts';

/** embedded → indexed, verified by reading back: a study is only called indexed when the store answers with every image of it. */
export class IndexStudies {
  readonly #rooms: PipelineRooms;

  constructor(rooms: PipelineRooms) {
    this.#rooms = rooms;
  }

  async run(jobs: readonly StudyJob[]): Promise<void> {
    const { embedder, archive, index, log } = this.#rooms;
    const keys = [...new Set(jobs.map((job) => job.studyKey))];
    const images = await embedder.embeddingsOf(keys);
    await index.upsert(indexRows(images, await archive.studies(keys)));
    await this.#verify(keys, images.length);
    await this.#commit(jobs, keys, new Set(images.map((image) => image.studyKey)));
    log.event('studies-indexed', { studies: keys.length, images: images.length });
  }

  /** A study without any image that can be shown ends here, visibly. */
  async #commit(jobs: readonly StudyJob[], keys: readonly StudyKey[], shown: ReadonlySet<StudyKey>): Promise<void> {
    const { db, journal, audit, ledger } = this.#rooms;
    const empty = jobs.filter((job) => !shown.has(job.studyKey));
    await db.transaction(async (manager) => {
      await journal.advance(
        jobs.filter((job) => shown.has(job.studyKey)),
        'indexed',
        manager,
      );
      await journal.advance(
        empty.map((job) => ({ ...job, reason: 'no-indexable-image' })),
        'quarantined',
        manager,
      );
      await audit.record(
        [...shown].map((subject) => ({ code: 'study-indexed', outcome: 'success', actor: 'pipeline', subject })),
        manager,
      );
      await ledger.record(
        keys.map((key) => this.#provenanceOf(key)),
        manager,
      );
    });
  }

  async #verify(keys: readonly StudyKey[], expected: number): Promise<void> {
    const found = await this.#rooms.index.count({ op: 'in', field: 'studyKey', values: keys });
    if (found === expected) return;
    throw new CodedError(
      'INDEX_INCOMPLETE',
      `The vector store holds ${found} of ${expected} images of a batch: it is tried again.`,
    );
  }

  #provenanceOf(key: StudyKey): ProvenanceEntry {
    const { space, name } = this.#rooms.index;
    return {
      activity: 'index',
      output: `${key}@${name}`,
      inputs: [`${key}@${space}`],
      parameters: { space, index: name },
    };
  }
}

/** Index rows of embedded images with their study's filter attributes; an image of a study that is gone is left out. */
export function indexRows(
  images: readonly ImageEmbedding[],
  studies: ReadonlyMap<StudyKey, ArchivedStudy>,
): readonly IndexedImage[] {
  return images.flatMap((image) => {
    const study = studies.get(image.studyKey);
    return study === undefined ? [] : [indexRow(image, study)];
  });
}

function indexRow(image: ImageEmbedding, study: ArchivedStudy): IndexedImage {
  return {
    id: image.id,
    seriesKey: image.seriesKey,
    studyKey: image.studyKey,
    patientKey: image.patientKey,
    modality: study.modality,
    bodyPart: study.bodyPart,
    sex: study.sex,
    ageBand: study.ageBand,
    vector: image.vector,
  };
}
