// How busy the machine was: figures measured beside other programs are marked so.
import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';

/** Busy and total ticks of all processors since the machine started (Linux), and the load average now. */
export function machineTimes() {
  const [first = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const ticks = first.split(/\s+/).slice(1).map(Number);
  const total = ticks.reduce((sum, n) => sum + n, 0);
  return { busy: total - (ticks[3] ?? 0) - (ticks[4] ?? 0), total, average: loadavg()[0] };
}

export function loadBetween(before, after) {
  return {
    busyShare: (after.busy - before.busy) / Math.max(1, after.total - before.total),
    averageBefore: before.average,
    averageAfter: after.average,
  };
}

/** Before it started, next to nothing may have run. */
export const isQuiet = ({ averageBefore }) => averageBefore < 0.25 * availableParallelism();
