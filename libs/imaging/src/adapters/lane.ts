import { startChild } from './child-process.ts';
import type { ImageFailure, RenderOutcome, RenderRequest } from '../domain/types.ts';
import type { ImagingChild } from './child-process.ts';
import type { Reply } from './messages.ts';

export interface LaneLimits {
  readonly timeoutMs: number;
  readonly maxRssBytes: number;
  readonly restartAfter: number;
  readonly onReplaced: (reason: ImageFailure) => void;
}

/** A request with the place its outcome goes to. */
export interface Job {
  readonly request: RenderRequest;
  readonly settle: (outcome: RenderOutcome) => void;
}

type Held = Job & { readonly id: number };

/** Requests that lie in the child's queue: while it sends one answer the next request is already there. */
export const WINDOW = 3;
/** A start takes 0.4 s here; a machine under load gets a hundred times that. */
const START_TIMEOUT_MS = 60_000;
const MAX_FAILED_STARTS = 3;

/**
 * One child process and the requests that it holds, oldest first. Its death costs the oldest one; the others go to the
 * next child. Takes jobs from `next` while it has room.
 */
export class Lane {
  private state: 'none' | 'starting' | 'ready' | 'retiring' = 'none';
  private child: ImagingChild | undefined;
  private held: Held[] = [];
  private lastId = 0;
  private served = 0;
  private failedStarts = 0;
  private timedOut = false;
  private timer: NodeJS.Timeout | undefined;
  private whenEnded: (() => void) | undefined;
  private readonly limits: LaneLimits;
  private readonly next: () => Job | undefined;

  constructor(limits: LaneLimits, next: () => Job | undefined) {
    this.limits = limits;
    this.next = next;
  }

  /** Takes what waits, up to `depth` requests in hand; starts the child when there is something to do. */
  pull(depth: number): void {
    if (this.served >= this.limits.restartAfter) return;
    while (this.held.length < depth) {
      const job = this.next();
      if (job === undefined) break;
      this.take({ ...job, id: ++this.lastId });
    }
  }

  /** Ends the child. What it held stays unsettled: the sandbox answers for it. */
  stop(): Promise<void> {
    this.held = [];
    if (this.child === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      this.whenEnded = resolve;
      this.child?.kill();
    });
  }

  private take(held: Held): void {
    this.held.push(held);
    if (this.state === 'none') this.start();
    if (this.state !== 'ready') return;
    this.child?.send(held);
    if (this.held.length === 1) this.watchOldest();
  }

  private start(): void {
    this.state = 'starting';
    this.timedOut = false;
    this.timer = setTimeout(() => this.child?.kill(), START_TIMEOUT_MS);
    this.child = startChild(this.limits.maxRssBytes, {
      onReply: (reply) => this.onReply(reply),
      onExit: (signal) => this.onExit(signal),
    });
  }

  private onReply(reply: Reply): void {
    if (reply.kind === 'answer') this.onAnswer(reply.id, reply.outcome);
    else this.onReady();
  }

  private onReady(): void {
    this.state = 'ready';
    this.failedStarts = 0;
    for (const held of this.held) this.child?.send(held);
    this.watchOldest();
  }

  private onAnswer(id: number, outcome: RenderOutcome): void {
    // A late answer of a request that was given up already.
    if (this.held[0]?.id !== id) return;
    const answered = this.held.shift();
    this.served++;
    this.pull(WINDOW);
    this.watchOldest();
    answered?.settle(outcome);
    if (this.served >= this.limits.restartAfter && this.held.length === 0) this.retire();
  }

  /** After its share of requests a child is replaced, between two requests: codec heaps grow and never shrink. */
  private retire(): void {
    this.state = 'retiring';
    this.child?.kill();
  }

  /** The oldest request's clock starts when it becomes the oldest. */
  private watchOldest(): void {
    clearTimeout(this.timer);
    if (this.held.length === 0) return;
    this.timer = setTimeout(() => {
      this.timedOut = true;
      this.child?.kill();
    }, this.limits.timeoutMs);
  }

  private onExit(signal: NodeJS.Signals | null): void {
    clearTimeout(this.timer);
    const ended = this.state;
    this.state = 'none';
    this.child = undefined;
    this.served = 0;
    if (this.whenEnded === undefined) this.goOn(ended, signal);
    else this.whenEnded();
  }

  private goOn(ended: Lane['state'], signal: NodeJS.Signals | null): void {
    if (ended === 'ready') this.blameOldest(signal);
    if (ended === 'starting' && ++this.failedStarts >= MAX_FAILED_STARTS) this.giveUp();
    if (this.held.length > 0) this.start();
    this.pull(WINDOW);
  }

  private blameOldest(signal: NodeJS.Signals | null): void {
    // SIGKILL that is not ours is the watch thread's or the kernel's: memory in both cases.
    const killed = signal === 'SIGKILL' ? 'out-of-memory' : 'decode-failed';
    const reason = this.timedOut ? 'timed-out' : killed;
    this.limits.onReplaced(reason);
    this.held.shift()?.settle({ kind: 'failed', reason, detail: DETAILS[reason] });
  }

  private giveUp(): void {
    this.failedStarts = 0;
    const detail = 'the imaging process does not start; check the installation and free memory';
    for (const { settle } of this.held.splice(0)) settle({ kind: 'failed', reason: 'decode-failed', detail });
  }
}

const DETAILS = {
  'timed-out': 'decoding took longer than allowed and was ended',
  'out-of-memory': 'decoding took more memory than allowed and was ended',
  'decode-failed': 'the decoder ended its process on this picture',
} as const satisfies Partial<Record<ImageFailure, string>>;
