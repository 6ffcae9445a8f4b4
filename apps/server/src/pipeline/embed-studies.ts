import type { ProvenanceEntry } from '@precedent/kernel';
import type { PipelineRooms } from './pipeline-rooms.ts';
import type { StudyJob } from './stages.ts';
import { QUEUES } from './stages.ts';

/** archived → embedded: vectors and token maps are durable, images that cannot be shown are marked with why. */
export class EmbedStudies {
  readonly #rooms: PipelineRooms;

  constructor(rooms: PipelineRooms) {
    this.#rooms = rooms;
  }

  async run(jobs: readonly StudyJob[]): Promise<void> {
    const { db, journal, embedder, archive, queue, audit, ledger } = this.#rooms;
    const keys = [...new Set(jobs.map((job) => job.studyKey))];
    const before = performance.now();
    const report = await embedder.embedStudies(keys);
    const durationMs = Math.round(performance.now() - before);
    await db.transaction(async (manager) => {
      for (const { imageKey, reason } of report.failed) await archive.markNotIndexable(imageKey, reason, manager);
      await journal.advance(jobs, 'embedded', manager);
      await queue.send(QUEUES.index, jobs, { within: manager });
      await audit.record(
        keys.map((subject) => ({ code: 'study-embedded', outcome: 'success', actor: 'pipeline', subject })),
        manager,
      );
      await ledger.record(
        keys.map((key) => this.#provenanceOf(key, report.embedded)),
        manager,
      );
    });
    const counts = { studies: keys.length, images: report.embedded, failed: report.failed.length };
    this.#rooms.log.event('studies-embedded', { ...counts, durationMs });
  }

  #provenanceOf(key: string, embedded: number): ProvenanceEntry {
    const { space } = this.#rooms.embedder;
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
