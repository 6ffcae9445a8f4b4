import type { DataSource } from 'typeorm';
import type { GenerationState } from './domain/types.ts';

/** How far everything received has come. Counts and codes only. */
export interface IngressCounts {
  readonly generations: Readonly<Partial<Record<GenerationState, number>>>;
  readonly instances: {
    readonly received: number;
    readonly pending: number;
    readonly archived: number;
    readonly duplicate: number;
    readonly quarantined: number;
    readonly notIndexable: number;
  };
  /** Instances held back, by reason code. */
  readonly quarantine: Readonly<Record<string, number>>;
}

/** What has come from one source: the name of a door, or `dimse:` and the AE title of a configured peer. */
export interface SourceStatus {
  readonly source: string;
  readonly instances: number;
  readonly pending: number;
  readonly quarantined: number;
  readonly lastReceivedAt: Date;
}

/** One study generation for an administrator: pseudonym, state and times; no UID. */
export interface GenerationStatus {
  readonly source: string;
  readonly studyKey: string | null;
  readonly generation: number;
  readonly state: GenerationState;
  readonly reason: string | null;
  readonly instances: number;
  readonly quarantined: number;
  readonly receivedAt: Date;
  readonly sealedAt: Date | null;
  readonly deidentifiedAt: Date | null;
  readonly embeddedAt: Date | null;
  readonly indexedAt: Date | null;
}

interface DispositionCount {
  readonly disposition: string;
  readonly n: number;
}

export class IngressStatus {
  readonly #db: DataSource;

  constructor(db: DataSource) {
    this.#db = db;
  }

  async counts(): Promise<IngressCounts> {
    const states: { state: GenerationState; n: number }[] = await this.#db.query(
      `SELECT state, count(*)::int AS n FROM ingress.generation GROUP BY 1`,
    );
    const dispositions: DispositionCount[] = await this.#db.query(
      `SELECT coalesce(disposition, 'pending') AS disposition, count(*)::int AS n FROM ingress.receipt GROUP BY 1`,
    );
    const reasons: { reason: string; n: number }[] = await this.#db.query(
      `SELECT reason, count(*)::int AS n FROM ingress.receipt WHERE disposition = 'quarantined' GROUP BY 1`,
    );
    return {
      generations: Object.fromEntries(states.map(({ state, n }) => [state, n])),
      instances: instanceCounts(dispositions),
      quarantine: Object.fromEntries(reasons.map(({ reason, n }) => [reason, n])),
    };
  }

  /** The one heard of last comes first; 100 at most. */
  async sources(): Promise<readonly SourceStatus[]> {
    return this.#db.query<SourceStatus[]>(
      `SELECT source, count(*)::int AS instances, (count(*) FILTER (WHERE disposition IS NULL))::int AS pending,
              (count(*) FILTER (WHERE disposition = 'quarantined'))::int AS quarantined, max(received_at) AS "lastReceivedAt"
       FROM ingress.receipt WHERE disposition IS NULL OR NOT (disposition = ANY($1))
       GROUP BY source ORDER BY max(received_at) DESC, source LIMIT 100`,
      [GONE],
    );
  }

  /** Newest first; `limit` at most. */
  async generations(limit: number, offset: number): Promise<readonly GenerationStatus[]> {
    return this.#db.query<GenerationStatus[]>(
      `SELECT g.source, g.study_key AS "studyKey", g.generation, g.state, g.reason, g.opened_at AS "receivedAt", g.sealed_at AS "sealedAt",
              g.deidentified_at AS "deidentifiedAt", g.embedded_at AS "embeddedAt", g.indexed_at AS "indexedAt",
              c.instances, c.quarantined
       FROM ingress.generation g CROSS JOIN LATERAL (
         SELECT count(*)::int AS instances, (count(*) FILTER (WHERE r.disposition = 'quarantined'))::int AS quarantined
         FROM ingress.receipt r WHERE r.generation_id = g.generation_id) c
       ORDER BY g.opened_at DESC, g.generation_id LIMIT $1 OFFSET $2`,
      [limit, offset],
    );
  }
}

/** Bytes that have given way to the same bytes, or that a steward has rejected: no longer among what was received. */
const GONE = ['superseded', 'rejected'];

function instanceCounts(rows: readonly DispositionCount[]): IngressCounts['instances'] {
  const of = (name: string): number => rows.find((row) => row.disposition === name)?.n ?? 0;
  return {
    received: rows.reduce((sum, row) => sum + (GONE.includes(row.disposition) ? 0 : row.n), 0),
    pending: of('pending'),
    archived: of('archived'),
    duplicate: of('duplicate'),
    quarantined: of('quarantined'),
    notIndexable: of('not-indexable'),
  };
}
