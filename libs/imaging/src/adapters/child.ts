// The sandbox's child process: decodes one request after another, and ends with its parent.
import { setPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { ReadLimits } from '@precedent/dicom';
import { configureReadLimits } from '@precedent/dicom';
import { renderImage } from '../render-image.ts';
import type { Ask, Reply } from './messages.ts';

/**
 * A decoder that hangs or swells blocks this thread, so another one watches: the parent's end and the memory limit are
 * seen even then. It kills by SIGKILL, since nothing else reaches a process inside WebAssembly.
 */
function watch(parent: number, maxRssBytes: number): void {
  const source = `
    const { workerData } = require('node:worker_threads');
    setInterval(() => {
      const orphaned = process.ppid !== workerData.parent;
      if (orphaned || process.memoryUsage.rss() > workerData.maxRssBytes) process.kill(process.pid, 'SIGKILL');
    }, 200);`;
  new Worker(source, { eval: true, workerData: { parent, maxRssBytes }, stdout: false, stderr: false }).unref();
}

/** The next request is not begun before the answer has left: a death is then always that of the request in hand. */
async function answer({ id, request }: Ask): Promise<void> {
  const outcome = await renderImage(request);
  await send({ kind: 'answer', id, outcome });
}

function send(reply: Reply): Promise<void> {
  return new Promise((resolve) => process.send?.(reply, () => resolve()));
}

/** A third of the share of a process at 0 when both want the same core. */
const NICE = 5;

let queue: Promise<void> = Promise.resolve();
process.on('message', (ask: Ask) => {
  queue = queue.then(() => answer(ask));
});
process.on('disconnect', () => process.exit(0));
// The encoder, which waits for these pictures when it is idle, goes first when it is not.
setPriority(NICE);
configureReadLimits(JSON.parse(process.argv[3] ?? '{}') as Partial<ReadLimits>);
watch(process.ppid, Number(process.argv[2]));
void send({ kind: 'ready' });
