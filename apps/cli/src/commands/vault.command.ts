import { text } from 'node:stream/consumers';
import { Command, Option } from 'commander';
import type { RequestLine, RevealedIdentity } from '../client/vault-client.ts';
import { note, printJson, say } from '../terminal/output.ts';
import { table } from '../terminal/table.ts';
import type { OperatorOptions } from './as-operator.ts';
import { addOperatorOption, asOperator } from './as-operator.ts';
import { wholeNumber } from './parse-options.ts';
import { vaultOperatorsCommand } from './vault-operators.command.ts';
import { forgetCommand, keysCommand, rotateCommand, verifyCommand } from './vault-keys.command.ts';

interface AskOptions extends OperatorOptions {
  readonly purpose: string;
  readonly reason: string;
  readonly kind: 'study' | 'patient';
  readonly hours: number;
  readonly looks: number;
}

/** As the service has them (libs/deid, requests.ts), which checks again. */
const PURPOSES = [
  'patient-care',
  'incidental-finding',
  'patient-safety',
  'data-subject-request',
  'legal-duty',
  'quality-review',
  'approved-research',
];

export function vaultCommand(): Command {
  const command = new Command('vault').description(
    'Whom a pseudonym stands for: asked by one person, approved by another, looked at a counted number of times.',
  );
  const parts = [
    askCommand(),
    listCommand(),
    showCommand(),
    decideCommand('approve', 'Approve a request of another person.'),
    decideCommand('deny', 'Deny a request of another person.'),
    revealCommand(),
    vaultOperatorsCommand(),
    keysCommand(),
    rotateCommand(),
    verifyCommand(),
    forgetCommand(),
  ];
  for (const part of parts) command.addCommand(part);
  return command;
}

function askCommand(): Command {
  const command = new Command('request')
    .description('Ask whom a pseudonym stands for. Nothing is told before another person approves.')
    .argument('<pseudonym>', 'study key, as search results show it; with --kind patient a patient key')
    .addOption(
      new Option('--kind <kind>', 'what the pseudonym stands for').choices(['study', 'patient']).default('study'),
    )
    .addOption(new Option('--purpose <code>', 'why').choices(PURPOSES).makeOptionMandatory())
    .requiredOption(
      '--reason <text>',
      'for who decides, 10 to 1000 characters, kept sealed; - reads it from standard input',
    )
    .option('--hours <n>', 'term of the request', wholeNumber(1, 8760), 24)
    .option('--looks <n>', 'how often the identity may be looked at', wholeNumber(1, 100), 1);
  return addOperatorOption(command).action(async (pseudonym: string, options: AskOptions) => {
    const { kind, purpose, hours, looks } = options;
    // What stands on a command line is seen by every process of the machine, and reasons have names in them.
    const reason = options.reason === '-' ? (await text(process.stdin)).trim() : options.reason;
    const body = { pseudonym, kind, purpose, reason, hours, looks };
    tell(await asOperator(options, (vault) => vault.request(body)), options);
  });
}

function listCommand(): Command {
  const command = new Command('list')
    .description('Requests, newest first.')
    .addOption(
      new Option('--state <state>', 'only these').choices(['requested', 'approved', 'denied', 'expired', 'closed']),
    );
  return addOperatorOption(command).action(async (options: OperatorOptions & { readonly state?: string }) => {
    const requests = await asOperator(options, (vault) => vault.list(options.state));
    if (options.json === true) printJson({ requests });
    else if (requests.length === 0) say('There are no such requests.');
    else say(requestTable(requests));
  });
}

function showCommand(): Command {
  const command = new Command('show')
    .description('One request, with its reason.')
    .argument('<id>', 'id of the request');
  return addOperatorOption(command).action(async (id: string, options: OperatorOptions) => {
    const request = await asOperator(options, (vault) => vault.show(id));
    if (options.json === true) printJson(request);
    else say(`${requestTable([request])}\n\nReason: ${request.reason ?? '(forgotten with the patient)'}`);
  });
}

function decideCommand(act: 'approve' | 'deny', description: string): Command {
  const command = new Command(act).description(description).argument('<id>', 'id of the request');
  return addOperatorOption(command).action(async (id: string, options: OperatorOptions) => {
    tell(await asOperator(options, (vault) => vault.decide(id, act)), options);
  });
}

function revealCommand(): Command {
  const command = new Command('reveal')
    .description('Look at the identity once: by who asked, after the approval, within the term.')
    .argument('<id>', 'id of the request');
  return addOperatorOption(command).action(async (id: string, options: OperatorOptions) => {
    const revealed = await asOperator(options, (vault) => vault.reveal(id));
    if (options.json === true) printJson(revealed);
    else say(identityText(revealed));
    const { looks, maxLooks } = revealed.request;
    note(
      `Look ${looks} of ${maxLooks}; audited. This is a patient’s identity: do not keep it where others can read it.`,
    );
  });
}

function tell(request: RequestLine, options: OperatorOptions): void {
  if (options.json === true) printJson(request);
  else say(requestTable([request]));
}

function requestTable(requests: readonly RequestLine[]): string {
  const rows = requests.map((request) => [
    request.id,
    request.state,
    `${request.kind} ${request.pseudonym}`,
    request.purpose,
    request.requestedBy,
    request.decidedBy ?? '–',
    `${request.looks} of ${request.maxLooks}`,
    request.expiresAt.slice(0, 16),
  ]);
  return table(['id', 'state', 'pseudonym', 'purpose', 'asked by', 'decided by', 'looks', 'until (UTC)'], rows);
}

function identityText({ identity }: RevealedIdentity): string {
  const values = identity.patient ?? identity.identity ?? {};
  const known = {
    patientKey: identity.patientKey,
    ...(identity.studyKey === undefined ? {} : { studyKey: identity.studyKey }),
  };
  return table(['what', 'value'], Object.entries({ ...known, ...values }));
}
