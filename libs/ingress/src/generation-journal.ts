import { createHash } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import type { Clock, StudyKey } from '@precedent/kernel';
import { GenerationRow, OutcomeLineRow, ReceiptRow } from './adapters/entities.ts';
import type { Disposition, GenerationState, SealedStudy } from './domain/types.ts';
import type { SpoolFolder } from './spool-folder.ts';

/** What a stage decided on one received instance. `detail` holds no patient data. */
export interface Settlement {
  readonly receiptId: string;
  readonly disposition: Disposition;
  readonly reason?: string;
  readonly detail?: string;
}

/** Hands sealed generations on, within the transaction that seals them. */
export type Enqueue = (ids: string[], within: EntityManager) => Promise<void>;

/** One generation's step. */
export interface Move {
  readonly generationId: string;
  readonly studyKey?: StudyKey;
  readonly reason?: string;
}

const TIME_COLUMN: Partial<Record<GenerationState, string>> = {
  deidentified: 'deidentified_at',
  embedded: 'embedded_at',
  indexed: 'indexed_at',
};

/** States in which a generation has ended and its spool bytes are due for deletion. */
const ENDED = ['indexed', 'quarantined'];

/** The journal of study generations: seals them after their quiet time, hands them on, and records what became of them. */
export class GenerationJournal {
  readonly #db: DataSource;
  readonly #folder: SpoolFolder;
  readonly #clock: Clock;

  constructor(db: DataSource, folder: SpoolFolder, clock: Clock) {
    this.#db = db;
    this.#folder = folder;
    this.#clock = clock;
  }

  /**
   * Seals generations that have been quiet, and hands their ids to `enqueue` in the same transaction: a sealed study without
   * a job, or a job without a sealed study, cannot exist.
   */
  async sealQuiet(quietMs: number, enqueue: Enqueue): Promise<number> {
    return this.#seal({ before: new Date(this.#clock.now().getTime() - quietMs) }, enqueue);
  }

  /** Seals what one source has sent, at its word that it is done: all of it, or these studies (by Study Instance UID). */
  async sealSource(source: string, enqueue: Enqueue, studies?: readonly string[]): Promise<number> {
    return this.#seal({ source, studies }, enqueue);
  }

  /** The sealed ones among these; a generation that is further on has been done before and is left out. */
  async loadSealed(generationIds: readonly string[]): Promise<readonly SealedStudy[]> {
    const generations = await this.#db.manager
      .createQueryBuilder(GenerationRow, 'g')
      .where(`g.generationId = ANY(:ids) AND g.state = 'sealed'`, { ids: generationIds })
      .getMany();
    const receipts = await this.#receiptsOf(generationIds);
    const outcomes = await this.#outcomesOf(generations.map((g) => g.studyUid));
    return generations.map((g) => this.#sealedStudy(g, receipts.get(g.generationId) ?? [], outcomes.get(g.studyUid)));
  }

  /** Moves generations on; each may carry the pseudonym that is known by now and a reason. */
  async advance(moves: readonly Move[], state: GenerationState, within: EntityManager): Promise<void> {
    const time = TIME_COLUMN[state];
    const rows = moves.map((m) => ({ id: m.generationId, k: m.studyKey ?? null, r: m.reason ?? null }));
    await within.query(
      `UPDATE ingress.generation AS g
       SET state = $2, study_key = coalesce(m.k, g.study_key), reason = coalesce(m.r, g.reason)${time === undefined ? '' : `, ${time} = $3`}
       FROM jsonb_to_recordset($1::jsonb) AS m(id uuid, k text, r text) WHERE g.generation_id = m.id`,
      [JSON.stringify(rows), state, ...(time === undefined ? [] : [this.#clock.now()])],
    );
  }

  /** Ends generations whose stage failed for good: quarantined with the fault's code, instances too, bytes kept. */
  async setAside(moves: readonly Move[]): Promise<void> {
    await this.#db.transaction(async (manager) => {
      await this.advance(moves, 'quarantined', manager);
      await manager.query(
        `UPDATE ingress.receipt AS r SET disposition = 'quarantined', reason = m.r, settled_at = $2,
           detail = 'A stage of the pipeline failed every time: see the log for this code, then send the study again.'
         FROM jsonb_to_recordset($1::jsonb) AS m(id uuid, r text)
         WHERE r.generation_id = m.id AND (r.disposition IS NULL OR r.disposition = 'archived')`,
        [JSON.stringify(moves.map((m) => ({ id: m.generationId, r: m.reason }))), this.#clock.now()],
      );
    });
  }

  /** Whether a generation is still on its way. */
  async isOpen(generationId: string): Promise<boolean> {
    const rows: unknown[] = await this.#db.query(
      `SELECT 1 FROM ingress.generation WHERE generation_id = $1 AND NOT (state = ANY($2))`,
      [generationId, ENDED],
    );
    return rows.length > 0;
  }

  async settle(settlements: readonly Settlement[], within: EntityManager): Promise<void> {
    if (settlements.length === 0) return;
    const rows = settlements.map((s) => ({
      id: s.receiptId,
      d: s.disposition,
      r: s.reason ?? null,
      t: s.detail ?? null,
    }));
    await within.query(
      `UPDATE ingress.receipt AS r SET disposition = s.d, reason = s.r, detail = s.t, settled_at = $2
       FROM jsonb_to_recordset($1::jsonb) AS s(id uuid, d text, r text, t text) WHERE r.receipt_id = s.id`,
      [JSON.stringify(rows), this.#clock.now()],
    );
  }

  /** The identified outcome lines of these studies have been cleaned and archived: they go. */
  async forgetOutcomes(studyUids: readonly string[], within: EntityManager): Promise<void> {
    await within
      .createQueryBuilder()
      .delete()
      .from(OutcomeLineRow)
      .where('study_uid = ANY(:studyUids)', { studyUids })
      .execute();
  }

  /**
   * Deletes the spool bytes of every ended generation whose instances are archived. Quarantined instances keep theirs for the
   * steward. Files first, then the row: a crash in between leaves a row whose file is already gone, which is harmless.
   */
  async releaseSpool(): Promise<number> {
    const rows: { receipt_id: string; spool_name: string }[] = await this.#db.query(
      `SELECT r.receipt_id, r.spool_name FROM ingress.receipt r JOIN ingress.generation g USING (generation_id)
       WHERE r.spool_name IS NOT NULL AND r.disposition IN ('archived', 'not-indexable') AND g.state = ANY($1) LIMIT 5000`,
      [ENDED],
    );
    await this.#folder.remove(rows.map((r) => r.spool_name));
    await this.#db.query(`UPDATE ingress.receipt SET spool_name = NULL WHERE receipt_id = ANY($1)`, [
      rows.map((r) => r.receipt_id),
    ]);
    return rows.length;
  }

