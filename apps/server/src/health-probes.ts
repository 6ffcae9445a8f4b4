import type { DataSource } from 'typeorm';
import type { CaseIndex } from '@precedent/case-index';
import { CodedError } from '@precedent/kernel';
import type { HealthRegistry } from '@precedent/platform';
import type { ServerConfig } from './server.config.ts';
import { dataLayout } from './server.config.ts';
import { assertSpoolRoom } from './spool-room.ts';

/** What "ready" means: the database answers, the vector store answers, and there is room to receive. */
export function registerProbes(health: HealthRegistry, config: ServerConfig, db: DataSource, index: CaseIndex): void {
  health.register('live', 'process', () => undefined);
  health.register('startup', 'process', () => undefined);
  health.register('ready', 'database', async () => {
    await db.query('SELECT 1');
  });
  health.register('ready', 'vector-store', async () => {
    const { ok } = await index.health();
    if (!ok) throw new CodedError('INDEX_UNREACHABLE', 'The vector store does not answer.');
  });
  health.register('ready', 'spool', () => assertSpoolRoom(dataLayout(config.dataDir).spool));
}
