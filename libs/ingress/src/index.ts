// CONTRACT: IngressModule, Spool (receive streams), GenerationJournal (seal, load SealedStudy, advance state, dispose receipts), ingressSchema, errors.
export type { Disposition, GenerationState, SealedInstance, SealedStudy } from './domain/types.ts';
