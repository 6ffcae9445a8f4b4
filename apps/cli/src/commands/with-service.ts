import { stat } from 'node:fs/promises';
import { CodedError } from '@precedent/kernel';
import { dataDirectory } from '../cli.config.ts';
import type { UsedService } from '../client/use-service.ts';
import { useService } from '../client/use-service.ts';
import { untilInterrupted } from '../terminal/interruption.ts';
import type { ServiceOptions } from './service-options.ts';
import { serveArguments } from './service-options.ts';

/** Does `work` with the service of the data folder. One that was started for it ends with it, on Ctrl-C too. */
export async function withService<T>(options: ServiceOptions, work: (service: UsedService) => Promise<T>): Promise<T> {
  const service = await useService(dataDirectory(options.dataDir), serveArguments(options));
  try {
    return await untilInterrupted(work(service));
  } finally {
    await service.stop();
  }
}

/**
 * The same for commands that only ask. A mistyped folder must not be made and then answered about as an archive of nothing.
 * @throws DATA_DIR_MISSING
 */
export async function askService<T>(options: ServiceOptions, work: (service: UsedService) => Promise<T>): Promise<T> {
  const dataDir = dataDirectory(options.dataDir);
  await stat(dataDir).catch((cause: unknown) => {
    const advice = 'import into it first, or name the right one with --data-dir or PRECEDENT_DATA';
    throw new CodedError('DATA_DIR_MISSING', `There is no data folder at ${dataDir}: ${advice}.`, { cause });
  });
  return withService(options, work);
}
