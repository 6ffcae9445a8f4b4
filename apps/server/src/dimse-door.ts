import type { INestApplicationContext } from '@nestjs/common';
import type { ListenerStatus, ReceivedInstance } from '@precedent/ingress';
import { DimseListener, GroupJournal, ReceiveInstances, SpoolFolder } from '@precedent/ingress';
import type { AuditTrail } from '@precedent/kernel';
import { AUDIT_TRAIL, CodedError } from '@precedent/kernel';
import type { HealthRegistry, Logger, Metrics } from '@precedent/platform';
import type { ServerConfig } from './server.config.ts';

interface DoorParts {
  readonly config: Pick<ServerConfig, 'dimse' | 'maxInstanceBytes'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly health: HealthRegistry;
}

/** The DIMSE door of the service (role `listener`); closed unless a port is set. */
export class DimseDoor {
  #listener: DimseListener | null = null;

  /** After the spool has been recovered: what the listener writes before that would be taken for remains of a crash. */
  async open(app: INestApplicationContext, { config, logger, metrics, health }: DoorParts): Promise<void> {
    if (config.dimse.port === 0) return;
    const audit = app.get<AuditTrail>(AUDIT_TRAIL);
    const journal = new GroupJournal(app.get(ReceiveInstances), (source, received, within) =>
      audit.record(
        [{ code: 'instances-received', outcome: 'success', actor: source, detail: kindsOf(received) }],
        within,
      ),
    );
    const { dimse: settings, maxInstanceBytes } = config;
    const folder = app.get(SpoolFolder);
    const listener = await DimseListener.start({ settings, folder, maxInstanceBytes, journal, log: logger, metrics });
    this.#listener = listener;
    if (settings.peers.length === 0) logger.event('config-warning', { setting: 'dimse-peers-empty' });
    health.register('ready', 'dimse-listener', () => {
      if (!listener.status().listening)
        throw new CodedError('DIMSE_NOT_LISTENING', 'The process of the DICOM listener has ended and is started anew.');
    });
  }

  status(): ListenerStatus | null {
    return this.#listener?.status() ?? null;
  }

  async close(): Promise<void> {
    await this.#listener?.stop();
  }
}

function kindsOf(received: readonly ReceivedInstance[]): Record<string, number> {
  const kinds: Record<string, number> = {};
  for (const { kind } of received) kinds[kind] = (kinds[kind] ?? 0) + 1;
  return kinds;
}
