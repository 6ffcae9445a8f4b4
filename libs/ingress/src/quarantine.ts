import { randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import type { Clock } from '@precedent/kernel';
import { lockStudies } from './adapters/study-lock.ts';
import type { Enqueue } from './generation-journal.ts';
import type { SpoolFolder } from './spool-folder.ts';

/** One instance that is held back, for the steward. Codes, sizes and times: nothing of the patient, no UID of the hospital. */
export interface HeldInstance {
  readonly id: string;
  readonly source: string;
  readonly reason: string;
  /** What can be done about it. */
  readonly detail: string;
  readonly sopClassUid: string;
  readonly transferSyntax: string;
  readonly sizeBytes: number;
  readonly receivedAt: Date;
  /** Whether `retry` would take it up: its bytes are here and it says which study it belongs to. */
  readonly retryable: boolean;
}

/** Whether a held instance may be tried again; of two that claim one SOP Instance UID, somebody must first take one away. */
const RETRYABLE = `spool_name IS NOT NULL AND study_uid <> '' AND reason <> 'sop-uid-conflict'`;

interface Taken {
  readonly receipt_id: string;
  readonly study_uid: string;
  readonly source: string;
}

/** What a steward does with instances that are held back: look, try again after a setting has changed, reject. */
export class Quarantine {
  readonly #db: DataSource;
  readonly #folder: SpoolFolder;
  readonly #clock: Clock;

  constructor(db: DataSource, folder: SpoolFolder, clock: Clock) {
    this.#db = db;
    this.#folder = folder;
    this.#clock = clock;
  }

  /** In stable order of ids, from after `cursor` on. */
  async list(
    filter: { readonly reason?: string | undefined },
    limit: number,
    cursor?: string,
  ): Promise<HeldInstance[]> {
    const rows: (Omit<HeldInstance, 'sizeBytes'> & { readonly sizeBytes: string })[] = await this.#db.query(
      `SELECT receipt_id AS id, source, reason, coalesce(detail, '') AS detail, sop_class_uid AS "sopClassUid",
              transfer_syntax AS "transferSyntax", size_bytes AS "sizeBytes", received_at AS "receivedAt", (${RETRYABLE}) AS retryable
       FROM ingress.receipt WHERE disposition = 'quarantined' AND ($1::text IS NULL OR reason = $1)
         AND ($2::uuid IS NULL OR receipt_id > $2) ORDER BY receipt_id LIMIT $3`,
      [filter.reason ?? null, cursor ?? null, limit],
    );
    return rows.map((row) => ({ ...row, sizeBytes: Number(row.sizeBytes) }));
  }

  /** Sends these, as a new generation of their study, through the pipeline again. @returns how many could be taken up. */
  async retry(ids: readonly string[], enqueue: Enqueue): Promise<number> {
    return this.#db.transaction(async (manager) => {
      // Before any row is touched, as the door does it: taken the other way round, the two could wait for one another.
      const named: { study_uid: string }[] = await manager.query(
        `SELECT DISTINCT study_uid FROM ingress.receipt WHERE receipt_id = ANY($1)`,
        [ids],
      );
      await lockStudies(
        manager,
        named.map((row) => row.study_uid),
      );
      const [taken] = await manager.query<[Taken[], number]>(
        `UPDATE ingress.receipt SET disposition = NULL, reason = NULL, detail = NULL, settled_at = NULL
         WHERE receipt_id = ANY($1) AND disposition = 'quarantined' AND ${RETRYABLE} RETURNING receipt_id, study_uid, source`,
        [ids],
      );
      const studies = new Set(taken.map((row) => row.study_uid));
      const generations: string[] = [];
      for (const uid of studies)
        generations.push(
          await this.#generationOf(
            manager,
            taken.filter((row) => row.study_uid === uid),
          ),
        );
      if (generations.length > 0) await enqueue(generations, manager);
      return taken.length;
    });
  }

  /**
   * Deletes the bytes of these for good; their receipts stay, as rejected. Their rows are held meanwhile, so that no retry takes
   * up what is being deleted. @returns how many.
   */
  async reject(ids: readonly string[]): Promise<number> {
    return this.#db.transaction(async (manager) => {
      const rows: { receipt_id: string; spool_name: string | null }[] = await manager.query(
        `SELECT receipt_id, spool_name FROM ingress.receipt WHERE receipt_id = ANY($1) AND disposition = 'quarantined'
         ORDER BY receipt_id FOR UPDATE`,
        [ids],
      );
      await this.#folder.remove(rows.flatMap(({ spool_name }) => (spool_name === null ? [] : [spool_name])));
      await manager.query(
        `UPDATE ingress.receipt SET disposition = 'rejected', spool_name = NULL, settled_at = $2 WHERE receipt_id = ANY($1)`,
        [rows.map(({ receipt_id }) => receipt_id), this.#clock.now()],
      );
      return rows.length;
    });
  }

  async #generationOf(manager: EntityManager, taken: readonly Taken[]): Promise<string> {
    const id = randomUUID();
    const [first] = taken;
    await manager.query(
      `INSERT INTO ingress.generation (generation_id, source, study_uid, generation, state, opened_at, last_received_at, sealed_at)
       VALUES ($1, $2, $3::varchar, (SELECT coalesce(max(generation), 0) + 1 FROM ingress.generation WHERE study_uid = $3::varchar), 'sealed', $4, $4, $4)`,
      [id, first?.source, first?.study_uid, this.#clock.now()],
    );
    await manager.query(`UPDATE ingress.receipt SET generation_id = $1 WHERE receipt_id = ANY($2)`, [
      id,
      taken.map((row) => row.receipt_id),
    ]);
    return id;
  }
}
