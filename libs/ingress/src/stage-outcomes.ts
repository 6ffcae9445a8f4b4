import type { DataSource } from 'typeorm';
import type { Clock } from '@precedent/kernel';

/** One outcome line of a hospital's CSV: the study it belongs to and its columns, identified. */
export interface OutcomeLine {
  readonly studyInstanceUid: string;
  readonly columns: Readonly<Record<string, string>>;
}

/** Lines of one INSERT; a line is a few kB of text. */
const LINES_PER_STATEMENT = 500;

/** Keeps outcome lines until their study is de-identified: only then are the names known that must not stay in their texts. */
export class StageOutcomes {
  readonly #db: DataSource;
  readonly #clock: Clock;

  constructor(db: DataSource, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  async stage(lines: readonly OutcomeLine[]): Promise<void> {
    for (let at = 0; at < lines.length; at += LINES_PER_STATEMENT) {
      await this.#insert(lines.slice(at, at + LINES_PER_STATEMENT));
    }
  }

  /** Lines that wait although their study is archived already (they came late): oldest first. */
  async lateLines(limit: number): Promise<readonly (OutcomeLine & { readonly studyKey: string })[]> {
    const rows: { study_uid: string; columns: Record<string, string>; study_key: string }[] = await this.#db.query(
      `SELECT o.study_uid, o.columns, min(g.study_key) AS study_key FROM ingress.outcome o
       JOIN ingress.generation g ON g.study_uid = o.study_uid AND g.study_key IS NOT NULL
         AND g.state IN ('deidentified', 'embedded', 'indexed')
       WHERE NOT EXISTS (SELECT 1 FROM ingress.generation w WHERE w.study_uid = o.study_uid AND w.state IN ('receiving', 'sealed'))
       GROUP BY 1, 2 ORDER BY 1 LIMIT $1`,
      [limit],
    );
    return rows.map((r) => ({ studyInstanceUid: r.study_uid, columns: r.columns, studyKey: r.study_key }));
  }

  /**
   * Deletes lines that have waited this long for a study that has not come: identified text is not kept for ever.
   * @returns how many.
   */
  async forgetWaiting(days: number): Promise<number> {
    const before = new Date(this.#clock.now().getTime() - days * 86_400_000);
    const [, count] = await this.#db.query<[unknown, number]>(`DELETE FROM ingress.outcome WHERE received_at < $1`, [
      before,
    ]);
    return count;
  }

  async #insert(lines: readonly OutcomeLine[]): Promise<void> {
    const rows = lines.map((line) => ({ u: line.studyInstanceUid, c: line.columns }));
    await this.#db.query(
      `INSERT INTO ingress.outcome (study_uid, columns, received_at)
       SELECT u, c, $2 FROM jsonb_to_recordset($1::jsonb) AS l(u text, c jsonb)
       ON CONFLICT (study_uid) DO UPDATE SET columns = excluded.columns, received_at = excluded.received_at`,
      [JSON.stringify(rows), this.#clock.now()],
    );
  }
}
