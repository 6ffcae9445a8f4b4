// A process id alone can be given to another process later; with its start time (Linux) it cannot.
import { readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeAtomically } from './stamps.mjs';

const POLL_MS = 200;
/** npm removes what it half wrote when it is asked to stop; after this long it is not asked any more. */
const PATIENCE_MS = 30_000;

/** Empty where there is no /proc; 'ended' for a process that nobody has waited for yet (zombie). */
function startTimeOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? 'ended' : (fields[18] ?? '');
  } catch {
    return '';
  }
}

export const identityOf = (pid) => ({ pid, startTime: startTimeOf(pid) });

/** @returns whether that very process still runs, rather than a later one under its number. */
export function isRunning({ pid, startTime }) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return false;
  }
  return startTimeOf(pid) === startTime;
}

export const noteProcess = (path, pid) => writeAtomically(path, JSON.stringify(identityOf(pid)));
export const forgetProcess = (path) => rmSync(path, { force: true });

function readNoted(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** A set-up killed outright leaves its npm running: that one would write into the folder which the next set-up fills. */
export async function endNotedProcess(path) {
  const noted = readNoted(path);
  const deadline = Date.now() + PATIENCE_MS;
  while (noted && isRunning(noted)) {
    process.kill(noted.pid, Date.now() < deadline ? 'SIGTERM' : 'SIGKILL');
    await sleep(POLL_MS);
  }
  forgetProcess(path);
}
