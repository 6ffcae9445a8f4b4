// The process that the mutants are let loose on: it may hang, crash or swell, and its parent will see.
import { openSync, writeSync } from 'node:fs';
import { startExaminer } from './examine.ts';
import type { Examined } from './examine.ts';
import { count } from './messages.ts';
import type { FoundFailure, Job, Tally, WorkerMessage } from './messages.ts';

const REPORT_EVERY = 100;
const MAX_KEPT_BYTES = 64 * 1024;

/** A worker whose parent has gone ends here: nothing else lets the loop of mutants see it. */
function send(message: WorkerMessage): Promise<void> {
  if (!process.connected) process.exit(1);
  return new Promise((resolve) => process.send?.(message, () => resolve()));
}

function failuresOf({ mutant, verdict }: Examined): FoundFailure[] {
  const { seed, notes, bytes } = mutant;
  const base64 = bytes.length <= MAX_KEPT_BYTES ? bytes.toString('base64') : undefined;
  return verdict.failures.map((failure) => ({ ...failure, seed, notes, base64 }));
}

async function work(job: Job): Promise<void> {
  const progress = openSync(job.progressFile, 'w');
  const examiner = await startExaminer(job.kind, job.synthetic);
  await send({ type: 'ready', bases: new Set(examiner.corpus.groups.flat()).size, shared: examiner.corpus.shared });
  let report = { tally: {} as Tally, failures: [] as FoundFailure[], contained: [] as string[] };
  for (let number = job.from; number < job.to; number++) {
    if (!job.skip.includes(number)) {
      writeSync(progress, String(number).padEnd(12), 0);
      const examined = await examiner.examine(`${job.kind}/${job.seed}/${number}`);
      for (const row of examined.rows)
        count(report.tally, row, examined.verdict.failures.length > 0 ? 'FAILED' : examined.verdict.outcome);
      report.failures.push(...failuresOf(examined));
      if (examined.contained) report.contained.push(`${examined.verdict.outcome} ${examined.mutant.seed}`);
    }
    if (number + 1 < job.to && (number + 1 - job.from) % REPORT_EVERY !== 0) continue;
    await send({ type: 'tally', upTo: number + 1, ...report });
    report = { tally: {}, failures: [], contained: [] };
  }
  await examiner.stop();
  await send({ type: 'done' });
}

process.once('message', (job: Job) => {
  void work(job).then(() => process.disconnect());
});
process.on('disconnect', () => process.exit(0));
