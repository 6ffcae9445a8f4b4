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
    ['DICOM', listenerText(status.listener)],
    ['vector store', `${status.index.store}, ${status.index.ok ? 'ok' : 'NOT OK'}, space ${status.index.space}`],
    ['inference', `${status.provider.used} (asked for: ${status.provider.requested})`],
    ['archive', `${studies} studies of ${patients} patients, ${images} images, ${outcomes} outcomes`],
    ['indexed', `${status.indexed} of ${status.embeddings} embedded images`],
    ['pixels', status.uncleanedPixels ? 'UNCLEANED PIXELS ARE LET THROUGH' : 'texts are sought and masked'],
  ];
  say(rows.map(([name = '', text = '']) => `${name.padEnd(13)} ${text}`).join('\n'));
  say('\n' + table(['study generations', 'count'], Object.entries(status.generations)));
  say('\n' + table(['instances', 'count'], Object.entries(status.instances)));
  const sources = status.sources.map(
    (s) => [s.source, s.instances, s.pending, s.quarantined, s.lastReceivedAt] as const,
  );
  if (sources.length > 0) say('\n' + table(['source', 'instances', 'pending', 'held back', 'last received'], sources));
  const refused = (status.listener?.refused ?? []).map(
    (r) => [r.callingAe, r.address, r.reason, r.times, r.lastAt] as const,
  );
  if (refused.length > 0) say('\n' + table(['refused: AE title', 'address', 'reason', 'times', 'last'], refused));
  const held = [...Object.entries(status.quarantine), ...Object.entries(status.notIndexable)];
  if (held.length > 0) say('\n' + table(['held back, or not searchable: reason', 'count'], held));
}

function listenerText(listener: Status['listener']): string {
  if (listener === null) return 'off';
  const { aeTitle, host, port, tls, listening, peers, associations } = listener;
  const secured = { off: 'no TLS', tls: 'TLS', mutual: 'mutual TLS' }[tls];
  const state = listening ? `${associations} associations open` : 'NOT LISTENING';
  return `${aeTitle} at ${host}:${port}, ${secured}, ${peers} peers, ${state}`;
}
