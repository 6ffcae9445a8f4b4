import { parentPort, workerData } from 'node:worker_threads';
import type { PackedField } from '../recognisable/face-plan.ts';
import { FieldStore } from '../recognisable/remove-faces.ts';
import type { Folders } from '../treat-file.ts';
import { treatFile } from '../treat-file.ts';
import type { ThreadData } from './deid-thread.ts';
import { deidentifierOf } from './deid-thread.ts';
import type { FileMessage, FileReply } from './file-threads.ts';

/** A thread of `precedent deid --jobs`: one path after the other, from the file to its output. */
const port = parentPort;
if (port === null) throw new Error('file-worker runs as a worker thread only');

const { folders, fields } = workerData as { readonly folders: Folders; readonly fields: readonly PackedField[] };
const store = new FieldStore(fields);
const opened = deidentifierOf(workerData as ThreadData);
opened.catch(() => undefined);

// One at a time, however many wait: each holds a whole object in memory.
let work = Promise.resolve();
port.on('message', (message: FileMessage) => {
  work = work.then(async () => port.postMessage(await replyOf(message)));
});

/** An error's class and code are lost between threads: the system's code goes as data. */
async function replyOf({ path, looked }: FileMessage): Promise<FileReply> {
  const faces = looked === null ? undefined : { faces: looked.faces, fields: store };
  try {
    const { deidentifier } = await opened;
    return { line: await treatFile(folders, deidentifier, { path, faces }) };
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    return { fault: { code, message } };
  }
}
