import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { codeOf } from '@precedent/kernel';
import type { StudyReply, StudyRequest } from './deid-protocol.ts';
import { bytesToMove } from './deid-protocol.ts';
import type { ThreadData } from './deid-thread.ts';
import { deidentifierOf } from './deid-thread.ts';

/** The thread that de-identifies the pipeline's studies, so that parsing and searching bytes never hold up the API's event loop. */
const port = parentPort;
if (port === null) throw new Error('deid-worker runs as a worker thread only');

/** A third of the share of a thread at 0 when both want the same core; still enough beside other programs of the machine. */
const NICE = 5;
// What a clinician waits for, and the encoder that the whole pipeline waits for, go first. Linux takes 0 for the calling thread;
// elsewhere it would be the whole process.
if (process.platform === 'linux') setPriority(0, NICE);
const opened = deidentifierOf(workerData as ThreadData);

// A cleaner that cannot be opened fails each study with its code, and the job is tried again.
opened.catch(() => undefined);

port.on('message', ({ number, study, vaultKey }: StudyRequest) => {
  void opened
    .then(({ deidentifier }) => deidentifier.deidentifyStudy(study, vaultKey))
    .then(
      (outcome) => answer({ number, outcome }),
      (fault: unknown) => answer({ number, fault: codeOf(fault) }),
    );
});

function answer(reply: StudyReply): void {
  port?.postMessage(reply, 'outcome' in reply ? bytesToMove(reply.outcome) : []);
}
