import type { DataSource } from 'typeorm';
import type { CaseArchive } from '@precedent/archive';
import { cleanOutcome } from '@precedent/deid';
import type { GenerationJournal, StageOutcomes } from '@precedent/ingress';
import type { AuditTrail } from '@precedent/kernel';
import { studyKey } from '@precedent/kernel';

const LINES_AT_ONCE = 200;

/**
 * Outcomes that arrive after their study: cleaned by the identifiers of their own line and by patterns, since the study's header
 * is gone from the spool by then. Everything else about them is as at import.
 */
export class ApplyLateOutcomes {
  readonly #db: DataSource;
  readonly #outcomes: StageOutcomes;
  readonly #journal: GenerationJournal;
  readonly #archive: CaseArchive;
  readonly #audit: AuditTrail;

  constructor(
    db: DataSource,
    outcomes: StageOutcomes,
    journal: GenerationJournal,
    archive: CaseArchive,
    audit: AuditTrail,
  ) {
    this.#db = db;
    this.#outcomes = outcomes;
    this.#journal = journal;
    this.#archive = archive;
    this.#audit = audit;
  }

  /** @returns how many lines were applied. */
  async run(): Promise<number> {
    const lines = await this.#outcomes.lateLines(LINES_AT_ONCE);
    if (lines.length === 0) return 0;
    await this.#db.transaction(async (manager) => {
      for (const line of lines)
        await this.#archive.setOutcome(studyKey(line.studyKey), cleanOutcome(line.columns, []), manager);
      await this.#journal.forgetOutcomes(
        lines.map((line) => line.studyInstanceUid),
        manager,
      );
      const detail = { lines: lines.length, late: true };
      await this.#audit.record([{ code: 'outcomes-imported', outcome: 'success', actor: 'pipeline', detail }], manager);
    });
    return lines.length;
  }
}
