import type { DataSource, EntityManager } from 'typeorm';
import type { DeidentifiedStudy, CleanedOutcome } from '@precedent/deid';
import type { ImageKey, StudyKey } from '@precedent/kernel';
import type { ObjectStore } from '@precedent/platform';
import { ImageRow, OutcomeRow, StudyRow } from './adapters/entities.ts';
import type { JoinedStudy } from './adapters/rows.ts';
import { imageOf, imageRowOf, studyOf, studyRowOf } from './adapters/rows.ts';
import type { ArchivedImage, ArchivedStudy, StudyPage } from './domain/types.ts';

const SELECT_STUDY = `
  SELECT s.study_key, s.patient_key, s.generation, s.modality, s.body_part, s.sex, s.age_years, s.age_band, s.manufacturer,
         s.study_date, o.columns AS outcome, c.series_count::int, c.image_count::int
  FROM archive.study s
  LEFT JOIN archive.outcome o ON o.study_key = s.study_key
  CROSS JOIN LATERAL (SELECT count(DISTINCT i.series_key) AS series_count, count(*) AS image_count
                      FROM archive.image i WHERE i.study_key = s.study_key) c`;

/** The study's columns that a later generation may fill in or raise. */
const STUDY_UPDATE = ['generation', 'deid_profile', 'deid_profile_sha256', 'deid_key_id', 'uncleaned_pixels'];
const IMAGE_UPDATE = ['object', 'size_bytes', 'transfer_syntax', 'rows', 'columns', 'frames', 'not_indexable'];

export interface ArchiveCounts {
  readonly patients: number;
  readonly studies: number;
  readonly images: number;
  readonly outcomes: number;
  readonly notIndexable: Readonly<Record<string, number>>;
}

/** The de-identified case record: studies, images, outcomes and their objects. Takes `DeidentifiedStudy` and nothing earlier. */
export class CaseArchive {
  readonly #db: DataSource;
  readonly #store: ObjectStore;

  constructor(db: DataSource, store: ObjectStore) {
    this.#db = db;
    this.#store = store;
  }

  /** Objects first, durable, so that no row ever names bytes that are not there. Idempotent. */
  async storeObjects(studies: readonly DeidentifiedStudy[]): Promise<void> {
    await this.#store.putMany(studies.flatMap((study) => study.instances.map((instance) => instance.bytes)));
  }

  /** Writes the rows of studies whose objects are stored. Running it twice changes nothing. */
  async admit(studies: readonly DeidentifiedStudy[], within?: EntityManager): Promise<void> {
    const manager = within ?? this.#db.manager;
    const images = studies.flatMap((study) => study.instances.map((instance) => imageRowOf(study, instance)));
    if (images.length === 0) return;
    await upsert(manager, StudyRow, studies.map(studyRowOf), STUDY_UPDATE, ['study_key']);
    await upsert(manager, ImageRow, images, IMAGE_UPDATE, ['image_key']);
    for (const study of studies) {
      if (study.outcome !== null) await this.setOutcome(study.studyKey, study.outcome, manager);
    }
  }

  async setOutcome(key: StudyKey, columns: CleanedOutcome, within?: EntityManager): Promise<void> {
    const row = { studyKey: key as string, columns: { ...columns } };
    await upsert(within ?? this.#db.manager, OutcomeRow, [row], ['columns'], ['study_key']);
  }

  async markNotIndexable(key: ImageKey, reason: string, within?: EntityManager): Promise<void> {
    await (within ?? this.#db.manager).update(ImageRow, { imageKey: key }, { notIndexable: reason });
  }

  async study(key: StudyKey): Promise<ArchivedStudy | null> {
    return (await this.studies([key])).get(key) ?? null;
  }

  async studies(keys: readonly StudyKey[]): Promise<ReadonlyMap<StudyKey, ArchivedStudy>> {
    const rows: JoinedStudy[] = await this.#db.query(`${SELECT_STUDY} WHERE s.study_key = ANY($1)`, [keys]);
    return new Map(rows.map(studyOf).map((study) => [study.studyKey, study]));
  }

  /** Studies in stable order of their key. `cursor` is the last key of the page before. */
  async list(options: { limit: number; cursor?: string; modality?: string }): Promise<StudyPage> {
    const rows: JoinedStudy[] = await this.#db.query(
      `${SELECT_STUDY} WHERE s.study_key > $1 AND ($2 = '' OR s.modality = $2) ORDER BY s.study_key LIMIT $3`,
      [options.cursor ?? '', options.modality ?? '', options.limit + 1],
    );
    const studies = rows.slice(0, options.limit).map(studyOf);
    const more = rows.length > options.limit;
    return { studies, next: more ? (studies.at(-1)?.studyKey ?? null) : null };
  }

  /** Images in the order of series, then instance number, then key. */
  async imagesOf(keys: readonly StudyKey[]): Promise<readonly ArchivedImage[]> {
    const rows = await this.#db.manager
      .createQueryBuilder(ImageRow, 'i')
      .where('i.studyKey = ANY(:keys)', { keys })
      .orderBy('i.studyKey')
      .addOrderBy('i.seriesNumber', 'ASC', 'NULLS LAST')
      .addOrderBy('i.seriesKey')
      .addOrderBy('i.instanceNumber', 'ASC', 'NULLS LAST')
      .addOrderBy('i.imageKey')
      .getMany();
    return rows.map(imageOf);
  }

  async image(key: ImageKey): Promise<ArchivedImage | null> {
    const row = await this.#db.manager.findOneBy(ImageRow, { imageKey: key });
    return row === null ? null : imageOf(row);
  }

  /** Where the object's bytes are, for a child process that reads them itself. */
  objectPath(image: ArchivedImage): string {
    return this.#store.path(image.object);
  }

  async counts(): Promise<ArchiveCounts> {
    const [totals]: { patients: number; studies: number; images: number; outcomes: number }[] = await this.#db.query(
      `SELECT (SELECT count(DISTINCT patient_key)::int FROM archive.study) AS patients,
              (SELECT count(*)::int FROM archive.study) AS studies,
              (SELECT count(*)::int FROM archive.image) AS images,
              (SELECT count(*)::int FROM archive.outcome) AS outcomes`,
    );
    const reasons: { reason: string; n: number }[] = await this.#db.query(
      `SELECT not_indexable AS reason, count(*)::int AS n FROM archive.image WHERE not_indexable IS NOT NULL GROUP BY 1`,
    );
    const base = totals ?? { patients: 0, studies: 0, images: 0, outcomes: 0 };
    return { ...base, notIndexable: Object.fromEntries(reasons.map(({ reason, n }) => [reason, n])) };
  }
}

async function upsert<T extends object>(
  manager: EntityManager,
  entity: new () => T,
  rows: readonly T[],
  overwrite: string[],
  conflict: string[],
): Promise<void> {
  const builder = manager.createQueryBuilder().insert().into(entity);
  await builder
    .values(rows as never) // TypeORM's deep-partial type rejects jsonb records; the rows are complete entities
    .orUpdate(overwrite, conflict)
    .updateEntity(false)
    .execute();
}
