import type { DataSource } from 'typeorm';
import type { ArchivedStudy, CaseArchive } from '@precedent/archive';
import type { CaseIndex, IndexedImage } from '@precedent/case-index';
import type { ImageEmbedder, ImageEmbedding } from '@precedent/embedding';
import type { GenerationJournal } from '@precedent/ingress';
import type { AuditTrail, ProvenanceLedger, StudyKey } from '@precedent/kernel';
import { CodedError } from '@precedent/kernel';
import type { StudyJob } from './stages.ts';

/** embedded → indexed, verified by reading back: a study is only called indexed when the store answers with every image of it. */
export class IndexStudies {
  readonly #db: DataSource;
  readonly #journal: GenerationJournal;
  readonly #embedder: ImageEmbedder;
  readonly #archive: CaseArchive;
  readonly #index: CaseIndex;
  readonly #audit: AuditTrail;
  readonly #ledger: ProvenanceLedger;

  constructor(
    db: DataSource,
    journal: GenerationJournal,
    embedder: ImageEmbedder,
    archive: CaseArchive,
    index: CaseIndex,
    records: { readonly audit: AuditTrail; readonly ledger: ProvenanceLedger },
  ) {
    this.#db = db;
    this.#journal = journal;
    this.#embedder = embedder;
    this.#archive = archive;
    this.#index = index;
    this.#audit = records.audit;
    this.#ledger = records.ledger;
  }

  async run(jobs: readonly StudyJob[]): Promise<void> {
    const keys = [...new Set(jobs.map((job) => job.studyKey))];
    const images = await this.#embedder.embeddingsOf(keys);
    const studies = await this.#archive.studies(keys);
    await this.#index.upsert(indexRows(images, studies));
    await this.#verify(keys, images.length);
    const withImages = new Set<StudyKey>(images.map((image) => image.studyKey));
    await this.#db.transaction(async (manager) => {
      const indexed = jobs.filter((job) => withImages.has(job.studyKey));
      const empty = jobs.filter((job) => !withImages.has(job.studyKey));
      await this.#journal.advance(indexed, 'indexed', manager);
      await this.#journal.advance(
        empty.map((job) => ({ ...job, reason: 'no-indexable-image' })),
        'quarantined',
        manager,
      );
      await this.#audit.record(
        [...withImages].map((subject) => ({ code: 'study-indexed', outcome: 'success', actor: 'pipeline', subject })),
        manager,
      );
      await this.#ledger.record(
        keys.map((key) => this.#provenanceOf(key)),
        manager,
      );
    });
  }

  async #verify(keys: readonly StudyKey[], expected: number): Promise<void> {
    const found = await this.#index.count({ op: 'in', field: 'studyKey', values: keys });
    if (found === expected) return;
    throw new CodedError(
      'INDEX_INCOMPLETE',
      `The vector store holds ${found} of ${expected} images of a batch: it is tried again.`,
    );
  }

  #provenanceOf(key: StudyKey): Parameters<ProvenanceLedger['record']>[0][number] {
    const { space, name } = this.#index;
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
