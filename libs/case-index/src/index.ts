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
export { renderMilvusFilter } from './domain/render-filter.ts';
export type { RenderedFilter } from './domain/render-filter.ts';
export { lazyMilvusIndex, openMilvusIndex } from './adapters/milvus-index.ts';
export type { MilvusIndexOptions } from './adapters/milvus-index.ts';
export type { MilvusAccess, MilvusTls } from './domain/milvus-policy.ts';
export { startMilvusLite } from './adapters/milvus-lite.ts';
export type { MilvusLiteOptions, MilvusLiteServer } from './adapters/milvus-lite.ts';
export { caseIndexConfigSchema } from './case-index.config.ts';
export type { CaseIndexConfig } from './case-index.config.ts';
export { openCaseIndex } from './open-case-index.ts';
export { CASE_INDEX, CaseIndexModule } from './case-index.module.ts';
export type { CaseIndexModuleOptions, CaseIndexModuleSource } from './case-index.module.ts';
