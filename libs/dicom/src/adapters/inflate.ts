import { deflateRawSync, inflateRawSync } from 'node:zlib';

import { ReadFault } from '../domain/read-fault.ts';

interface Inflated {
  readonly bytes: Buffer;
  /** Bytes of the input that the deflate stream took. */
  readonly consumed: number;
}

/**
 * Raw deflate (RFC 1951, PS3.5 A.5) under a limit: 389 KB inflated to 2 GB in a library without one.
 * @throws ReadFault `limit-exceeded`, `truncated` or `malformed`
 */
export function inflateDataset(deflated: Buffer, maxInflatedBytes: number, offset: number): Inflated {
  try {
    const result = inflateRawSync(deflated, { maxOutputLength: maxInflatedBytes, info: true });
    const { buffer, engine } = result as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    return { bytes: buffer, consumed: engine.bytesWritten };
  } catch (cause) {
    throw inflateFault(cause, offset);
  }
}

function inflateFault(cause: unknown, offset: number): ReadFault {
  const code = (cause as { code?: unknown }).code;
  if (code === 'ERR_BUFFER_TOO_LARGE') {
    const detail = 'The deflated data set is larger than maxInflatedBytes: raise it if this object is genuine.';
    return new ReadFault('limit-exceeded', detail, offset, { cause });
  }
  if (code === 'Z_BUF_ERROR') {
    return new ReadFault('truncated', 'The deflated data set ends early: ask the sender for it again.', offset, {
      cause,
    });
  }
  return new ReadFault('malformed', 'The deflated data set is damaged: ask the sender for it again.', offset, {
    cause,
  });
}

/** @returns the deflated data set, padded with one zero byte to an even length (PS3.5 A.5). */
export function deflateDataset(dataset: Buffer): Buffer {
  const deflated = deflateRawSync(dataset);
  return deflated.length % 2 === 0 ? deflated : Buffer.concat([deflated, Buffer.alloc(1)]);
}
