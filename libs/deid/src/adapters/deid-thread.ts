import { Worker } from 'node:worker_threads';
import type { ReadLimits } from '@precedent/dicom';
import { configureReadLimits, readLimits } from '@precedent/dicom';
import type { DeidentifierOptions } from '../deidentifier.ts';
import { openDeidentifier } from './open-deidentifier.ts';
import type { OpenDeidentifier } from './open-deidentifier.ts';

/** What every thread that de-identifies is given: it reads under the limits of the process that started it. */
export interface ThreadData {
  readonly options: DeidentifierOptions;
  readonly readLimits: ReadLimits;
}

/** Starts `dist/adapters/NAME.js`. `more` is data of its own. */
export function startDeidThread(name: 'deid-worker' | 'file-worker', options: DeidentifierOptions, more = {}): Worker {
  const workerData: ThreadData = { options, readLimits: readLimits(), ...more };
  // The parent's own flags (--input-type, --inspect, a loader) are not for these threads; some end them.
  return new Worker(new URL(`../../dist/adapters/${name}.js`, import.meta.url), { workerData, execArgv: [] });
}

/**
 * Inside of the thread. Buffers arrive there as plain byte arrays: the secret is made one again. The processes that clean pixels are
 * the thread's own and end with it.
 */
export function deidentifierOf({ options, readLimits: limits }: ThreadData): Promise<OpenDeidentifier> {
  configureReadLimits(limits);
  const { keys, ...rest } = options;
  return openDeidentifier({ ...rest, keys: { ...keys, secret: Buffer.from(keys.secret) } });
}
