import type { DataSource } from 'typeorm';
import type { CaseArchive } from '@precedent/archive';
import type { CaseIndex } from '@precedent/case-index';
import type { Deidentifier } from '@precedent/deid';
import type { ImageEmbedder } from '@precedent/embedding';
import type { GenerationJournal, QuietTimes, StageOutcomes } from '@precedent/ingress';
import type { AuditTrail, ProvenanceLedger } from '@precedent/kernel';
import type { JobQueue } from '@precedent/platform';
import { ApplyLateOutcomes } from './apply-late-outcomes.ts';
import { DeidentifyStudies } from './deidentify-studies.ts';
import { EmbedStudies } from './embed-studies.ts';
import { IndexStudies } from './index-studies.ts';
import { Pipeline } from './pipeline.ts';

/** Everything the stages work with. */
export interface PipelineRooms {
  readonly db: DataSource;
  readonly queue: JobQueue;
  readonly journal: GenerationJournal;
  readonly outcomes: StageOutcomes;
  readonly deidentifier: Deidentifier;
  readonly archive: CaseArchive;
  readonly embedder: ImageEmbedder;
  readonly index: CaseIndex;
  readonly audit: AuditTrail;
  readonly ledger: ProvenanceLedger;
}

export interface PipelineSettings {
  readonly quiet: QuietTimes;
  readonly onFault: (stage: string, code: string) => void;
}

/** Puts the stages together. */
export function makePipeline(rooms: PipelineRooms, settings: PipelineSettings): Pipeline {
  const { db, queue, journal, outcomes, deidentifier, archive, embedder, index, audit, ledger } = rooms;
  const records = { audit, ledger };
  return new Pipeline({
    queue,
    journal,
    deidentify: new DeidentifyStudies(db, journal, deidentifier, archive, queue, records),
    embed: new EmbedStudies(db, journal, embedder, archive, queue, records),
    index: new IndexStudies(db, journal, embedder, archive, index, records),
    lateOutcomes: new ApplyLateOutcomes(db, outcomes, journal, archive, audit),
    ...settings,
  });
}
