export type {
  CaseFilter,
  SimilarCase,
  SimilarCasesAnswer,
  SimilarCasesOptions,
  SimilarCasesQuery,
} from './domain/types.ts';
