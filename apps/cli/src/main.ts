import { Command, CommanderError } from 'commander';
import { deidCommand } from './commands/deid.command.ts';
import { demoCommand } from './commands/demo.command.ts';
import { evaluateCommand } from './commands/evaluate.command.ts';
import { importCommand } from './commands/import.command.ts';
import { inspectCommand } from './commands/inspect.command.ts';
import { quarantineCommand } from './commands/quarantine.command.ts';
import { searchCommand } from './commands/search.command.ts';
import { serveCommand } from './commands/serve.command.ts';
import { statusCommand } from './commands/status.command.ts';
import { vaultCommand } from './commands/vault.command.ts';
import { EXIT } from './exit-codes.ts';
import { catchStrayFaults, tellFault } from './terminal/tell-fault.ts';

const EXIT_HELP = `
Exit codes: 0 done · 1 could not be done, or not all of it (the message says what to do) · 2 called wrongly · 130 ended by Ctrl-C`;

function program(): Command {
  const root = new Command('precedent')
    .description('Similar prior cases from a hospital’s own imaging archive, on its own machines.')
    .version('0.1.0')
    .addHelpText('afterAll', EXIT_HELP);
  const commands = [
    demoCommand,
    serveCommand,
    importCommand,
    searchCommand,
    statusCommand,
    quarantineCommand,
    evaluateCommand,
    deidCommand,
    inspectCommand,
    vaultCommand,
  ];
  for (const make of commands) root.addCommand(make());
  for (const command of withParts(root)) command.exitOverride().showHelpAfterError('(--help shows how)');
  return root;
}

/** The command and all below it: `vault operators add` is misused as `import` is. */
const withParts = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(withParts)];

/** Runs one command. @returns the exit code; nothing is thrown and no stack trace is shown to a user. */
export async function runCli(args: readonly string[]): Promise<number> {
  catchStrayFaults();
  try {
    await program().parseAsync([...args], { from: 'user' });
    return Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    // Commander has printed its own message already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.misuse;
    return tellFault(error);
  }
}
