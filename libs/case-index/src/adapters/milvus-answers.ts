import type { CodedError } from '@precedent/kernel';
import { CodedError as Coded } from '@precedent/kernel';
import { indexFault } from '../case-index.errors.ts';

/** What to do about a failed call, and the fault to report if nothing helps. */
export interface Verdict {
  readonly fault: CodedError;
  /** Every call here may be repeated: upsert and delete by id, and reads. */
  readonly retry: 'never' | 'now-and-then' | 'until-deadline';
  /** The collection must be loaded first; so after every restart of Milvus Lite. */
  readonly reload: boolean;
}

/** A server's own report of failure. It keeps numbers only: the server's sentence may quote the filter. */
export class MilvusStatusError extends Error {
  readonly code: number;
  readonly errorCode: string;
  readonly notLoaded: boolean;

  constructor(code: number, errorCode: string, notLoaded: boolean) {
    super(`milvus code ${code}`);
    this.code = code;
    this.errorCode = errorCode;
    this.notLoaded = notLoaded;
  }
}

interface Status {
  readonly error_code?: string | number;
  readonly code?: number;
  readonly reason?: string;
}

/**
 * The answer, if it is one. Both marks must say success: Lite's catch-all sets only `code`, older servers only
 * `error_code`; and an empty answer is what the SDK makes of a call the server does not know.
 */
export function unwrap<T extends object>(answer: T): T {
  const status = ('status' in answer ? answer.status : answer) as Status | undefined;
  if (status?.error_code === undefined) throw indexFault('INDEX_BAD_ANSWER', 'an empty answer');
  const [errorCode, code] = [status.error_code, status.code ?? 0];
  if ((errorCode === 'Success' || errorCode === 0) && code === 0) return answer;
  throw new MilvusStatusError(code, String(errorCode), saysNotLoaded(code, status.reason ?? ''));
}

/** 101 not loaded, 103 not fully loaded; Lite says "released" under its one code. */
function saysNotLoaded(code: number, reason: string): boolean {
  return code === 101 || code === 103 || /not (fully )?loaded|'released'/i.test(reason);
}

export function judge(error: unknown): Verdict {
  if (error instanceof Coded) {
    return { fault: error, retry: 'never', reload: false };
  }
  if (error instanceof MilvusStatusError) return judgeStatus(error);
  const code = grpcCode(error);
  if (code !== undefined) return judgeTransport(code, error);
  // The SDK throws a TypeError where it reads a field of an answer that is not there: a restart in the middle.
  return { fault: indexFault('INDEX_BAD_ANSWER'), retry: 'now-and-then', reload: false };
}

/** 1, 2 not ready; 3 memory; 4, 8, 9 too many requests or quota (Milvus' merr codes). */
const BUSY = new Set([3, 4, 8, 9]);
const NOT_READY = new Set([1, 2]);
const DENIED = new Set([1400, 1401]);

function judgeStatus(error: MilvusStatusError): Verdict {
  const detail = `code ${error.code}, ${error.errorCode}`;
  if (error.notLoaded) {
    return { fault: indexFault('INDEX_SERVER_FAULT', 'not loaded'), retry: 'until-deadline', reload: true };
  }
  if (BUSY.has(error.code)) return { fault: indexFault('INDEX_BUSY', detail), retry: 'until-deadline', reload: false };
  if (DENIED.has(error.code)) return { fault: indexFault('INDEX_DENIED', detail), retry: 'never', reload: false };
  const retry = NOT_READY.has(error.code) ? 'until-deadline' : 'never';
  return { fault: indexFault('INDEX_SERVER_FAULT', detail), retry, reload: false };
}

/** Standard gRPC status codes. */
const GRPC = { cancelled: 1, deadline: 4, denied: 7, exhausted: 8, unavailable: 14, unauthenticated: 16 } as const;

function grpcCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'number' ? error.code : undefined;
}

function judgeTransport(code: number, error: unknown): Verdict {
  switch (code) {
    case GRPC.unavailable:
      return { fault: indexFault('INDEX_UNREACHABLE', detailsOf(error)), retry: 'until-deadline', reload: false };
    case GRPC.deadline:
      return { fault: indexFault('INDEX_DEADLINE'), retry: 'until-deadline', reload: false };
    case GRPC.exhausted:
      return { fault: indexFault('INDEX_BUSY'), retry: 'until-deadline', reload: false };
    case GRPC.denied:
    case GRPC.unauthenticated:
      return { fault: indexFault('INDEX_DENIED'), retry: 'never', reload: false };
    default:
      return {
        fault: indexFault('INDEX_SERVER_FAULT', `transport code ${code}`),
        retry: 'now-and-then',
        reload: false,
      };
  }
}

/** The transport's own words of why there is no connection: an address or a certificate, made on this side. */
function detailsOf(error: unknown): string | undefined {
  const details = typeof error === 'object' && error !== null && 'details' in error ? error.details : undefined;
  return typeof details === 'string' ? details.slice(0, 300) : undefined;
}
