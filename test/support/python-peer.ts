import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Made by `npm test` (tools/bootstrap.mjs --with tests) from tools/peers/requirements.txt: pydicom, GDCM, OpenJPEG. */
export const PEERS_PYTHON =
  process.env.PRECEDENT_PEERS_PYTHON ?? join(ROOT, '.precedent', 'venv-peers', 'bin', 'python');

/** Whether the interpreter of the DICOM peers is there; give it to `peerPresent`, so that CI fails where it is not. */
export function pythonPeerInstalled(): boolean {
  return existsSync(PEERS_PYTHON);
}

export interface PythonRun {
  /** Arguments of the script: paths of files, never their content. */
  readonly args?: readonly string[];
  readonly stdin?: string | Buffer;
  /** Bound of the run, in milliseconds. */
  readonly timeoutMs?: number;
}

/**
 * Runs a script given as text (`python -c`) in the peers' environment and returns what it wrote to standard output.
 * One process for many files, please: importing pydicom takes half a second.
 * @throws Error with the script's last words where it ended with another code than 0
 */
export function runPythonPeer(script: string, { args = [], stdin = '', timeoutMs = 120_000 }: PythonRun = {}): Buffer {
  // -I: neither the user's own packages nor PYTHON* variables, which would change what is tested.
  const done = spawnSync(PEERS_PYTHON, ['-I', '-c', script, ...args], {
    input: stdin,
    timeout: timeoutMs,
    maxBuffer: 512 * 1024 * 1024,
  });
  if (done.error !== undefined) throw done.error;
  if (done.status === 0) return done.stdout;
  throw new Error(
    `the Python peer ended with ${String(done.status ?? done.signal)}: ${done.stderr.toString().slice(-2000)}`,
  );
}
