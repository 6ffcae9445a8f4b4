import type { Logger, Metrics } from '@precedent/platform';
import type { ListenerReport } from './wire.ts';

/** Refusals of one kind are logged once in so long: a stranger must not fill the log. */
const LOG_EVERY_MS = 60_000;
/** Refused peers that are remembered for the administrator. */
const MAX_REFUSED = 20;

/** A peer that was turned away, as it called itself; shown to administrators, never logged. */
export interface RefusedPeer {
  readonly reason: string;
  readonly callingAe: string;
  readonly address: string;
  readonly times: number;
  readonly lastAt: Date;
}

export interface ListenerStatus {
  readonly host: string;
  readonly port: number;
  readonly aeTitle: string;
  readonly tls: 'off' | 'tls' | 'mutual';
  readonly listening: boolean;
  /** How many are configured. */
  readonly peers: number;
  readonly associations: number;
  /** Newest first, since the start of the service. */
  readonly refused: readonly RefusedPeer[];
}

/** What the listener's associations came to: for the log, the metrics and the status. */
export class ListenerRecord {
  readonly #log: Pick<Logger, 'event'>;
  readonly #metrics: Pick<Metrics, 'count'>;
  readonly #refused = new Map<string, RefusedPeer>();
  readonly #logged = new Map<string, { at: number; since: number }>();
  #open = 0;

  constructor(log: Pick<Logger, 'event'>, metrics: Pick<Metrics, 'count'>) {
    this.#log = log;
    this.#metrics = metrics;
  }

  snapshot(): Pick<ListenerStatus, 'associations' | 'refused'> {
    return { associations: this.#open, refused: [...this.#refused.values()].reverse() };
  }

  ended(report: ListenerReport, open: number): void {
    this.#open = open;
    const { end, source, instances, durationMs } = report;
    this.#metrics.count('precedent_dimse_associations_total', { end });
    if (source !== null) {
      const peer = source.slice(source.indexOf(':') + 1);
      this.#log.event('dimse-association-ended', { peer, end, instances, durationMs });
      return;
    }
    // Somebody who only knocked, as a port check does, is counted and no more.
    if (end === 'lost' || end === 'stopped') return;
    const reason = report.refusal ?? end;
    this.#remember(reason, report);
    this.#logRefusal(reason);
  }

  journalled(source: string, kind: string, bytes: number): void {
    this.#metrics.count('precedent_dimse_instances_total', { source, kind });
    this.#metrics.count('precedent_dimse_bytes_total', { source }, bytes);
  }

  fault(code: string): void {
    this.#metrics.count('precedent_dimse_faults_total', { code });
    this.#log.event('dimse-instance-failed', { code });
  }

  /** The listener is gone, and its associations with it. */
  reset(): void {
    this.#open = 0;
  }

  #remember(reason: string, { callingAe, address }: ListenerReport): void {
    const name = /^[\x20-\x7e]*$/.test(callingAe) ? callingAe : '';
    const key = [reason, name, address].join('\0');
    const times = (this.#refused.get(key)?.times ?? 0) + 1;
    this.#refused.delete(key); // set anew, so that the newest stands last
    this.#refused.set(key, { reason, callingAe: name, address, times, lastAt: new Date() });
    const [oldest] = this.#refused.keys();
    if (this.#refused.size > MAX_REFUSED && oldest !== undefined) this.#refused.delete(oldest);
  }

  #logRefusal(reason: string): void {
    const now = Date.now();
    const last = this.#logged.get(reason) ?? { at: 0, since: 0 };
    const times = last.since + 1;
    const due = now - last.at >= LOG_EVERY_MS;
    if (due) this.#log.event('dimse-refused', { reason, times });
    this.#logged.set(reason, due ? { at: now, since: 0 } : { at: last.at, since: times });
  }
}
