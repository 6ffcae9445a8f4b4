import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * A stamp is a small file that holds the digest of what a result was made from. It is removed before the work and written
 * after it, so a run that was broken off leaves no stamp and the work is done again.
 */
export function digestOf(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(String(part.length)).update(':').update(part);
  return hash.digest('hex');
}

export function hasStamp(paths, name, digest) {
  try {
    return readFileSync(join(paths.stamps, name), 'utf8').trim() === digest;
  } catch {
    return false;
  }
}

export function clearStamp(paths, name) {
  rmSync(join(paths.stamps, name), { force: true });
}

export function writeStamp(paths, name, digest) {
  writeAtomically(join(paths.stamps, name), `${digest}\n`);
}

/** Temporary file and rename: a reader sees the old text or the new one, never half of it. */
export function writeAtomically(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, text);
  renameSync(temporary, path);
}
