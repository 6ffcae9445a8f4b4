/** Exit codes of every command, shown by `--help`. */
export const EXIT = {
  ok: 0,
  /** The work could not be done, or part of it could not; the message says what to do. */
  failed: 1,
  /** The command was called wrongly. */
  misuse: 2,
  /** Ended by Ctrl-C. */
  interrupted: 130,
} as const;
