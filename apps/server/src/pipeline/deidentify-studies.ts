import type { DeidentifiedStudy, DeidentifiedStudyOutcome, QuarantinedInstance } from '@precedent/deid';
import type { SealedStudy, Settlement } from '@precedent/ingress';
import type { AuditEvent, ProvenanceEntry } from '@precedent/kernel';
import type { PipelineRooms } from './pipeline-rooms.ts';
import type { DeidentifyJob } from './stages.ts';
import { QUEUES } from './stages.ts';

interface Treated {
  readonly sealed: SealedStudy;
  readonly outcome: DeidentifiedStudyOutcome;
  readonly durationMs: number;
}

/**
 * sealed → de-identified and archived. Objects, and the vault's sealed identities, are durable first; then, in one transaction, the case rows, the verdict on every
 * received instance, the audit and provenance records, and the job of the next stage.
 */
export class DeidentifyStudies {
  readonly #rooms: PipelineRooms;

  constructor(rooms: PipelineRooms) {
    this.#rooms = rooms;
  }

  async run(jobs: readonly DeidentifyJob[]): Promise<void> {
    const { journal, deidentifier, vault } = this.#rooms;
    const treated: Treated[] = [];
    for (const sealed of await journal.loadSealed(jobs.map((job) => job.generationId))) {
      const before = performance.now();
      const outcome = await deidentifier.deidentifyStudy(sealed, vault?.activeKey());
      treated.push({ sealed, outcome, durationMs: Math.round(performance.now() - before) });
    }
    if (treated.length === 0) return;
    await this.#commit(treated);
    for (const one of treated) this.#log(one);
  }

  async #commit(treated: readonly Treated[]): Promise<void> {
    const { db, journal, archive, queue, vault, audit, ledger } = this.#rooms;
    const clean = treated.flatMap(({ outcome }) => (outcome.kind === 'deidentified' ? [outcome.study] : []));
    const identities = treated.flatMap(({ outcome }) => (outcome.kind === 'deidentified' ? outcome.sealed : []));
    const held = treated.filter(({ outcome }) => outcome.kind === 'quarantined');
    await archive.storeObjects(clean);
    await vault?.identities.keep(identities);
    await db.transaction(async (manager) => {
      await archive.admit(clean, manager);
      await vault?.identities.note(identities, manager);
      await journal.settle(treated.flatMap(settlementsOf), manager);
      await journal.advance(clean, 'deidentified', manager);
      await journal.advance(held.map(heldBack), 'quarantined', manager);
      await journal.forgetOutcomes(archivedOutcomes(treated), manager);
      const next = clean.map(({ generationId, studyKey }) => ({ generationId, studyKey }));
      if (next.length > 0) await queue.send(QUEUES.embed, next, { within: manager });
      await audit.record(
        treated.flatMap(({ outcome }) => auditOf(outcome)),
        manager,
      );
      await ledger.record(clean.map(provenanceOf), manager);
    });
  }

  #log({ outcome, durationMs }: Treated): void {
    const { log } = this.#rooms;
    const quarantined = outcome.kind === 'deidentified' ? outcome.study.quarantined : outcome.instances;
    for (const [reason, instances] of Object.entries(countByReason(quarantined)))
      log.event('instances-quarantined', { reason, instances });
    if (outcome.kind === 'quarantined') return;
    const { studyKey, instances } = outcome.study;
    const counts = { instances: instances.length, quarantined: quarantined.length };
    log.event('study-deidentified', { studyKey, ...counts, durationMs });
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

function auditOf(outcome: DeidentifiedStudyOutcome): AuditEvent[] {
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
      identitySealed: outcome.sealed.length > 0,
    },
  };
  const archived: AuditEvent = { code: 'study-archived', outcome: 'success', actor, subject: study.studyKey };
  return study.quarantined.length === 0 ? [done, archived] : [done, archived, heldEvent(study.quarantined)];
}

function heldEvent(instances: readonly QuarantinedInstance[]): AuditEvent {
  const detail = countByReason(instances);
  return { code: 'instances-quarantined', outcome: 'success', actor: 'pipeline', detail };
}

function countByReason(instances: readonly QuarantinedInstance[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { reason } of instances) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
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
