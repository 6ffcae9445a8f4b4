// CONTRACT: openExactIndex({directory, space, dimension}): Promise<CaseIndex> ; openMilvusIndex({address, space, dimension, tls?, credentials?, ...}): Promise<CaseIndex>
//   filterOf helpers (eq, isIn, not, and, or) ; evaluateFilter(filter, row) ; renderMilvusFilter(filter) ; CaseIndexModule ; CASE_INDEX token
export type {
  CaseIndex,
  Filter,
  FilterField,
  IndexCapabilities,
  IndexedImage,
  Neighbour,
  SearchRequest,
} from './domain/types.ts';
