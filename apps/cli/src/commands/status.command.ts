import { Command } from 'commander';
import type { Status } from '../client/service-client.ts';
import { printJson, say } from '../terminal/output.ts';
import { table } from '../terminal/table.ts';
import type { ServiceOptions } from './service-options.ts';
import { addServiceOptions } from './service-options.ts';
import { askService } from './with-service.ts';

export function statusCommand(): Command {
  const command = new Command('status')
    .description(
      'How far everything received has come, what is held back and why, and which store and provider answer.',
    )
    .option('--json', 'print as JSON');
  return addServiceOptions(command).action(run);
}

async function run(options: ServiceOptions & { readonly json?: boolean }): Promise<void> {
  const { status, address } = await askService(options, async ({ client, started }) => ({
    status: await client.status(),
    address: started ? 'not running (started for this question)' : client.address.url,
  }));
  if (options.json === true) printJson(status);
  else print(status, address);
}

function print(status: Status, address: string): void {
  const { patients, studies, images, outcomes } = status.archive;
  const rows = [
    ['service', address],
    ['version', status.version],
    ['vector store', `${status.index.store}, ${status.index.ok ? 'ok' : 'NOT OK'}, space ${status.index.space}`],
    ['inference', `${status.provider.used} (asked for: ${status.provider.requested})`],
    ['archive', `${studies} studies of ${patients} patients, ${images} images, ${outcomes} outcomes`],
    ['indexed', `${status.indexed} of ${status.embeddings} embedded images`],
    ['pixels', status.uncleanedPixels ? 'UNCLEANED PIXELS ARE LET THROUGH' : 'held back until cleaned'],
  ];
  say(rows.map(([name = '', text = '']) => `${name.padEnd(13)} ${text}`).join('\n'));
  say('\n' + table(['study generations', 'count'], Object.entries(status.generations)));
  say('\n' + table(['instances', 'count'], Object.entries(status.instances)));
  const held = [...Object.entries(status.quarantine), ...Object.entries(status.notIndexable)];
  if (held.length > 0) say('\n' + table(['held back, or not searchable: reason', 'count'], held));
}
