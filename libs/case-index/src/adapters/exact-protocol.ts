import type { PackedRows } from '../domain/packed-rows.ts';
import type { Filter } from '../domain/types.ts';
import type { StoreSearch } from './exact-store.ts';

/** What the exact index asks of its worker thread. */
export type ExactCall =
  | { readonly operation: 'upsert'; readonly rows: PackedRows }
  | ({ readonly operation: 'search' } & StoreSearch)
  | { readonly operation: 'vectorsOf' | 'deleteStudies'; readonly studyKeys: readonly string[] }
  | { readonly operation: 'count'; readonly filter: Filter | undefined }
  | { readonly operation: 'idsAfter'; readonly after: string; readonly limit: number }
  | { readonly operation: 'status' | 'compact' | 'reset' | 'close' };

/** Errors lose their class between threads; code and message go as data. Number 0 answers the opening itself. */
export interface ExactReply {
  readonly number: number;
  readonly value?: unknown;
  readonly fault?: { readonly code: string; readonly message: string };
}
