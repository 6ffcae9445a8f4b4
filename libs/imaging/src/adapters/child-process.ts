import { fork } from 'node:child_process';
import { readLimits } from '@precedent/dicom';
import { fileURLToPath } from 'node:url';
import type { ChildProcess } from 'node:child_process';
import type { Ask, Reply } from './messages.ts';

const ENTRY = fileURLToPath(new URL('../../dist/adapters/child.js', import.meta.url));

export interface ImagingChild {
  send(ask: Ask): void;
  /** SIGKILL; `onExit` follows. */
  kill(): void;
}

export interface ChildEvents {
  readonly onReply: (reply: Reply) => void;
  /** `signal` is null when the process ended by itself. */
  readonly onExit: (signal: NodeJS.Signals | null) => void;
}

/** Starts one child: no stdin, stdout or environment of ours; only the channel. */
export function startChild(maxRssBytes: number, events: ChildEvents): ImagingChild {
  // It reads under this process's limits, whatever they have been set to.
  const child: ChildProcess = fork(ENTRY, [String(maxRssBytes), JSON.stringify(readLimits())], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: {},
    execArgv: [],
  });
  child.on('message', (reply: Reply) => events.onReply(reply));
  // 'error' comes instead of 'exit' when the process cannot be started, and besides it when a message cannot be sent.
  let ended = false;
  const end = (signal: NodeJS.Signals | null): void => {
    if (ended) return;
    ended = true;
    events.onExit(signal);
  };
  child.once('exit', (_, signal) => end(signal));
  child.on('error', () => (child.pid === undefined ? end(null) : child.kill('SIGKILL')));
  return {
    send: ({ id, request }) => void child.send({ id, request } satisfies Ask, () => undefined),
    kill: () => void child.kill('SIGKILL'),
  };
}
