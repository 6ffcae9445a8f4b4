import { createHash, randomUUID } from 'node:crypto';
import type { CaseArchive } from '@precedent/archive';
import type { CaseIndex, Filter, IndexedImage } from '@precedent/case-index';
import type { ImageEmbedding } from '@precedent/embedding';
import type { PatientKey, ProvenanceLedger, StudyKey } from '@precedent/kernel';
import { imageKey } from '@precedent/kernel';
import type { RankedStudy } from './domain/rank-studies.ts';
import { byRank, compareStudies } from './domain/rank-studies.ts';
import type {
  CaseFilter,
  SimilarCase,
  SimilarCasesAnswer,
  SimilarCasesOptions,
  SimilarCasesQuery,
} from './domain/types.ts';

/** Image neighbours fetched per query image; studies are formed from them. */
const NEIGHBOURS_PER_IMAGE = 200;
/** Studies compared image by image in the second step, at least; more when more cases are asked for. */
const CANDIDATE_STUDIES = 60;
/** Query images used of a large study, evenly spaced: beyond this the ranking no longer changes but the search does. */
const MAX_QUERY_IMAGES = 32;

interface QueryImage {
  readonly id: string;
  readonly vector: Float32Array;
}

interface ResolvedQuery {
  readonly images: readonly QueryImage[];
  readonly patient: PatientKey | undefined;
  readonly inputs: readonly string[];
}

/** Where the embeddings of archived images come from. */
export interface EmbeddedImages {
  embeddingsOf(studyKeys: readonly StudyKey[]): Promise<readonly ImageEmbedding[]>;
}

/**
 * Similar prior cases: nearest images per query image, grouped to studies, then studies compared image by image. Images of the
 * query's own patient never answer.
 */
export class FindSimilarCases {
  readonly #archive: CaseArchive;
  readonly #embedded: EmbeddedImages;
  readonly #index: CaseIndex;
  readonly #ledger: ProvenanceLedger;

  constructor(archive: CaseArchive, embedded: EmbeddedImages, index: CaseIndex, ledger: ProvenanceLedger) {
    this.#archive = archive;
    this.#embedded = embedded;
    this.#index = index;
    this.#ledger = ledger;
  }

