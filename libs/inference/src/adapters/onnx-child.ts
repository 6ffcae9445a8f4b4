/**
 * Entry of the forked process that owns one model. Apart from the service because `run()` blocks its event loop for a
 * whole batch, and because only a process can be killed while it computes: terminating a thread aborts everything.
 */
import type { FromChild, ToChild } from '../domain/wire.ts';
import { OnnxModel, refusalOf } from './onnx-model.ts';

let model: OnnxModel | undefined;
// Messages are worked off one by one: two runs at once would share the tensor.
let work = Promise.resolve();

process.on('message', (message: ToChild) => {
  work = work.then(() => handle(message));
});
// The parent is gone: nobody will read an answer.
process.on('disconnect', () => {
  process.exit(0);
});
// Ctrl-C goes to the whole group; the parent decides when its children end.
process.on('SIGINT', () => undefined);

async function handle(message: ToChild): Promise<void> {
  if (message.kind === 'open') answer(await open(message));
  else if (model) answer(await run(model, message));
}

async function open(message: Extract<ToChild, { kind: 'open' }>): Promise<FromChild> {
  try {
    const result = await OnnxModel.open(message);
    model = result.model;
    return result.opened;
  } catch (error) {
    return refusalOf(error);
  }
}

async function run(opened: OnnxModel, message: Extract<ToChild, { kind: 'run' }>): Promise<FromChild> {
  try {
    return await opened.run(message);
  } catch (error) {
    return { kind: 'failed', id: message.id, message: error instanceof Error ? error.message : String(error) };
  }
}

function answer(message: FromChild): void {
  process.send?.(message);
}
