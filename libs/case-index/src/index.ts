// CONTRACT (not built yet): openMilvusIndex({address, space, dimension, tls?, credentials?, ...}): Promise<CaseIndex> ;
//   renderMilvusFilter(filter) ; CaseIndexModule ; CASE_INDEX token
export type {
  CaseIndex,
  ExactCaseIndex,
  Filter,
  FilterField,
  IndexCapabilities,
  IndexedImage,
  Neighbour,
  RebuildableCaseIndex,
  SearchRequest,
} from './domain/types.ts';
export { and, eq, evaluateFilter, isIn, not, or } from './domain/filter.ts';
export type { FilterRow } from './domain/filter.ts';
export { openExactIndex } from './adapters/exact-index.ts';
export type { ExactIndexOptions } from './adapters/exact-index.ts';
export { CASE_INDEX_ERRORS } from './case-index.errors.ts';
export type { CaseIndexErrorCode } from './case-index.errors.ts';
