import type { DataSource, EntityManager } from 'typeorm';
import type { ObjectDigest, SpaceId, StudyKey } from '@precedent/kernel';
import { imageKey, objectDigest, patientKey, seriesKey, studyKey } from '@precedent/kernel';
import type { ImageEmbedding, TokenPlace } from '../domain/types.ts';
import { bytesOf, floatsOf } from './vector-bytes.ts';

/** What is written of one frame. */
export interface NewRow {
  readonly embedding: ImageEmbedding;
  readonly object: ObjectDigest;
  readonly tokens: TokenPlace | null;
}

/**
 * Many rows, one statement: vectors travel as a single binary value and are cut by PostgreSQL. An array of byteas would
 * go as hex text at twice the size. The same row again changes nothing; one made from another object replaces its vector.
 */
const INSERT = `
  INSERT INTO embedding.image_embedding
    (space_id, id, image_key, frame, series_key, study_key, patient_key, object, vector, tokens_object, tokens_offset)
  SELECT $1, r.id, r.image_key, r.frame, r.series_key, r.study_key, r.patient_key, r.object,
         substring($2::bytea from ((r.at - 1) * $3::int + 1)::int for $3::int), r.tokens_object, r.tokens_offset
  FROM unnest($4::text[], $5::text[], $6::int[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::int[])
       WITH ORDINALITY AS r(id, image_key, frame, series_key, study_key, patient_key, object, tokens_object, tokens_offset, at)
  ON CONFLICT (space_id, id) DO UPDATE
    SET object = excluded.object, vector = excluded.vector, tokens_object = excluded.tokens_object,
        tokens_offset = excluded.tokens_offset, created_at = now()
    WHERE image_embedding.object <> excluded.object`;

const SELECT = `
  SELECT id, image_key, frame, series_key, study_key, patient_key, vector FROM embedding.image_embedding`;

interface StoredRow {
  readonly id: string;
  readonly image_key: string;
  readonly frame: number;
  readonly series_key: string;
  readonly study_key: string;
  readonly patient_key: string;
  readonly vector: Buffer;
}

/** The vectors of every space, in PostgreSQL: the source that any vector store can be filled from again. */
export class EmbeddingTable {
  private readonly db: DataSource;

  constructor(db: DataSource) {
    this.db = db;
  }

  /** All rows of one space, written together. */
  async insert(space: SpaceId, rows: readonly NewRow[], within?: EntityManager): Promise<void> {
    const [first] = rows;
    if (!first) return;
    const vectors = Buffer.concat(rows.map(({ embedding }) => bytesOf(embedding.vector)));
    const length = first.embedding.vector.byteLength;
    await (within ?? this.db.manager).query(INSERT, [space, vectors, length, ...columnsOf(rows)]);
  }

  /** Object digests the stored vectors of these studies were made from, by id. */
  async objectsById(space: SpaceId, keys: readonly StudyKey[]): Promise<ReadonlyMap<string, string>> {
    const rows: { id: string; object: string }[] = await this.db.query(
      'SELECT id, object FROM embedding.image_embedding WHERE space_id = $1 AND study_key = ANY($2)',
      [space, keys],
    );
    return new Map(rows.map(({ id, object }) => [id, object]));
  }

  async ofStudies(space: SpaceId, keys: readonly StudyKey[]): Promise<ImageEmbedding[]> {
    const rows: StoredRow[] = await this.db.query(
      `${SELECT} WHERE space_id = $1 AND study_key = ANY($2) ORDER BY study_key, id`,
      [space, keys],
    );
    return rows.map((row) => embeddingOf(row, space));
  }

  /** The next rows after `id` in the order of ids: keyset pages stay right while rows are added. */
  async page(space: SpaceId, after: string, limit: number): Promise<ImageEmbedding[]> {
    const rows: StoredRow[] = await this.db.query(`${SELECT} WHERE space_id = $1 AND id > $2 ORDER BY id LIMIT $3`, [
      space,
      after,
      limit,
    ]);
    return rows.map((row) => embeddingOf(row, space));
  }

  async count(space: SpaceId): Promise<number> {
    const [row]: { n: string }[] = await this.db.query(
      'SELECT count(*) AS n FROM embedding.image_embedding WHERE space_id = $1',
      [space],
    );
    return Number(row?.n ?? 0);
  }

  async tokenPlaces(space: SpaceId, ids: readonly string[]): Promise<ReadonlyMap<string, TokenPlace>> {
    const rows: { id: string; tokens_object: string; tokens_offset: number }[] = await this.db.query(
      `SELECT id, tokens_object, tokens_offset FROM embedding.image_embedding
       WHERE space_id = $1 AND id = ANY($2) AND tokens_object IS NOT NULL`,
      [space, ids],
    );
    return new Map(rows.map((row) => [row.id, { object: objectDigest(row.tokens_object), offset: row.tokens_offset }]));
  }
}

function columnsOf(rows: readonly NewRow[]): readonly unknown[] {
  const column = <T>(pick: (row: NewRow) => T): T[] => rows.map(pick);
  return [
    column(({ embedding }) => embedding.id),
    column(({ embedding }) => embedding.imageKey),
    column(({ embedding }) => embedding.frame),
    column(({ embedding }) => embedding.seriesKey),
    column(({ embedding }) => embedding.studyKey),
    column(({ embedding }) => embedding.patientKey),
    column(({ object }) => object),
    column(({ tokens }) => tokens?.object ?? null),
    column(({ tokens }) => tokens?.offset ?? null),
  ];
}

function embeddingOf(row: StoredRow, space: SpaceId): ImageEmbedding {
  return {
    id: row.id,
    imageKey: imageKey(row.image_key),
    frame: row.frame,
    seriesKey: seriesKey(row.series_key),
    studyKey: studyKey(row.study_key),
    patientKey: patientKey(row.patient_key),
    spaceId: space,
    vector: floatsOf(row.vector),
  };
}
