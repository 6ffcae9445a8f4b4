import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Where the data live: `--data-dir`, else PRECEDENT_DATA, else the place the system keeps service data for (root) or the user's own
 * data folder (XDG base directory specification).
 */
export function dataDirectory(option: string | undefined): string {
  const named = option ?? process.env.PRECEDENT_DATA;
  if (named !== undefined && named !== '') return resolve(named);
  if (process.getuid?.() === 0) return '/var/lib/precedent';
  return join(process.env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'precedent');
}

/** Whether stack traces are shown: for whoever mends the program. They may quote what it worked on. */
export const wantsTraces = (): boolean => process.env.PRECEDENT_TRACE === '1';

/** Whether to draw: a terminal, and nobody asked for plain output (no-color.org). */
export const isInteractive = (stream: NodeJS.WriteStream): boolean =>
  stream.isTTY && process.env.CI === undefined && process.env.TERM !== 'dumb';

/** The file with a vault operator's own token: never on the command line, where every process of the machine can read it. */
export const operatorTokenFile = (option: string | undefined): string | undefined =>
  option ?? process.env.PRECEDENT_OPERATOR_TOKEN_FILE;
