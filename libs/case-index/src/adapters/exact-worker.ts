import { parentPort, workerData } from 'node:worker_threads';
import { CodedError } from '@precedent/kernel';
import { ExactStore } from './exact-store.ts';
import type { StoreOptions } from './exact-store.ts';
import type { ExactCall, ExactReply } from './exact-protocol.ts';

/** The thread that owns the rows of one exact index, so that a scan never holds up the API's event loop. */
const port = parentPort;
if (port === null) throw new Error('exact-worker runs as a worker thread only');

function faultOf(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof CodedError) return { code: error.code, message: error.message };
  return { code: 'UNEXPECTED', message: error instanceof Error ? `${error.name} in the index worker` : 'unknown' };
}

function run(store: ExactStore, call: ExactCall): unknown {
  switch (call.operation) {
    case 'upsert':
      store.upsert(call.rows);
      return undefined;
    case 'search':
      return store.search(call);
    case 'vectorsOf':
      return store.vectorsOf(call.studyKeys);
    case 'deleteStudies':
      return store.deleteStudies(call.studyKeys);
    case 'count':
      return store.count(call.filter);
    case 'idsAfter':
      return store.idsAfter(call.after, call.limit);
    case 'status':
      return store.status();
    case 'compact':
      store.compact();
      return undefined;
    case 'reset':
      store.reset();
      return undefined;
    case 'close':
      store.close();
      return undefined;
  }
}

function answer(number: number, work: () => unknown): void {
  let reply: ExactReply;
  try {
    reply = { number, value: work() };
  } catch (error) {
    reply = { number, fault: faultOf(error) };
  }
  port?.postMessage(reply);
}

let store: ExactStore | undefined;
answer(0, () => {
  store = new ExactStore(workerData as StoreOptions);
});
port.on('message', ({ number, call }: { number: number; call: ExactCall }) => {
  answer(number, () => {
    const result = store && run(store, call);
    if (call.operation === 'close') port.close();
    return result;
  });
});
