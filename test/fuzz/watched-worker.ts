import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Job, WorkerMessage } from './messages.ts';

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));
const LOADER = new URL('../../tools/fuzz/typescript.mjs', import.meta.url).href;
const LOOK_EVERY_MS = 250;
/** Packages and bases are loaded before the first mutant. */
const START_MS = 120_000;

export interface WatchLimits {
  /** Longest that one mutant may take, in ms, before its process is taken for hung. */
  readonly boundMs: number;
  /** Resident memory of the process at which it is ended. */
  readonly maxRssBytes: number;
  /** Ends the process at once. */
  readonly signal?: AbortSignal;
}

/** How a worker ended; `at` is the number of the mutant that it ended on. */
export type WorkerEnd =
  | { readonly kind: 'done'; readonly peakRss: number }
  | {
      readonly kind: 'hang' | 'memory' | 'crash';
      readonly at: number;
      readonly peakRss: number;
      readonly last: string;
    };

/** Resident memory by the kernel, since a process inside a loop cannot say; 0 where there is no /proc. */
function residentBytes(pid: number | undefined): number {
  try {
    return Number(readFileSync(`/proc/${pid ?? 0}/statm`, 'utf8').split(' ')[1]) * 4096;
  } catch {
    return 0;
  }
}

/** One worker process under watch: its progress, its memory, its end. */
class Watch {
  peakRss = 0;
  verdict: 'hang' | 'memory' | undefined;
  readonly #child: ChildProcess;
  readonly #limits: WatchLimits;
  readonly #progressFile: string;
  #seen = '';
  #since = Date.now();
  readonly #timer: NodeJS.Timeout;

  constructor(child: ChildProcess, limits: WatchLimits, progressFile: string) {
    this.#child = child;
    this.#limits = limits;
    this.#progressFile = progressFile;
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  /** Number of the mutant in hand; -1 before the first. */
  get at(): number {
    return this.#progress() === '' ? -1 : Number(this.#progress());
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #progress(): string {
    try {
      return readFileSync(this.#progressFile, 'utf8').trim();
    } catch {
      return '';
    }
  }

  #look(): void {
    const rss = residentBytes(this.#child.pid);
    this.peakRss = Math.max(this.peakRss, rss);
    const now = this.#progress();
    if (now !== this.#seen) this.#since = Date.now();
    this.#seen = now;
    const bound = now === '' ? START_MS : this.#limits.boundMs;
    if (rss > this.#limits.maxRssBytes) this.#end('memory');
    else if (Date.now() - this.#since > bound) this.#end('hang');
  }

  #end(verdict: 'hang' | 'memory'): void {
    this.verdict ??= verdict;
    this.#child.kill('SIGKILL');
  }
}

/** Runs one job in a process of its own. `onMessage` gets its reports; what it did after the last report is lost with it. */
export function runWatched(
  job: Job,
  limits: WatchLimits,
  onMessage: (message: WorkerMessage) => void,
  worker = WORKER,
): Promise<WorkerEnd> {
  const child = fork(worker, [], { execArgv: ['--import', LOADER], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const stop = (): void => void child.kill('SIGKILL');
  limits.signal?.addEventListener('abort', stop);
  const watch = new Watch(child, limits, job.progressFile);
  let done = false;
  let last = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (last = (last + text).slice(-2000)));
  child.on('message', (message: WorkerMessage) => {
    if (message.type === 'done') done = true;
    else onMessage(message);
  });
  child.send(job);
  return new Promise((resolve) => {
    child.once('close', () => {
      watch.stop();
      limits.signal?.removeEventListener('abort', stop);
      const { peakRss, at } = watch;
      resolve(done ? { kind: 'done', peakRss } : { kind: watch.verdict ?? 'crash', at, peakRss, last });
    });
  });
}
