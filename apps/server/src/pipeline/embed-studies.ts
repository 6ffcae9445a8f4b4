import type { DataSource } from 'typeorm';
import type { CaseArchive } from '@precedent/archive';
import type { ImageEmbedder } from '@precedent/embedding';
import type { GenerationJournal } from '@precedent/ingress';
import type { AuditTrail, ProvenanceEntry, ProvenanceLedger } from '@precedent/kernel';
import type { JobQueue } from '@precedent/platform';
import type { StudyJob } from './stages.ts';
import { QUEUES } from './stages.ts';

/** archived → embedded: vectors and token maps are durable, images that cannot be shown are marked with why. */
export class EmbedStudies {
  readonly #db: DataSource;
  readonly #journal: GenerationJournal;
  readonly #embedder: ImageEmbedder;
  readonly #archive: CaseArchive;
  readonly #queue: JobQueue;
  readonly #audit: AuditTrail;
  readonly #ledger: ProvenanceLedger;

  constructor(
    db: DataSource,
    journal: GenerationJournal,
    embedder: ImageEmbedder,
    archive: CaseArchive,
    queue: JobQueue,
    records: { readonly audit: AuditTrail; readonly ledger: ProvenanceLedger },
  ) {
    this.#db = db;
    this.#journal = journal;
    this.#embedder = embedder;
    this.#archive = archive;
    this.#queue = queue;
    this.#audit = records.audit;
    this.#ledger = records.ledger;
  }

  async run(jobs: readonly StudyJob[]): Promise<void> {
    const keys = [...new Set(jobs.map((job) => job.studyKey))];
    const { embedded, failed } = await this.#embedder.embedStudies(keys);
    await this.#db.transaction(async (manager) => {
      for (const { imageKey, reason } of failed) await this.#archive.markNotIndexable(imageKey, reason, manager);
      await this.#journal.advance(jobs, 'embedded', manager);
      await this.#queue.send(QUEUES.index, jobs, { within: manager });
      await this.#audit.record(
        keys.map((subject) => ({ code: 'study-embedded', outcome: 'success', actor: 'pipeline', subject })),
        manager,
      );
      await this.#ledger.record(
        keys.map((key) => this.#provenanceOf(key, embedded)),
        manager,
      );
    });
  }

  #provenanceOf(key: string, embedded: number): ProvenanceEntry {
    const { space } = this.#embedder;
    return {
      activity: 'embed',
      output: `${key}@${space.id}`,
      inputs: [key],
      parameters: {
        space: space.id,
        model: space.model,
        revision: space.revision,
        weightsSha256: space.weightsSha256,
        preprocessingSha256: space.preprocessingSha256,
        providerClass: space.providerClass,
        imagesInBatch: embedded,
      },
    };
  }
}
