import { randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import type { Clock } from '@precedent/kernel';
import type { InstanceIdentity } from '@precedent/dicom';
import type { GenerationRow } from './adapters/entities.ts';
import { ReceiptRow } from './adapters/entities.ts';
import { lockStudies } from './adapters/study-lock.ts';
import type { SpooledFile, SpoolFolder } from './spool-folder.ts';

/**
 * What became of one instance at the door. `stored`, `duplicate` and `quarantined` are all safe: the bytes are ours.
 * `rejected` was not DICOM at all: nothing of it is kept, and its sender is told.
 */
export interface ReceivedInstance {
  readonly receiptId: string;
  readonly kind: 'stored' | 'duplicate' | 'quarantined' | 'rejected';
  readonly reason?: string;
  /** Identified: for the STOW-RS response to the sender only. */
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
}

export type RecordReceipts = (received: readonly ReceivedInstance[], within: EntityManager) => Promise<void>;

interface Candidate {
  readonly file: SpooledFile;
  readonly identity: InstanceIdentity | null;
  readonly rejected: { readonly reason: string; readonly detail: string } | null;
}

/**
 * The door's one act: instances whose bytes are on disk get their journal rows, all in one transaction, and only then may the
 * sender hear "stored". Same SOP instance and same data set: no-op. Same SOP instance, other data set: both are kept, the
 * second in quarantine. Something quarantined before is taken up anew, so that a changed setting can let it through.
 */
export class ReceiveInstances {
  readonly #db: DataSource;
  readonly #folder: SpoolFolder;
  readonly #clock: Clock;

  constructor(db: DataSource, folder: SpoolFolder, clock: Clock) {
    this.#db = db;
    this.#folder = folder;
    this.#clock = clock;
  }

  /** @param record writes of these receipts within the transaction that makes them: both stand or neither. */
  async receive(
    source: string,
    files: readonly SpooledFile[],
    record?: RecordReceipts,
  ): Promise<readonly ReceivedInstance[]> {
    // The folder is synced while the transaction is prepared; it commits only after.
    const synced = this.#folder.syncFolder();
    synced.catch(() => undefined); // heard below, unless something else fails first
    const all = files.map(identify);
    const candidates = all.filter((candidate) => !isForeign(candidate));
    const removable = all.filter(isForeign).map((candidate) => candidate.file.spoolName);
    const journalled =
      candidates.length === 0
        ? []
        : await this.#journalled(source, candidates, removable, async (received, manager) => {
            await record?.(received, manager);
            await synced;
          });
    await synced;
    await this.#folder.remove(removable);
    const byReceipt = new Map(journalled.map((received) => [received.receiptId, received]));
    return all.map((candidate) => byReceipt.get(candidate.file.receiptId) ?? rejectionOf(candidate));
  }

  async #journalled(
    source: string,
    candidates: readonly Candidate[],
    removable: string[],
    beforeCommit: RecordReceipts,
  ): Promise<ReceivedInstance[]> {
    return this.#db.transaction(async (manager) => {
      await lockStudies(
        manager,
        candidates.map((c) => c.identity?.studyInstanceUid ?? ''),
      );
      const rows = await this.#journal(manager, source, candidates, removable);
      await manager.insert(ReceiptRow, rows);
      const received = rows.map(receivedOf);
      await beforeCommit(received, manager);
      return received;
    });
  }

  async #journal(
    manager: EntityManager,
    source: string,
    candidates: readonly Candidate[],
    removable: string[],
  ): Promise<ReceiptRow[]> {
    const earlier = await earlierReceipts(manager, candidates);
    const generations = new Map<string, string>();
    const rows: ReceiptRow[] = [];
    for (const candidate of candidates) {
      const row = rowOf(source, candidate, this.#clock.now());
      const same = earlier.get(sameKey(row)) ?? [];
      await this.#supersede(manager, row, same, removable);
      if (judge(row, same)) removable.push(candidate.file.spoolName);
      else if (row.disposition === null) row.generationId = await generationOf(manager, generations, row);
      earlier.set(sameKey(row), [...same, row]);
      rows.push(row);
    }
    return rows;
  }

  /** A quarantined receipt of the same data set gives way to the new one: its bytes are the same, its verdict may not be. */
  async #supersede(manager: EntityManager, row: ReceiptRow, same: ReceiptRow[], removable: string[]): Promise<void> {
    const stale = same.filter((r) => r.disposition === 'quarantined' && r.datasetSha256 === row.datasetSha256);
    for (const old of stale) {
      if (old.spoolName !== null) removable.push(old.spoolName);
      old.disposition = 'superseded';
      old.spoolName = null;
      await manager.update(ReceiptRow, { receiptId: old.receiptId }, { disposition: 'superseded', spoolName: null });
    }
  }
}

/** Not DICOM at all: nothing a steward could do anything with. A damaged DICOM object is kept instead. */
function isForeign({ rejected }: Candidate): boolean {
  return rejected?.reason === 'not-dicom' || rejected?.reason === 'empty';
}

