import type { EntityManager } from 'typeorm';

/**
 * Serialises all who open generations of the same study, until the transaction ends, so that two cannot both be "the next". Sorted,
 * so that they cannot deadlock.
 */
export async function lockStudies(manager: EntityManager, studyUids: Iterable<string>): Promise<void> {
  const uids = [...new Set(studyUids)].sort();
  await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended(u, 7)) FROM unnest($1::text[]) AS u`, [uids]);
}
