import type { CaseArchive } from '@precedent/archive';
import type { CaseIndex } from '@precedent/case-index';
import type { ImageEmbedder, ImageEmbedding } from '@precedent/embedding';
import type { AuditTrail, StudyKey } from '@precedent/kernel';
import { indexRows } from './pipeline/index-studies.ts';

/**
 * The index is a copy that can always be made again: at start, what the archive has embedded and the index lacks is put into it. So a
 * deleted, damaged or exchanged vector store costs a start, never a case.
 */
export class ReconcileIndex {
  readonly #archive: CaseArchive;
  readonly #embedder: ImageEmbedder;
  readonly #index: CaseIndex;
  readonly #audit: AuditTrail;

  constructor(archive: CaseArchive, embedder: ImageEmbedder, index: CaseIndex, audit: AuditTrail) {
    this.#archive = archive;
    this.#embedder = embedder;
    this.#index = index;
    this.#audit = audit;
  }

  /** @returns how many images were put in. */
  async run(): Promise<number> {
    if ((await this.#index.count()) === (await this.#embedder.count())) return 0;
    const present = new Set<string>();
    for await (const page of this.#index.ids()) for (const id of page) present.add(id);
    let added = 0;
    for await (const batch of this.#embedder.all()) {
      added += await this.#add(batch.filter((image) => !present.has(image.id)));
    }
    if (added > 0) {
      const detail = { images: added, store: this.#index.name };
      await this.#audit.record([{ code: 'index-rebuilt', outcome: 'success', actor: 'server', detail }]);
    }
    return added;
  }

  async #add(images: readonly ImageEmbedding[]): Promise<number> {
    if (images.length === 0) return 0;
    const studies = await this.#archive.studies([...new Set<StudyKey>(images.map((image) => image.studyKey))]);
    const rows = indexRows(images, studies);
    await this.#index.upsert(rows);
    return rows.length;
  }
}