function rejectionOf({ file, rejected }: Candidate): ReceivedInstance {
  const reason = rejected?.reason ?? 'not-dicom';
  return { receiptId: file.receiptId, kind: 'rejected', reason, sopInstanceUid: '', sopClassUid: '' };
}

function identify(file: SpooledFile): Candidate {
  const outcome = file.identity;
  return outcome.kind === 'identified'
    ? { file, identity: outcome.identity, rejected: file.objection ?? null }
    : { file, identity: null, rejected: { reason: outcome.reason, detail: outcome.detail } };
}

function rowOf(source: string, { file, identity, rejected }: Candidate, now: Date): ReceiptRow {
  return {
    receiptId: file.receiptId,
    source,
    studyUid: identity?.studyInstanceUid ?? '',
    sopUid: identity?.sopInstanceUid ?? '',
    sopClassUid: identity?.sopClassUid ?? '',
    transferSyntax: identity?.transferSyntax ?? '',
    sizeBytes: String(file.sizeBytes),
    sha256: file.sha256,
    datasetSha256: file.datasetSha256,
    spoolName: file.spoolName,
    receivedAt: now,
    generationId: null,
    disposition: rejected === null ? null : 'quarantined',
    reason: rejected?.reason ?? null,
    detail: rejected?.detail ?? null,
    settledAt: rejected === null ? null : now,
  };
}

/** Objects without a SOP Instance UID are recognised by their digest. */
const sameKey = (row: ReceiptRow): string => (row.sopUid === '' ? `sha256:${row.datasetSha256}` : row.sopUid);

/** Dispositions of receipts that stand in no newcomer's way. */
const NOT_KEPT = ['quarantined', 'superseded', 'duplicate', 'rejected'];

/** Decides duplicate and conflict in place. @returns whether the new bytes are a duplicate and may be removed. */
function judge(row: ReceiptRow, same: readonly ReceiptRow[]): boolean {
  if (row.disposition !== null) return false;
  const kept = same.filter((r) => !NOT_KEPT.includes(r.disposition ?? ''));
  if (kept.some((r) => r.datasetSha256 === row.datasetSha256)) {
    Object.assign(row, { disposition: 'duplicate', spoolName: null, settledAt: row.receivedAt });
    return true;
  }
  if (kept.length > 0) {
    const detail = 'This SOP Instance UID was received before with another data set: compare the two and keep one.';
    Object.assign(row, { disposition: 'quarantined', reason: 'sop-uid-conflict', detail, settledAt: row.receivedAt });
  }
  return false;
}

async function earlierReceipts(
  manager: EntityManager,
  candidates: readonly Candidate[],
): Promise<Map<string, ReceiptRow[]>> {
  const sops = candidates.flatMap((c) => (c.identity === null ? [] : [c.identity.sopInstanceUid]));
  const digests = candidates.flatMap((c) => (c.identity === null ? [c.file.datasetSha256] : []));
  const rows = await manager
    .createQueryBuilder(ReceiptRow, 'r')
    .where('r.sopUid = ANY(:sops)', { sops })
    .orWhere(`(r.sopUid = '' AND r.datasetSha256 = ANY(:digests))`, { digests })
    .getMany();
  const byKey = new Map<string, ReceiptRow[]>();
  for (const row of rows) byKey.set(sameKey(row), [...(byKey.get(sameKey(row)) ?? []), row]);
  return byKey;
}

/** The study's open generation, opened when there is none: a late instance after sealing opens n + 1. */
async function generationOf(manager: EntityManager, cache: Map<string, string>, row: ReceiptRow): Promise<string> {
  const known = cache.get(row.studyUid);
  if (known !== undefined) return known;
  const opened: Pick<GenerationRow, 'generationId'>[] = await manager.query(
    `INSERT INTO ingress.generation AS g (generation_id, source, study_uid, generation, state, opened_at, last_received_at)
     VALUES ($1, $2, $3::varchar, (SELECT coalesce(max(generation), 0) + 1 FROM ingress.generation WHERE study_uid = $3::varchar), 'receiving', $4, $4)
     ON CONFLICT (study_uid) WHERE state = 'receiving' DO UPDATE SET last_received_at = excluded.last_received_at
     RETURNING generation_id AS "generationId"`,
    [randomUUID(), row.source, row.studyUid, row.receivedAt],
  );
  const id = opened[0]?.generationId ?? '';
  cache.set(row.studyUid, id);
  return id;
}

function receivedOf(row: ReceiptRow): ReceivedInstance {
  const kind =
    row.disposition === 'duplicate' ? 'duplicate' : row.disposition === 'quarantined' ? 'quarantined' : 'stored';
  const base = { receiptId: row.receiptId, kind, sopInstanceUid: row.sopUid, sopClassUid: row.sopClassUid } as const;
  return row.reason === null ? base : { ...base, reason: row.reason };
}
