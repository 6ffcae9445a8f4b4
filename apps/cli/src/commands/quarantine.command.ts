import { Command } from 'commander';
import { CodedError } from '@precedent/kernel';
import type { HeldLine, ServiceClient } from '../client/service-client.ts';
import { printJson, say } from '../terminal/output.ts';
import { ProgressBar } from '../terminal/progress-bar.ts';
import { table } from '../terminal/table.ts';
import { untilSettled } from './import-directory.ts';
import type { ServiceOptions } from './service-options.ts';
import { addServiceOptions } from './service-options.ts';
import { askService } from './with-service.ts';

interface Options extends ServiceOptions {
  readonly reason?: string;
  readonly json?: boolean;
}

/** As many as one request takes (schemas.ts of the service). */
const AT_ONCE = 1000;

export function quarantineCommand(): Command {
  const command = new Command('quarantine').description(
    'Instances that are held back: which and why, tried again after a setting has changed, or rejected for good.',
  );
  command.addCommand(listCommand());
  command.addCommand(
    actCommand('retry', 'Send held instances through the pipeline again, and wait for what becomes of them.'),
  );
  command.addCommand(actCommand('reject', 'Delete the bytes of held instances for good. Their receipts stay.'));
  return command;
}

function listCommand(): Command {
  const command = new Command('list')
    .description('Every instance that is held back, with what can be done about it.')
    .option('--reason <code>', 'only those held back for this reason')
    .option('--json', 'print as JSON');
  return addServiceOptions(command).action(list);
}

function actCommand(act: 'retry' | 'reject', description: string): Command {
  const command = new Command(act)
    .description(description)
    .argument('[ids...]', 'their ids, as `quarantine list` tells them')
    .option('--reason <code>', 'all that are held back for this reason')
    .option('--json', 'print as JSON');
  return addServiceOptions(command).action((ids: string[], options: Options) => run(act, ids, options));
}

async function list(options: Options): Promise<void> {
  const held = await askService(options, ({ client }) => client.held(options.reason));
  if (options.json === true) printJson({ instances: held });
  else if (held.length === 0) say('Nothing is held back.');
  else say(heldTable(held));
}

function heldTable(held: readonly HeldLine[]): string {
  const rows = held.map(({ id, source, reason, sizeBytes, receivedAt, retryable }) => [
    id,
    source,
    reason,
    `${Math.ceil(sizeBytes / 1024)} KiB`,
    receivedAt.slice(0, 16),
    retryable ? 'yes' : 'no',
  ]);
  const advice = new Map(held.map(({ reason, detail }) => [reason, detail]));
  const notes = [...advice].map(([reason, detail]) => `${reason}: ${detail}`);
  return [table(['id', 'source', 'reason', 'size', 'received', 'retry'], rows), '', ...notes].join('\n');
}

async function run(act: 'retry' | 'reject', ids: readonly string[], options: Options): Promise<void> {
  if (ids.length > 0 === (options.reason !== undefined))
    throw new CodedError('QUARANTINE_WHICH', 'Name instances by their ids, or all of one reason by --reason.');
  const instances = await askService(options, async ({ client }) => {
    const chosen = options.reason === undefined ? ids : (await client.held(options.reason)).map(({ id }) => id);
    const count = await actOnAll(client, act, chosen);
    if (act === 'retry' && count > 0) await untilSettled(client, new ProgressBar('pipeline', options.json === true));
    return count;
  });
  if (options.json === true) printJson({ instances });
  else say(`${instances} instance(s) ${act === 'retry' ? 'taken up again' : 'rejected'}.`);
}

async function actOnAll(client: ServiceClient, act: 'retry' | 'reject', ids: readonly string[]): Promise<number> {
  let count = 0;
  for (let at = 0; at < ids.length; at += AT_ONCE) count += await client.actOnHeld(act, ids.slice(at, at + AT_ONCE));
  return count;
}
