export type {
  ClassResult,
  Estimate,
  EvaluationInput,
  EvaluationItem,
  EvaluationReport,
  RandomBaseline,
  RetrievalMetrics,
} from './domain/types.ts';
export { evaluateRetrieval } from './evaluate-retrieval.ts';
