// Two set-ups of one checkout at the same time would delete each other's node_modules. The second waits for the first.
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { identityOf, isRunning } from './process-identity.mjs';
import { say } from './report.mjs';

const POLL_MS = 500;
const HEARTBEAT_MS = 5_000;
/** An owner on another machine (shared folder, container) is judged by its heartbeat: six missed beats mean it is gone. */
const SILENCE_MS = 6 * HEARTBEAT_MS;

function readOwner(path) {
  try {
    const text = readFileSync(path, 'utf8');
    return { ...JSON.parse(text), text, silentMs: Date.now() - statSync(path).mtimeMs };
  } catch {
    return undefined;
  }
}

function isGone(owner) {
  if (owner.host !== hostname()) return owner.silentMs > SILENCE_MS;
  return !isRunning(owner);
}

/** The file appears whole or not at all: written aside, then linked to its name, which fails where the name is taken. */
function tryTake(path, text) {
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, text);
  try {
    linkSync(aside, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

/** Moves a dead owner's lock away; if a living one took its place meanwhile, that one is put back. */
function discard(path, owner) {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  const moved = readOwner(aside);
  if (moved && moved.text !== owner.text) tryTake(path, moved.text);
  rmSync(aside, { force: true });
}

async function takeWhenFree(path, text) {
  let told = false;
  while (!tryTake(path, text)) {
    const owner = readOwner(path);
    if (owner && isGone(owner)) {
      discard(path, owner);
      continue;
    }
    if (!told)
      say(
        'waiting',
        `another set-up of this checkout is running (process ${owner?.pid ?? '?'}); delete .precedent/bootstrap.lock if it is not`,
      );
    told = true;
    await sleep(POLL_MS);
  }
}

function beat(path) {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // Someone deleted the lock by hand: their wish.
  }
}

/** @returns a function that gives the lock back. */
export async function acquireLock(path) {
  const text = JSON.stringify({ ...identityOf(process.pid), host: hostname() });
  await takeWhenFree(path, text);
  const heartbeat = setInterval(beat, HEARTBEAT_MS, path);
  heartbeat.unref();
  const release = () => {
    clearInterval(heartbeat);
    if (readOwner(path)?.text === text) rmSync(path, { force: true });
  };
  process.on('exit', release);
  return release;
}
