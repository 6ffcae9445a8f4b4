import { EXIT } from './arguments.mjs';

/** A failure that a person can act on: the message is whole sentences that say what to do. */
export class SetupError extends Error {
  constructor(message, { exitCode = EXIT.failed, cause } = {}) {
    super(message, { cause });
    this.exitCode = exitCode;
  }
}

/** Something the machine must bring and does not. */
export function machineLacks(message) {
  return new SetupError(message, { exitCode: EXIT.machine });
}

const FILE_SYSTEM = {
  EACCES: (path) =>
    `no right to write ${path}. It may have been made by another user (a set-up run as root?): give this checkout to one user, or delete that path.`,
  EPERM: (path) => `no right to change ${path}. Give this checkout to the user that runs the set-up.`,
  EROFS: (path) => `${path} lies on a read-only file system. The set-up writes inside the checkout.`,
  ENOSPC: (path) => `the disk is full (writing ${path}). About 2 GB are needed for packages, peers and weights.`,
};

/** The sentence for any error; faults nobody foresaw keep their stack, since that is all there is to go by. */
export function sentenceOf(error) {
  if (error instanceof SetupError) return error.message;
  const known = FILE_SYSTEM[error?.code];
  if (known) return known(error.path ?? 'a file of this checkout');
  return String(error?.stack ?? error);
}