  /** After a crash: files that were never journalled go, generations sealed without an end are handed out again by their jobs. */
  async recoverSpool(): Promise<number> {
    const rows: { spool_name: string }[] = await this.#db.query(
      `SELECT spool_name FROM ingress.receipt WHERE spool_name IS NOT NULL`,
    );
    return this.#folder.removeUnacknowledged(new Set(rows.map((r) => r.spool_name)));
  }

  async #seal(
    which: { before?: Date; source?: string; studies?: readonly string[] | undefined },
    enqueue: Enqueue,
  ): Promise<number> {
    return this.#db.transaction(async (manager) => {
      const [sealed] = await manager.query<[{ generation_id: string }[], number]>(
        `UPDATE ingress.generation SET state = 'sealed', sealed_at = $1
         WHERE state = 'receiving' AND ($2::timestamptz IS NULL OR last_received_at <= $2)
           AND ($3::text IS NULL OR source = $3) AND ($4::text[] IS NULL OR study_uid = ANY($4))
         RETURNING generation_id`,
        [this.#clock.now(), which.before ?? null, which.source ?? null, which.studies ?? null],
      );
      const ids = sealed.map((row) => row.generation_id);
      if (ids.length > 0) await enqueue(ids, manager);
      return ids.length;
    });
  }

  async #receiptsOf(generationIds: readonly string[]): Promise<Map<string, ReceiptRow[]>> {
    const rows = await this.#db.manager
      .createQueryBuilder(ReceiptRow, 'r')
      .where('r.generationId = ANY(:ids)', { ids: generationIds })
      .andWhere(`(r.disposition IS NULL OR r.disposition IN ('archived', 'not-indexable'))`)
      .orderBy('r.sopUid')
      .getMany();
    const byGeneration = new Map<string, ReceiptRow[]>();
    for (const row of rows) {
      const list = byGeneration.get(row.generationId ?? '');
      if (list === undefined) byGeneration.set(row.generationId ?? '', [row]);
      else list.push(row);
    }
    return byGeneration;
  }

  async #outcomesOf(studyUids: readonly string[]): Promise<Map<string, Record<string, string>>> {
    const rows = await this.#db.manager
      .createQueryBuilder(OutcomeLineRow, 'o')
      .where('o.studyUid = ANY(:studyUids)', { studyUids })
      .getMany();
    return new Map(rows.map((row) => [row.studyUid, row.columns]));
  }

  #sealedStudy(row: GenerationRow, receipts: readonly ReceiptRow[], outcome?: Record<string, string>): SealedStudy {
    const manifest = createHash('sha256');
    for (const digest of receipts.map((r) => r.sha256).sort()) manifest.update(digest);
    return {
      generationId: row.generationId,
      source: row.source,
      studyInstanceUid: row.studyUid,
      generation: row.generation,
      manifestHash: manifest.digest('hex'),
      instances: receipts.flatMap((r) => (r.spoolName === null ? [] : [this.#instance(r, r.spoolName)])),
      ...(outcome === undefined ? {} : { outcome }),
    };
  }

  #instance(row: ReceiptRow, spoolName: string): SealedStudy['instances'][number] {
    return {
      receiptId: row.receiptId,
      spoolPath: this.#folder.path(spoolName),
      sizeBytes: Number(row.sizeBytes),
      sha256: row.sha256,
      sopInstanceUid: row.sopUid,
    };
  }
}
