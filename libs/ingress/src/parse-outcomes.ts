import { isUtf8 } from 'node:buffer';
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

const invalid = (message: string, cause?: unknown): CodedError =>
  new CodedError('OUTCOMES_INVALID', message, cause === undefined ? undefined : { cause });

function readRecords(csv: Buffer | string): Record<string, string>[] {
  // Decoded as UTF-8 regardless, a Latin-1 file would lose its letters without a word.
  if (Buffer.isBuffer(csv) && !isUtf8(csv))
    throw invalid('The outcomes file is not UTF-8: save it as UTF-8 (in a spreadsheet: "CSV UTF-8").');
  let header: readonly string[] = [];
  const columns = (names: string[]): string[] => {
    header = names;
    return names;
  };
  const records = parsed(csv, columns);
  // Asked of the header, not of a line: a file without any line must not pass for one that was taken.
  if (header.includes(STUDY_COLUMN)) return records;
  throw invalid(`The outcomes file has no column ${STUDY_COLUMN}: add it, one study a line.`);
}

function parsed(csv: Buffer | string, columns: (names: string[]) => string[]): Record<string, string>[] {
  try {
    return parse(csv, { columns, bom: true, skip_empty_lines: true, trim: false });
  } catch (cause) {
    throw invalid('The outcomes file is not a CSV with a header line and equal columns: check its quoting.', cause);
  }
}
