import { codeOf } from '@precedent/kernel';

/** `live`: the process itself. `ready`: it can answer now (database, index, spool). `startup`: it has come up at all. */
export type HealthKind = 'live' | 'ready' | 'startup';

/** Resolves when well; throws (a CodedError, by preference) or hangs when not. */
export type HealthProbe = () => Promise<void> | void;

export interface HealthCheck {
  readonly name: string;
  readonly status: 'up' | 'down';
  /** Code of what is wrong, `PROBE_TIMED_OUT` when it did not answer. Never a message. */
  readonly code?: string;
}

export interface HealthReport {
  readonly status: 'up' | 'down';
  readonly checks: readonly HealthCheck[];
}

const NAME = /^[a-z][a-z0-9-]{0,31}$/;
const DEADLINE_MS = 2000;

/** Named probes, asked side by side, each within the deadline: a hanging database must not hang its own alarm. */
export class HealthRegistry {
  private readonly probes: { kind: HealthKind; name: string; probe: HealthProbe }[] = [];
  private readonly deadlineMs: number;

  constructor(deadlineMs = DEADLINE_MS) {
    this.deadlineMs = deadlineMs;
  }

  register(kind: HealthKind, name: string, probe: HealthProbe): void {
    if (!NAME.test(name)) throw new TypeError(`not a probe name: ${name}`);
    this.probes.push({ kind, name, probe });
  }

  async check(kind: HealthKind): Promise<HealthReport> {
    const asked = this.probes.filter((entry) => entry.kind === kind);
    const checks = await Promise.all(asked.map((entry) => this.ask(entry.name, entry.probe)));
    return { status: checks.every((check) => check.status === 'up') ? 'up' : 'down', checks };
  }

  private async ask(name: string, probe: HealthProbe): Promise<HealthCheck> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), this.deadlineMs);
    });
    try {
      const first = await Promise.race([late, Promise.resolve().then(probe)]);
      return first === 'late' ? { name, status: 'down', code: 'PROBE_TIMED_OUT' } : { name, status: 'up' };
    } catch (error) {
      return { name, status: 'down', code: codeOf(error) };
    } finally {
      clearTimeout(timer);
    }
  }
}
