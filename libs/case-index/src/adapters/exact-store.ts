import { indexFault } from '../case-index.errors.ts';
import { MAX_BATCH_ROWS } from '../domain/check.ts';
import type { PackedRows } from '../domain/packed-rows.ts';
import { RowTable } from '../domain/row-table.ts';
import type { Filter, Neighbour } from '../domain/types.ts';
import { SegmentFile } from './segment-file.ts';
import type { StoredRecord } from './segment-file.ts';
import { decodeRows, decodeStudyKeys, encodeRows, encodeStudyKeys, RecordKind } from './segment-format.ts';

/** Dead rows are rewritten away when they are this share of the file, and never for fewer than MIN_DEAD_ROWS. */
const DEAD_SHARE = 0.25;
const MIN_DEAD_ROWS = 2000;

export interface StoreOptions {
  readonly directory: string;
  readonly space: string;
  readonly dimension: number;
}

export interface StoreStatus {
  readonly rows: number;
  readonly bytes: number;
  readonly cutBytes: number;
  readonly compactionFailed: boolean;
}

export interface StoreSearch {
  readonly vector: Float32Array;
  readonly k: number;
  readonly filter: Filter | undefined;
  /** Milliseconds since the epoch. */
  readonly deadlineAt: number;
}

/** Rows in memory, and behind them the file: a change is on disk before it is in memory. */
export class ExactStore {
  readonly #options: StoreOptions;
  readonly #file: SegmentFile;
  #table: RowTable;
  #deadRows = 0;
  #compactionFailed = false;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#table = new RowTable(options.dimension);
    this.#file = SegmentFile.open(options.directory, options, (record) => this.#apply(record));
    // A deleted patient's vectors must not outlive the next start.
    if (this.#deadRows > 0) this.compact();
  }

  #apply({ kind, body }: StoredRecord): number {
    if (kind === RecordKind.deleteStudies) {
      const gone = this.#table.deleteStudies(decodeStudyKeys(body));
      this.#deadRows += gone;
      return gone;
    }
    const replaced = this.#table.put(decodeRows(body));
    this.#deadRows += replaced;
    return replaced;
  }

  upsert(rows: PackedRows): void {
    this.#file.append(RecordKind.rows, encodeRows(rows));
    this.#deadRows += this.#table.put(rows);
    this.#compactIfWorthwhile();
  }

  deleteStudies(studyKeys: readonly string[]): number {
    if (this.#table.count({ op: 'in', field: 'studyKey', values: studyKeys }) === 0) return 0;
    const body = encodeStudyKeys(studyKeys);
    this.#file.append(RecordKind.deleteStudies, body);
    const gone = this.#apply({ kind: RecordKind.deleteStudies, body });
    this.#compactIfWorthwhile();
    return gone;
  }

  search({ vector, k, filter, deadlineAt }: StoreSearch): readonly Neighbour[] {
    return this.#table.search({ vector, k, filter }, () => {
      if (Date.now() > deadlineAt) throw indexFault('INDEX_DEADLINE');
    });
  }

  count(filter: Filter | undefined): number {
    return this.#table.count(filter);
  }

  vectorsOf(studyKeys: readonly string[]): PackedRows {
    return this.#table.rowsOfStudies(studyKeys);
  }

  idsAfter(after: string, limit: number): readonly string[] {
    return this.#table.idsAfter(after, limit);
  }

  status(): StoreStatus {
    const { bytes, cutBytes } = this.#file;
    return { rows: this.#table.size, bytes, cutBytes, compactionFailed: this.#compactionFailed };
  }

  compact(): void {
    this.#file.rewrite(this.#options.directory, recordsOf(this.#table));
    this.#deadRows = 0;
    this.#compactionFailed = false;
  }

  reset(): void {
    this.#file.rewrite(this.#options.directory, []);
    this.#table = new RowTable(this.#options.dimension);
    this.#deadRows = 0;
  }

  close(): void {
    this.#file.close();
  }

  /** The write that led here is on disk already: a failed compaction is shown by `status`, not blamed on that write. */
  #compactIfWorthwhile(): void {
    const worthwhile = Math.max(MIN_DEAD_ROWS, (this.#table.size + this.#deadRows) * DEAD_SHARE);
    if (this.#compactionFailed || this.#deadRows < worthwhile) return;
    try {
      this.compact();
    } catch {
      this.#compactionFailed = true;
    }
  }
}

function* recordsOf(table: RowTable): Iterable<StoredRecord> {
  for (const rows of table.batches(MAX_BATCH_ROWS)) yield { kind: RecordKind.rows, body: encodeRows(rows) };
}
