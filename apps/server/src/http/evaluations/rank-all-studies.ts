import type { ArchivedStudy, CaseArchive } from '@precedent/archive';
import type { ImageEmbedder } from '@precedent/embedding';
import type { StudyKey } from '@precedent/kernel';
import type { FindSimilarCases } from '@precedent/retrieval';

/** One study as a query: who it is of, and the studies that answered, best first. */
export interface RankedQuery {
  readonly study: ArchivedStudy;
  readonly ranked: readonly StudyKey[];
}

/** Ranks this deep serve P@10 and mAP@10. */
const DEPTH = 10;
const PAGE = 200;
/** Queries under way at once: the store works on one while the next is prepared. */
const IN_FLIGHT = 4;

/** Asks every archived study as if it had just arrived: leave-one-patient-out, since a patient's own studies never answer. */
export class RankAllStudies {
  readonly #archive: CaseArchive;
  readonly #embedder: ImageEmbedder;
  readonly #cases: FindSimilarCases;

  constructor(archive: CaseArchive, embedder: ImageEmbedder, cases: FindSimilarCases) {
    this.#archive = archive;
    this.#embedder = embedder;
    this.#cases = cases;
  }

  /** Studies without an embedded image can neither ask nor answer; they are left out. */
  async run(): Promise<{ readonly queries: readonly RankedQuery[]; readonly space: string }> {
    const queries: RankedQuery[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await this.#archive.list({ limit: PAGE, cursor });
      queries.push(...(await this.#rankPage(page.studies)));
      cursor = page.next;
    }
    return { queries, space: this.#embedder.space.id };
  }

  async #rankPage(studies: readonly ArchivedStudy[]): Promise<readonly RankedQuery[]> {
    const embeddings = await this.#embedder.embeddingsOf(studies.map((study) => study.studyKey));
    const byStudy = groupBy(embeddings, (embedding) => embedding.studyKey);
    const queue = studies.filter((study) => byStudy.has(study.studyKey));
    const done: RankedQuery[] = [];
    const worker = async (): Promise<void> => {
      for (let study = queue.shift(); study !== undefined; study = queue.shift()) {
        const images = byStudy.get(study.studyKey) ?? [];
        const ranked = await this.#cases.rank(images, study.patientKey, { k: DEPTH });
        done.push({ study, ranked: ranked.map((r) => r.studyKey) });
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
    return done;
  }
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
