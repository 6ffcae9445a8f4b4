import { join } from 'node:path';
import { run } from './command.mjs';
import { SetupError } from './errors.mjs';

/** Always run: it is incremental and knows better than a stamp of ours what changed (about 1 s when nothing did). */
export const buildStep = {
  title: 'Build',
  doing: 'tsc -b',
  look: () => undefined,
  async work({ paths }) {
    const compiler = join(paths.nodeModules, 'typescript', 'bin', 'tsc');
    const { code } = await run(process.execPath, [compiler, '-b'], { cwd: paths.root });
    if (code !== 0) throw new SetupError('the TypeScript build failed; the lines above name file and line.');
  },
};
