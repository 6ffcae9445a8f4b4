import { InferenceSession } from '@precedent/inference';
import { CpuMeter } from './process-times.mjs';

const BATCH = 8;
/** Calls under way at once, a batch each: two lie in the child, two wait, so that the queue is never empty. */
const CALLS = 4;
const TIMEOUT_MS = 60_000;

/**
 * What the encoder reaches when nothing else is to be done: the service's session (same model, provider, threads, batch, token
 * maps, child process and pipe), fed pictures that lie ready in memory.
 * @returns {Promise<{ images: number, seconds: number, cpu: object, provider: string }>}
 */
export async function runBareEncoder(model, pictures, { threads, provider, images }, signal) {
  const session = await InferenceSession.open(model, { provider, threads, timeoutMs: TIMEOUT_MS });
  try {
    await feed(session, pictures, BATCH * CALLS * 2, signal); // memory arena, pipe and compiler are warm then
    const meter = new CpuMeter();
    const started = performance.now();
    const encoded = await feed(session, pictures, images, signal);
    const seconds = (performance.now() - started) / 1000;
    return { images: encoded, seconds, cpu: meter.stop(), provider: session.provider.used };
  } finally {
    await session.close();
  }
}

async function feed(session, pictures, images, signal) {
  let next = 0;
  let encoded = 0;
  const caller = async () => {
    while (next < images) {
      signal.throwIfAborted();
      const batch = Array.from({ length: BATCH }, () => pictures[next++ % pictures.length]);
      const outputs = await session.encode(batch, { tokens: true });
      encoded += outputs.length;
    }
  };
  await Promise.all(Array.from({ length: CALLS }, caller));
  return encoded;
}
