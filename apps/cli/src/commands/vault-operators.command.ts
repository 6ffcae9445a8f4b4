import { Command } from 'commander';
import { createSecretFile } from '@precedent/platform';
import { VaultClient } from '../client/vault-client.ts';
import { printJson, say } from '../terminal/output.ts';
import { table } from '../terminal/table.ts';
import type { ServiceOptions } from './service-options.ts';
import { addServiceOptions } from './service-options.ts';
import { askService } from './with-service.ts';

interface Options extends ServiceOptions {
  readonly json?: boolean;
}

/** The people who may ask and decide, until the hospital’s sign-in is connected. */
export function vaultOperatorsCommand(): Command {
  const command = new Command('operators').description(
    'The people who may ask and decide, each by a token of their own.',
  );
  for (const part of [addCommand(), listCommand(), removeCommand()]) command.addCommand(part);
  return command;
}

const withJson = (command: Command): Command => addServiceOptions(command.option('--json', 'print as JSON'));

function addCommand(): Command {
  const command = new Command('add')
    .description('Name a person; prints their token, once. Hand it to that person and to nobody else.')
    .argument('<name>', 'lower-case letters, digits and hyphens')
    .option('--token-file <file>', 'write the token there (0600) and do not print it');
  return withJson(command).action(async (name: string, options: Options & { readonly tokenFile?: string }) => {
    const { tokenFile } = options;
    const added = await askService(options, async ({ client }) => {
      const made = await new VaultClient(client).addOperator(name);
      if (tokenFile !== undefined) await createSecretFile(tokenFile, Buffer.from(made.token));
      return made;
    });
    const told = tokenFile === undefined ? added : { name, tokenFile };
    if (options.json === true) printJson(told);
    else say(tokenFile === undefined ? added.token : `The token of ${name} is in ${tokenFile}.`);
  });
}

function listCommand(): Command {
  return withJson(new Command('list').description('All who have been named, removed ones too.')).action(
    async (options: Options) => {
      const operators = await askService(options, ({ client }) => new VaultClient(client).operators());
      if (options.json === true) printJson({ operators });
      else if (operators.length === 0) say('Nobody is named yet: `precedent vault operators add NAME`.');
      else
        say(
          table(
            ['name', 'added', 'removed'],
            operators.map(({ name, addedAt, removedAt }) => [
              name,
              addedAt.slice(0, 16),
              removedAt?.slice(0, 16) ?? '–',
            ]),
          ),
        );
    },
  );
}

function removeCommand(): Command {
  const command = new Command('remove')
    .description('Take a person’s rights away at once. The name stays in the records and is not given again.')
    .argument('<name>', 'who');
  return withJson(command).action(async (name: string, options: Options) => {
    await askService(options, ({ client }) => new VaultClient(client).removeOperator(name));
    if (options.json === true) printJson({ removed: name });
    else say(`${name} can neither ask nor decide any more.`);
  });
}
