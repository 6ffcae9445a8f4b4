/** Someone pressed Ctrl-C or ended the benchmark: it still ends what it started and removes what it wrote. */
export class Stopped extends Error {
  constructor() {
    super('stopped; what was started has been ended and temporary folders are removed.');
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Runs `work` with a signal that fires at the first interruption; later ones are ignored while it tidies up. */
export async function interruptible(work) {
  const controller = new AbortController();
  const stop = () => controller.abort(new Stopped());
  for (const name of SIGNALS) process.on(name, stop);
  try {
    return await work(controller.signal);
  } finally {
    for (const name of SIGNALS) process.off(name, stop);
  }
}

/** Ends with the promise, with `signal`, or with a sentence after `ms`, whichever comes first. */
export async function within(promise, ms, signal, what) {
  signal.throwIfAborted();
  let timer;
  let onAbort;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${ms / 1000} s: given up.`)), ms);
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
