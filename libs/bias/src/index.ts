export { evaluateRetrieval } from './evaluate-retrieval.ts';
export type {
  ClassResult,
  Estimate,
  RetrievalMetrics,
  EvaluationInput,
  EvaluationItem,
  EvaluationReport,
  Figures,
  Metric,
  Quality,
} from './domain/types.ts';