  async find(query: SimilarCasesQuery, options: SimilarCasesOptions): Promise<SimilarCasesAnswer> {
    const resolved = await this.#resolve(query);
    if ('kind' in resolved) return resolved;
    const ranked = await this.rank(resolved.images, resolved.patient, options);
    const results = await this.#withStudies(ranked);
    const answerId = randomUUID();
    await this.#ledger.record([
      {
        activity: 'answer',
        output: answerId,
        inputs: resolved.inputs,
        parameters: {
          space: this.#index.space,
          index: this.#index.name,
          k: options.k,
          filter: JSON.stringify(options.filter ?? {}),
          results: createHash('sha256')
            .update(results.map((r) => r.study.studyKey).join())
            .digest('hex'),
        },
      },
    ]);
    const searchedImages = await this.#index.count();
    return { kind: 'answered', answerId, spaceId: this.#index.space, searchedImages, results };
  }

  /** The ranked studies alone, without provenance: what an evaluation asks a thousand times. */
  async rank(
    images: readonly QueryImage[],
    patient: PatientKey | undefined,
    options: SimilarCasesOptions,
  ): Promise<readonly RankedStudy<StudyKey>[]> {
    const query = evenly(images, MAX_QUERY_IMAGES);
    const filter = filterOf(options.filter, patient);
    const wanted = Math.max(CANDIDATE_STUDIES, options.k * 2);
    const candidates = await this.#candidates(query, filter, wanted);
    const vectors = groupByStudy(await this.#index.vectorsOf(candidates));
    return [...vectors]
      .filter(([, stored]) => stored[0]?.patientKey !== patient)
      .map(([studyKey, stored]) => compareStudies(query, { studyKey, images: stored }))
      .sort(byRank)
      .slice(0, options.k);
  }

  /** Studies by the mean of their best match per query image; widened until enough studies are there or the index is spent. */
  async #candidates(query: readonly QueryImage[], filter: Filter | undefined, wanted: number): Promise<StudyKey[]> {
    for (let k = NEIGHBOURS_PER_IMAGE; ; k *= 4) {
      const lists = await Promise.all(
        query.map((q) => this.#index.search({ vector: q.vector, k, ...(filter && { filter }) })),
      );
      const best = new Map<StudyKey, number[]>();
      lists.forEach((neighbours, at) => {
        for (const n of neighbours) {
          const scores = best.get(n.studyKey) ?? [];
          scores[at] = Math.max(scores[at] ?? -1, n.score);
          best.set(n.studyKey, scores);
        }
      });
      const spent = lists.every((neighbours) => neighbours.length < k) || k * 4 > 16_384;
      if (best.size >= wanted || spent) return topStudies(best, query.length, wanted);
    }
  }

  async #resolve(query: SimilarCasesQuery): Promise<ResolvedQuery | SimilarCasesAnswer> {
    if (query.kind === 'vectors') {
      const images = query.vectors.map((vector, at) => ({ id: `upload.${at}`, vector }));
      return { images, patient: query.excludePatient, inputs: [] };
    }
    return query.kind === 'study' ? this.#resolveStudy(query.studyKey) : this.#resolveImage(query.imageKey);
  }

  async #resolveStudy(studyKey: StudyKey): Promise<ResolvedQuery | SimilarCasesAnswer> {
    const study = await this.#archive.study(studyKey);
    if (study === null) return { kind: 'unknown-study' };
    const images = await this.#embedded.embeddingsOf([studyKey]);
    if (images.length === 0) return { kind: 'not-embedded' };
    return { images, patient: study.patientKey, inputs: [studyKey] };
  }

  async #resolveImage(key: string): Promise<ResolvedQuery | SimilarCasesAnswer> {
    const image = await this.#archive.image(imageKey(key));
    if (image === null) return { kind: 'unknown-image' };
    const images = (await this.#embedded.embeddingsOf([image.studyKey])).filter((e) => e.imageKey === image.imageKey);
    const study = await this.#archive.study(image.studyKey);
    if (images.length === 0) return { kind: 'not-embedded' };
    return { images, patient: study?.patientKey, inputs: [key] };
  }

  async #withStudies(ranked: readonly RankedStudy<StudyKey>[]): Promise<SimilarCase[]> {
    const studies = await this.#archive.studies(ranked.map((r) => r.studyKey));
    return ranked
      .flatMap((r) => {
        const study = studies.get(r.studyKey);
        return study === undefined ? [] : [{ score: r.score, study, bestMatch: r.bestMatch }];
      })
      .map((result, at) => ({ rank: at + 1, ...result }));
  }
}

/** The user's filter, and never the query's own patient. */
export function filterOf(filter: CaseFilter | undefined, patient: PatientKey | undefined): Filter | undefined {
  const parts: Filter[] = [];
  for (const field of ['modality', 'bodyPart', 'sex', 'ageBand'] as const) {
    const values = filter?.[field];
    if (values !== undefined && values.length > 0) parts.push({ op: 'in', field, values });
  }
  if (patient !== undefined) parts.push({ op: 'not', filter: { op: 'eq', field: 'patientKey', value: patient } });
  return parts.length === 0 ? undefined : { op: 'and', filters: parts };
}

function topStudies(best: ReadonlyMap<StudyKey, readonly number[]>, images: number, wanted: number): StudyKey[] {
  // `scores` has holes where a query image did not meet the study: reduce passes over them, which counts them as 0.
  const mean = (scores: readonly number[]): number => scores.reduce((sum, s) => sum + s, 0) / images;
  return [...best]
    .map(([studyKey, scores]) => ({ studyKey, score: mean(scores) }))
    .sort((a, b) => b.score - a.score || (a.studyKey < b.studyKey ? -1 : 1))
    .slice(0, wanted)
    .map(({ studyKey }) => studyKey);
}

function groupByStudy(images: readonly IndexedImage[]): Map<StudyKey, IndexedImage[]> {
  const groups = new Map<StudyKey, IndexedImage[]>();
  for (const image of images) {
    const group = groups.get(image.studyKey);
    if (group === undefined) groups.set(image.studyKey, [image]);
    else group.push(image);
  }
  return groups;
}

function evenly<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, i) => items[Math.floor((i * items.length) / most)] as T);
}
