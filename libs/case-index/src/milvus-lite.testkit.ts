import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it, jest } from '@jest/globals';

// The SDK requires a Parquet writer that this project never calls, and through it (thrift) the ES-only `uuid`, which Node
// loads and Jest's `require` does not before Node 24.9. Nothing that is tested uses it.
jest.mock('uuid', () => ({}));

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** Made by `npm test` (tools/bootstrap.mjs) from tools/milvus-lite/requirements.txt. */
export const MILVUS_LITE_PYTHON = join(ROOT, '.precedent', 'venv-milvus-lite', 'bin', 'python');

/** Runs `suite` where Milvus Lite is installed; elsewhere says loudly that it did not, and fails on a CI machine. */
export function describeWithMilvusLite(title: string, suite: () => void): void {
  if (existsSync(MILVUS_LITE_PYTHON)) {
    describe(title, suite);
    return;
  }
  // eslint-disable-next-line no-restricted-syntax -- a test helper: the rule allows specs to read it
  if (process.env['CI'] !== undefined) {
    it(`${title}: Milvus Lite must be installed on CI`, () => {
      throw new Error('.precedent/venv-milvus-lite is not here; run npm run setup -- --with tests');
    });
    return;
  }
  process.stderr.write(`\n*** NOT HERE: Milvus Lite. "${title}" did not run; npm test installs it. ***\n`);
  it.skip(`${title} (Milvus Lite is not here)`, () => undefined);
}
