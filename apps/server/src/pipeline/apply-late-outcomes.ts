import { cleanOutcome } from '@precedent/deid';
import { studyKey } from '@precedent/kernel';
import type { PipelineRooms } from './pipeline-rooms.ts';

const LINES_AT_ONCE = 200;

/**
 * Outcomes that arrive after their study: cleaned by the identifiers of their own line and by patterns, since the study's header
 * is gone from the spool by then. Everything else about them is as at import.
 */
export class ApplyLateOutcomes {
  readonly #rooms: PipelineRooms;

  constructor(rooms: PipelineRooms) {
    this.#rooms = rooms;
  }

  /** @returns how many lines were applied. */
  async run(): Promise<number> {
    const { db, outcomes, journal, archive, audit } = this.#rooms;
    const lines = await outcomes.lateLines(LINES_AT_ONCE);
    if (lines.length === 0) return 0;
    await db.transaction(async (manager) => {
      for (const line of lines)
        await archive.setOutcome(studyKey(line.studyKey), cleanOutcome(line.columns, []), manager);
      await journal.forgetOutcomes(
        lines.map((line) => line.studyInstanceUid),
        manager,
      );
      const detail = { lines: lines.length, late: true };
      await audit.record([{ code: 'outcomes-imported', outcome: 'success', actor: 'pipeline', detail }], manager);
    });
    return lines.length;
  }
}
