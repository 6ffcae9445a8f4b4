import { on } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { deidError } from '../deid.errors.ts';
import type { DeidentifierOptions } from '../deidentifier.ts';
import type { FacePlan, ObjectFaces, PackedField } from '../recognisable/face-plan.ts';
import type { Folders, ReportLine } from '../treat-file.ts';
import { startDeidThread } from './deid-thread.ts';

export type FileReply =
  { readonly line: ReportLine } | { readonly fault: { readonly code: string; readonly message: string } };

interface FileThread {
  readonly worker: Worker;
  readonly replies: AsyncIterator<[FileReply]>;
}

/**
 * Treats the files of a folder in `count` threads, each one file at a time.
 * @returns the report's lines in the order of `paths`, whichever thread was first
 * @throws the first output that could not be written; DEID_THREAD_ENDED. The threads are ended in any case.
 */
export async function* linesInThreads(
  count: number,
  options: DeidentifierOptions,
  { inDir, outDir, plan }: Folders & { readonly plan: FacePlan<string> | undefined },
  paths: readonly string[],
): AsyncGenerator<ReportLine> {
  const threads = Array.from({ length: count }, () => startThread(options, { inDir, outDir }, plan?.fields ?? []));
  const threadOf = (index: number): FileThread | undefined => threads[index % count];
  try {
    for (const [index, path] of paths.entries()) threadOf(index)?.worker.postMessage(messageOf(path, plan));
    for (const index of paths.keys()) yield await nextLine(threadOf(index));
  } finally {
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }
}

/** What a thread is told of one file. */
export interface FileMessage {
  readonly path: string;
  /** Null where nobody looked for faces; its `faces` undefined where the file is no CT or MR. */
  readonly looked: { readonly faces: ObjectFaces | undefined } | null;
}

function messageOf(path: string, plan: FacePlan<string> | undefined): FileMessage {
  return { path, looked: plan === undefined ? null : { faces: plan.objects.get(path) } };
}

function startThread(options: DeidentifierOptions, folders: Folders, fields: readonly PackedField[]): FileThread {
  const worker = startDeidThread('file-worker', options, { folders, fields });
  return { worker, replies: on(worker, 'message', { close: ['exit'] }) as AsyncIterator<[FileReply]> };
}

async function nextLine(thread: FileThread | undefined): Promise<ReportLine> {
  const next = await thread?.replies.next().catch((cause: unknown) => {
    throw deidError('DEID_THREAD_ENDED', { cause });
  });
  if (next === undefined || next.done === true) throw deidError('DEID_THREAD_ENDED');
  const [reply] = next.value;
  if ('line' in reply) return reply.line;
  throw Object.assign(new Error(reply.fault.message), { code: reply.fault.code });
}
