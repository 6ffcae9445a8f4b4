import { CodedError } from '@precedent/kernel';
import { Lane, WINDOW } from './adapters/lane.ts';
import { IMAGING_ERRORS } from './imaging.errors.ts';
import type { Job } from './adapters/lane.ts';
import type { ImageFailure, RenderOutcome, RenderRequest } from './domain/types.ts';

export interface ImagingSandboxOptions {
  /** Child processes; one a core that decoding may take. Default 1. */
  readonly processes?: number;
  /** Longest a request may take, from when its child takes it up. Default 60 s. */
  readonly timeoutMs?: number;
  /** Resident memory at which a child is ended. Default 2 GiB. */
  readonly maxRssBytes?: number;
  /** Requests after which a child is replaced. Default 10,000. */
  readonly restartAfter?: number;
  /** Told when a child had to be replaced in the middle of a picture. */
  readonly onReplaced?: (reason: ImageFailure) => void;
}

/**
 * Renders images in child processes, because decoders of foreign bytes hang, crash, and fill the memory.
 * Whatever a picture does costs its own request only. Children start with the first request.
 */
export class ImagingSandbox {
  private readonly waiting: Job[] = [];
  private readonly lanes: readonly Lane[];
  private readonly pending = new Set<(fault: CodedError) => void>();
  private stopped = false;

  constructor(options: ImagingSandboxOptions = {}) {
    const limits = {
      timeoutMs: options.timeoutMs ?? 60_000,
      maxRssBytes: options.maxRssBytes ?? 2 * 1024 ** 3,
      restartAfter: options.restartAfter ?? 10_000,
      onReplaced: options.onReplaced ?? (() => undefined),
    };
    this.lanes = Array.from({ length: options.processes ?? 1 }, () => new Lane(limits, () => this.waiting.shift()));
  }

  /**
   * @returns the frames in the order asked for, or why not; `timed-out`, `out-of-memory` and `decode-failed` also when the
   *   process had to be ended. Requests are taken up in order.
   * @throws CodedError `IMAGING_STOPPED` after or during `stop`
   */
  render(request: RenderRequest): Promise<RenderOutcome> {
    if (this.stopped) return Promise.reject(stoppedFault());
    return new Promise((resolve, reject) => {
      this.pending.add(reject);
      const settle = (outcome: RenderOutcome): void => {
        this.pending.delete(reject);
        resolve(outcome);
      };
      this.waiting.push({ request, settle });
      this.offer();
    });
  }

  /** Level by level, so that no child queues a second request while another has none. */
  private offer(): void {
    for (let depth = 1; depth <= WINDOW; depth++) for (const lane of this.lanes) lane.pull(depth);
  }

  /** Ends every child; requests not answered yet are rejected. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.waiting.length = 0;
    await Promise.all(this.lanes.map((lane) => lane.stop()));
    for (const reject of this.pending) reject(stoppedFault());
    this.pending.clear();
  }
}

function stoppedFault(): CodedError {
  return new CodedError('IMAGING_STOPPED', IMAGING_ERRORS.IMAGING_STOPPED);
}
