import { parse } from 'csv-parse/sync';
import { CodedError } from '@precedent/kernel';
import type { OutcomeLine } from './stage-outcomes.ts';

/** The column that names the study an outcome line belongs to. */
export const STUDY_COLUMN = 'study_instance_uid';
/** PS3.5 9.1: at most 64 characters of digits and dots. */
const UID = /^[0-9.]{1,64}$/;

export interface ParsedOutcomes {
  readonly lines: readonly OutcomeLine[];
  /** Line numbers (from 1, the header being 1) whose study UID is missing or not a UID. */
  readonly skipped: readonly number[];
}

/**
 * Reads an outcomes CSV (RFC 4180, UTF-8, header line). Throws OUTCOMES_INVALID with a sentence when it is not one; lines without
 * a usable study UID are named by number and left out.
 */
export function parseOutcomes(csv: Buffer | string): ParsedOutcomes {
  const records = readRecords(csv);
  const lines: OutcomeLine[] = [];
  const skipped: number[] = [];
  records.forEach((columns, at) => {
    const studyInstanceUid = (columns[STUDY_COLUMN] ?? '').trim();
    if (UID.test(studyInstanceUid)) lines.push({ studyInstanceUid, columns });
    else skipped.push(at + 2);
  });
  return { lines, skipped };
}

function readRecords(csv: Buffer | string): Record<string, string>[] {
  let records: Record<string, string>[];
  try {
    records = parse(csv, { columns: true, bom: true, skip_empty_lines: true, trim: false });
  } catch (cause) {
    throw new CodedError(
      'OUTCOMES_INVALID',
      'The outcomes file is not a CSV with a header line and equal columns: check its quoting.',
      {
        cause,
      },
    );
  }
  if (records[0] !== undefined && !(STUDY_COLUMN in records[0])) {
    throw new CodedError(
      'OUTCOMES_INVALID',
      `The outcomes file has no column ${STUDY_COLUMN}: add it, one study a line.`,
    );
  }
  return records;
}
