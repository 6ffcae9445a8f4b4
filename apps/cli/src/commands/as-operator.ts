import type { Command } from 'commander';
import { CodedError } from '@precedent/kernel';
import { readSecretFile } from '@precedent/platform';
import { operatorTokenFile } from '../cli.config.ts';
import { VaultClient } from '../client/vault-client.ts';
import type { ServiceOptions } from './service-options.ts';
import { addServiceOptions } from './service-options.ts';
import { askService } from './with-service.ts';

/** Options of what a person does with the vault. */
export interface OperatorOptions extends ServiceOptions {
  readonly operatorToken?: string;
  readonly json?: boolean;
}

export function addOperatorOption(command: Command): Command {
  return addServiceOptions(
    command
      .option('--operator-token <file>', 'file with your own token, 0600 (default: PRECEDENT_OPERATOR_TOKEN_FILE)')
      .option('--json', 'print as JSON'),
  );
}

/** Does `work` as the person whose token the file holds. @throws OPERATOR_TOKEN_MISSING, SECRET_* */
export async function asOperator<T>(options: OperatorOptions, work: (vault: VaultClient) => Promise<T>): Promise<T> {
  const file = operatorTokenFile(options.operatorToken);
  if (file === undefined)
    throw new CodedError(
      'OPERATOR_TOKEN_MISSING',
      'Name the file with your own token by --operator-token or PRECEDENT_OPERATOR_TOKEN_FILE.',
    );
  const token = (await readSecretFile(file)).toString('utf8').trim();
  return askService(options, ({ client }) => work(new VaultClient(client, token)));
}
