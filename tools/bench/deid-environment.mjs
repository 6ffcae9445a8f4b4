// Makes the environment of the Python peers where it is not yet made; a program of its own, because set-up ends its process at
// the first Ctrl-C, and a benchmark has to tidy up first.
import { acquireLock } from '../bootstrap/lock.mjs';
import { createPaths } from '../bootstrap/paths.mjs';
import { ensureEnvironment } from '../bootstrap/python.mjs';

const paths = createPaths();
const release = await acquireLock(paths.lock);
try {
  const context = { paths, options: { offline: false, cache: undefined } };
  await ensureEnvironment(context, 'venv-deid-peers', paths.venvDeidPeers, paths.deidPeersTools);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  release();
}
