import type { DataSource } from 'typeorm';
import type { CaseArchive } from '@precedent/archive';
import type { Deidentifier, DeidentifiedStudy, QuarantinedInstance } from '@precedent/deid';
import type { GenerationJournal, SealedStudy, Settlement } from '@precedent/ingress';
import type { AuditEvent, AuditTrail, ProvenanceEntry, ProvenanceLedger } from '@precedent/kernel';
import type { JobQueue } from '@precedent/platform';
import type { DeidentifyJob } from './stages.ts';
import { QUEUES } from './stages.ts';

type Outcome = Awaited<ReturnType<Deidentifier['deidentifyStudy']>>;
interface Treated {
  readonly sealed: SealedStudy;
  readonly outcome: Outcome;
}

/**
 * sealed → de-identified and archived. Objects are durable first; then, in one transaction, the case rows, the verdict on every
 * received instance, the audit and provenance records, and the job of the next stage.
 */
export class DeidentifyStudies {
  readonly #db: DataSource;
  readonly #journal: GenerationJournal;
  readonly #deidentifier: Deidentifier;
  readonly #archive: CaseArchive;
  readonly #queue: JobQueue;
  readonly #audit: AuditTrail;
  readonly #ledger: ProvenanceLedger;

  constructor(
    db: DataSource,
    journal: GenerationJournal,
    deidentifier: Deidentifier,
    archive: CaseArchive,
    queue: JobQueue,
    records: { readonly audit: AuditTrail; readonly ledger: ProvenanceLedger },
  ) {
    this.#db = db;
    this.#journal = journal;
    this.#deidentifier = deidentifier;
    this.#archive = archive;
    this.#queue = queue;
    this.#audit = records.audit;
    this.#ledger = records.ledger;
  }

  async run(jobs: readonly DeidentifyJob[]): Promise<void> {
    const treated: Treated[] = [];
    for (const sealed of await this.#journal.loadSealed(jobs.map((job) => job.generationId))) {
      treated.push({ sealed, outcome: await this.#deidentifier.deidentifyStudy(sealed) });
    }
    if (treated.length > 0) await this.#commit(treated);
  }

  async #commit(treated: readonly Treated[]): Promise<void> {
    const clean = treated.flatMap(({ outcome }) => (outcome.kind === 'deidentified' ? [outcome.study] : []));
    const held = treated.filter(({ outcome }) => outcome.kind === 'quarantined');
    await this.#archive.storeObjects(clean);
    await this.#db.transaction(async (manager) => {
      await this.#archive.admit(clean, manager);
      await this.#journal.settle(treated.flatMap(settlementsOf), manager);
      await this.#journal.advance(clean, 'deidentified', manager);
      await this.#journal.advance(held.map(heldBack), 'quarantined', manager);
      await this.#journal.forgetOutcomes(archivedOutcomes(treated), manager);
      const next = clean.map(({ generationId, studyKey }) => ({ generationId, studyKey }));
      if (next.length > 0) await this.#queue.send(QUEUES.embed, next, { within: manager });
      await this.#audit.record(
        treated.flatMap(({ outcome }) => auditOf(outcome)),
        manager,
      );
      await this.#ledger.record(clean.map(provenanceOf), manager);
    });
  }
}

function settlementsOf({ outcome }: Treated): Settlement[] {
  if (outcome.kind === 'quarantined') return outcome.instances.map(quarantined);
  const archived = outcome.study.instances.map((i) => ({ receiptId: i.receiptId, disposition: 'archived' as const }));
  return [...archived, ...outcome.study.quarantined.map(quarantined)];
}

const quarantined = ({ receiptId, reason, detail }: QuarantinedInstance): Settlement => ({
  receiptId,
  disposition: 'quarantined',
  reason,
  detail,
});

function heldBack({ sealed, outcome }: Treated): { generationId: string; reason: string } {
  const first = outcome.kind === 'quarantined' ? outcome.instances[0]?.reason : undefined;
  return { generationId: sealed.generationId, reason: first ?? 'no-instance' };
}

/** Source UIDs of the studies whose outcome line is now archived in its clean form. */
function archivedOutcomes(treated: readonly Treated[]): string[] {
  return treated
    .filter(({ outcome }) => outcome.kind === 'deidentified' && outcome.study.outcome !== null)
    .map(({ sealed }) => sealed.studyInstanceUid);
}

function auditOf(outcome: Outcome): AuditEvent[] {
  const actor = 'pipeline';
  if (outcome.kind === 'quarantined') return outcome.instances.length === 0 ? [] : [heldEvent(outcome.instances)];
  const { study } = outcome;
  const done: AuditEvent = {
    code: 'study-deidentified',
    outcome: 'success',
    actor,
    subject: study.studyKey,
    detail: {
      generation: study.generation,
      instances: study.instances.length,
      uncleanedPixels: study.profile.uncleanedPixels,
    },
  };
  const archived: AuditEvent = { code: 'study-archived', outcome: 'success', actor, subject: study.studyKey };
  return study.quarantined.length === 0 ? [done, archived] : [done, archived, heldEvent(study.quarantined)];
}

function heldEvent(instances: readonly QuarantinedInstance[]): AuditEvent {
  const counts: Record<string, number> = {};
  for (const { reason } of instances) counts[reason] = (counts[reason] ?? 0) + 1;
  return { code: 'instances-quarantined', outcome: 'success', actor: 'pipeline', detail: counts };
}

function provenanceOf(study: DeidentifiedStudy): ProvenanceEntry {
  return {
    activity: 'deidentify',
    output: study.studyKey,
    inputs: [study.generationId],
    parameters: {
      generation: study.generation,
      profile: study.profile.name,
      profileSha256: study.profile.sha256,
      keyId: study.profile.keyId,
      uncleanedPixels: study.profile.uncleanedPixels,
      instances: study.instances.length,
      quarantined: study.quarantined.length,
      actions: study.instances.reduce((sum, instance) => sum + instance.actions.length, 0),
    },
  };
}
