import { Command } from 'commander';
import { CodedError } from '@precedent/kernel';
import type { KeyLines } from '../client/vault-client.ts';
import { VaultClient } from '../client/vault-client.ts';
import { EXIT } from '../exit-codes.ts';
import { note, printJson, say } from '../terminal/output.ts';
import { table } from '../terminal/table.ts';
import { addOperatorOption, asOperator } from './as-operator.ts';
import type { ServiceOptions } from './service-options.ts';
import { addServiceOptions } from './service-options.ts';
import { askService } from './with-service.ts';

interface Options extends ServiceOptions {
  readonly json?: boolean;
}

interface RotateOptions extends Options {
  readonly reEncrypt?: boolean;
  readonly destroyOld?: boolean;
}

const withJson = (command: Command): Command => addServiceOptions(command.option('--json', 'print as JSON'));
const asService = <T>(options: Options, work: (vault: VaultClient) => Promise<T>): Promise<T> =>
  askService(options, ({ client }) => work(new VaultClient(client)));

export function keysCommand(): Command {
  return withJson(new Command('keys').description('Ids of the keys and how many rows are under each.')).action(
    async (options: Options) => {
      const state = await asService(options, (vault) => vault.keys());
      if (options.json === true) printJson(state);
      else say(keyTable(state));
    },
  );
}

function keyTable({ active, keys, wrapping, sealing }: KeyLines): string {
  const count = (uses: KeyLines['wrapping'], id: string): number => uses.find(({ keyId }) => keyId === id)?.rows ?? 0;
  const rows = keys.map((id) => [id, id === active ? 'yes' : 'no', count(wrapping, id), count(sealing, id)]);
  return table(['key', 'active', 'rows under it', 'data keys made under it'], rows);
}

export function rotateCommand(): Command {
  const command = new Command('rotate')
    .description(
      'Make a new key and take every row over to it; pseudonyms stay. Ended half way, the same command goes on where it was.',
    )
    .option('--re-encrypt', 'encrypt contents anew too, under new data keys')
    .option(
      '--destroy-old',
      'destroy the older keys afterwards: older backups of the tables cannot be opened any more',
    );
  return withJson(command).action(async (options: RotateOptions) => {
    const done = await asService(options, (vault) => rotate(vault, options));
    if (options.json === true) printJson(done);
    else say(rotatedText(done));
    if (done.damaged > 0) process.exitCode = EXIT.failed;
  });
}

interface Rotated {
  readonly keyId: string;
  readonly resumed: boolean;
  readonly rows: number;
  readonly damaged: number;
  readonly destroyed: readonly string[];
}

async function rotate(vault: VaultClient, { reEncrypt = false, destroyOld = false }: RotateOptions): Promise<Rotated> {
  const state = await vault.keys();
  const resumed = state.wrapping.some(({ keyId }) => keyId !== state.active);
  const keyId = resumed ? state.active : await vault.addKey();
  const total = state.wrapping.reduce((sum, { rows }) => sum + rows, 0);
  const told = { at: 0 };
  const { rows, damaged } = await vault.rotate(reEncrypt, (done) => {
    if (done - told.at >= 10_000) note(`${(told.at = done)} of ${total} rows`);
  });
  const destroyed = destroyOld && damaged === 0 ? await vault.destroyOlder() : [];
  return { keyId, resumed, rows, damaged, destroyed };
}

function rotatedText({ keyId, resumed, rows, damaged, destroyed }: Rotated): string {
  const first = `${resumed ? 'Went on with' : 'Made'} key ${keyId}; ${rows} row(s) taken over.`;
  const gone = destroyed.length > 0 ? [`${destroyed.length} older key(s) destroyed.`] : [];
  const hurt =
    damaged > 0 ? [`${damaged} row(s) do not open and were left; older keys are kept. See docs/vault.md.`] : [];
  return [first, ...gone, ...hurt, 'Back up secrets/vault-keys.json now, apart from the database.'].join('\n');
}

export function verifyCommand(): Command {
  const command = new Command('verify').description(
    'Open every row and tell only how many do not open, or are older than they should be. Exit code 1 when any is.',
  );
  return withJson(command).action(async (options: Options) => {
    const found = await asService(options, (vault) => vault.verify());
    if (options.json === true) printJson(found);
    else
      say(`${found.rows} row(s): ${found.damaged} do not open, ${found.rolledBack} are gone or older than they were.`);
    if (found.damaged + found.rolledBack > 0) process.exitCode = EXIT.failed;
  });
}

export function forgetCommand(): Command {
  const command = new Command('forget')
    .description('Forget for good who a patient is, and what all their studies were. The cases stay.')
    .argument('<pseudonym>', 'the patient’s, or that of any of their studies')
    .option('--yes', 'do it: nobody can undo it');
  return addOperatorOption(command).action(async (pseudonym: string, options: Options & { readonly yes?: boolean }) => {
    if (options.yes !== true) throw new CodedError('FORGET_UNCONFIRMED', 'This cannot be undone: say --yes to do it.');
    const rows = await asOperator(options, (vault) => vault.forget(pseudonym));
    if (options.json === true) printJson({ rows });
    else
      say(`${rows} row(s) forgotten. Rotate with --destroy-old to make their copies in older backups unreadable too.`);
  });
}
