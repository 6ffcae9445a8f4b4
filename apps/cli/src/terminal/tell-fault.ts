import { CodedError } from '@precedent/kernel';
import { wantsTraces } from '../cli.config.ts';
import { EXIT } from '../exit-codes.ts';
import { Interrupted } from './interruption.ts';
import { note } from './output.ts';

/** What the system refuses, by its code: a matter of disk or rights, never a defect. */
const REFUSALS: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full: free some space, then run the same again.',
  EDQUOT: 'The disk quota is used up: free some space, then run the same again.',
  EFBIG: 'A file may not become that large here: raise the limit of file sizes (ulimit -f), then run the same again.',
  EACCES: 'This account has no access: give it the rights, or choose another place.',
  EPERM: 'This account has no access: give it the rights, or choose another place.',
  EROFS: 'The file system is read-only: choose another place.',
  ENOTDIR: 'A part of the path is no folder: check it.',
  EISDIR: 'That is a folder where a file was expected: check the path.',
  ENOENT: 'A file or folder does not exist (any more): check the path.',
  EMFILE: 'Too many files are open: raise the limit (ulimit -n), then run the same again.',
};

/** Tells a fault in a sentence, without a stack trace, which may quote what it worked on. @returns the exit code. */
export function tellFault(error: unknown): number {
  if (error instanceof Interrupted) {
    note(`precedent: ${error.message}`);
    return EXIT.interrupted;
  }
  note(`precedent: ${sentenceOf(error)}`);
  if (wantsTraces() && error instanceof Error) note(error.stack ?? '');
  return EXIT.failed;
}

function sentenceOf(error: unknown): string {
  if (error instanceof CodedError) return `${error.message} [${error.code}]`;
  const { code = '', path } = error as NodeJS.ErrnoException;
  const refusal = REFUSALS[code];
  if (refusal !== undefined) return `${path === undefined ? '' : `${path}: `}${refusal} [${code}]`;
  const kind = error instanceof Error ? error.name : 'unknown';
  return `An unexpected fault (${kind}): run it again with PRECEDENT_TRACE=1 and report what it says. [UNEXPECTED]`;
}

/**
 * Faults outside of any command: a reader that closes the pipe early (`| head`) has what it wanted and must not stop an import;
 * anything else ends the program with a sentence.
 */
export function catchStrayFaults(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') process.exitCode = EXIT.failed;
    });
  }
  process.on('uncaughtException', (error) => process.exit(tellFault(error)));
}
