import { CodedError } from '@precedent/kernel';

/** Thrown when the user ends a command; the command's `finally` blocks then stop what it started. */
export class Interrupted extends CodedError {
  constructor() {
    super('INTERRUPTED', 'Ended. What was received is kept; the same command goes on from there.');
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Settles with `work`, or rejects as soon as the process is asked to end. */
export async function untilInterrupted<T>(work: Promise<T>): Promise<T> {
  let onSignal: () => void = () => undefined;
  const interrupted = new Promise<never>((_, reject) => {
    onSignal = () => reject(new Interrupted());
    for (const signal of SIGNALS) process.once(signal, onSignal);
  });
  try {
    return await Promise.race([work, interrupted]);
  } finally {
    work.catch(() => undefined); // its failure after an interruption is a consequence, not news
    for (const signal of SIGNALS) process.removeListener(signal, onSignal);
  }
}

/** Lets `work`, which ends things in order, come to its end: killed by one Ctrl-C more, it would leave them running. */
export async function uninterrupted<T>(work: Promise<T>): Promise<T> {
  const onSignal = (): void => undefined;
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    return await work;
  } finally {
    for (const signal of SIGNALS) process.removeListener(signal, onSignal);
  }
}
