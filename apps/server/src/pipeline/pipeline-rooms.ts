import type { DataSource } from 'typeorm';
import type { CaseArchive } from '@precedent/archive';
import type { CaseIndex } from '@precedent/case-index';
import type { StudyDeidentifier, Vault } from '@precedent/deid';
import type { ImageEmbedder } from '@precedent/embedding';
import type { GenerationJournal, Quarantine, StageOutcomes } from '@precedent/ingress';
import type { AuditTrail, ProvenanceLedger } from '@precedent/kernel';
import type { JobQueue, Logger } from '@precedent/platform';

/** Everything the stages work with. */
export interface PipelineRooms {
  readonly db: DataSource;
  readonly queue: JobQueue;
  readonly journal: GenerationJournal;
  readonly outcomes: StageOutcomes;
  readonly quarantine: Quarantine;
  readonly deidentifier: Pick<StudyDeidentifier, 'deidentifyStudy'>;
  /** Null where it is switched off. */
  readonly vault: Pick<Vault, 'activeKey' | 'identities' | 'expiry'> | null;
  readonly archive: CaseArchive;
  readonly embedder: ImageEmbedder;
  readonly index: CaseIndex;
  readonly audit: AuditTrail;
  readonly ledger: ProvenanceLedger;
  readonly log: Pick<Logger, 'event'>;
}
