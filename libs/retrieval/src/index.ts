export type {
  CaseFilter,
  SimilarCase,
  SimilarCasesAnswer,
  SimilarCasesOptions,
  SimilarCasesQuery,
} from './domain/types.ts';
export type { RankedStudy } from './domain/rank-studies.ts';
export type { EmbeddedImages } from './find-similar-cases.ts';
export { FindSimilarCases } from './find-similar-cases.ts';
export { RetrievalModule } from './retrieval.module.ts';
