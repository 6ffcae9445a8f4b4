import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command.mjs';
import { SetupError } from './errors.mjs';
import { ensureEnvironment } from './python.mjs';
import { pythonOf } from './python-environment.mjs';

/** Whether model.onnx is the file whose SHA-256 its lock names; the registry checks the same again at load. */
function isInPlace({ model, modelLock }) {
  if (!existsSync(model) || !existsSync(modelLock)) return false;
  const digest = createHash('sha256').update(readFileSync(model)).digest('hex');
  return readFileSync(modelLock, 'utf8').includes(digest);
}

export const modelStep = {
  title: 'Model weights',
  doing: 'convert the encoder with Python into models/efficientnet-lite0/1',
  look: ({ paths }) => (isInPlace(paths) ? 'up to date' : undefined),

  async work(context) {
    const { paths } = context;
    await ensureEnvironment(context, 'venv-models', paths.venvModels, paths.modelTools);
    const script = join(paths.modelTools, 'convert_encoder.py');
    const { code } = await run(pythonOf(paths.venvModels), [script, '--out', paths.model], { cwd: paths.root });
    if (code !== 0)
      throw new SetupError(
        `the model weights could not be made (${script} ended with ${code}); the lines above say why.`,
      );
    if (!isInPlace(paths)) throw new SetupError(`${script} left no model.onnx that fits its model.lock.json.`);
  },
};
