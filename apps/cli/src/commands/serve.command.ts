import { Command } from 'commander';
import type { RunningServer } from '@precedent/server';
import { dataDirectory } from '../cli.config.ts';
import { EXIT } from '../exit-codes.ts';
import { Interrupted, uninterrupted, untilInterrupted } from '../terminal/interruption.ts';
import { note } from '../terminal/output.ts';
import { seconds, wholeNumber } from './parse-options.ts';
import type { ServiceOptions } from './service-options.ts';
import { addServiceOptions } from './service-options.ts';

interface Options extends ServiceOptions {
  readonly host?: string;
  readonly port?: number;
  readonly quietSeconds?: number;
  readonly child?: boolean;
  readonly dimsePort?: number;
  readonly dimseHost?: string;
  readonly dimseAeTitle?: string;
  readonly dimsePeers?: string;
}

export function serveCommand(): Command {
  const command = new Command('serve')
    .description(
      'Run the service: STOW-RS door, pipeline and API. Prints its address and, at the first start, its token.',
    )
    .option('--host <address>', 'address to listen on (default: 127.0.0.1; put a TLS proxy before any other)')
    .option('--port <n>', 'port to listen on; 0 chooses a free one (default: 8042)', wholeNumber(0, 65_535))
    .option(
      '--quiet-seconds <n>',
      'a study is complete when nothing has come for this long (default: 60)',
      seconds(0.1, 86_400),
    )
    .option(
      '--dimse-port <n>',
      'port of the DICOM listener; 0 is off (default: 0; usual: 11112)',
      wholeNumber(0, 65_535),
    )
    .option('--dimse-host <address>', 'address of the DICOM listener (default: 127.0.0.1)')
    .option('--dimse-ae-title <title>', 'AE title of the DICOM listener (default: PRECEDENT)')
    .option(
      '--dimse-peers <list>',
      'who may send: AETITLE@ADDRESS or AETITLE@NETWORK/BITS, separated by commas (default: nobody)',
    )
    .option('--child', 'end when the process that started this one is gone');
  return addServiceOptions(command).action(run);
}

const DEFAULT_PORT = 8042;

async function run(options: Options): Promise<void> {
  const starting = start(options);
  try {
    const server = await untilInterrupted(starting);
    if (options.child !== true) announce(server, options);
    await untilInterrupted(Promise.race([server.failed, ...(options.child === true ? [parentGone()] : [])]));
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    process.exitCode = EXIT.ok; // asked to end, and ended in order: not a failure
  } finally {
    // Asked to end in the middle of its start, it comes up first: so nothing that was started is left behind.
    const ended = starting.then(
      (server) => server.stop(),
      () => undefined,
    );
    await uninterrupted(ended);
    // An open channel would keep this process from ending until its parent kills it.
    if (process.connected) process.disconnect();
  }
}

/** Loaded when it is needed: it is most of the program, and `--help` or a mistyped option must not wait for it. */
async function start(options: Options): Promise<RunningServer> {
  const { startServer } = await import('@precedent/server');
  return startServer({
    dataDir: dataDirectory(options.dataDir),
    port: options.port ?? DEFAULT_PORT,
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.vectors === undefined ? {} : { vectors: options.vectors }),
    ...(options.quietSeconds === undefined ? {} : { quietMs: Math.round(options.quietSeconds * 1000) }),
    ...(options.allowUncleanedPixels === true ? { allowUncleanedPixels: true } : {}),
    dimse: definedOnly({
      port: options.dimsePort,
      host: options.dimseHost,
      aeTitle: options.dimseAeTitle,
      peers: options.dimsePeers,
    }),
  });
}

/** What was not said must not take the place of what the environment says. */
const definedOnly = (values: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

function announce(server: RunningServer, options: Options): void {
  for (const line of server.notes) note(line);
  note(`Precedent listens at ${server.url}`);
  note(`STOW-RS door:  ${server.url}/dicomweb/studies`);
  if (server.dimse !== null) {
    const { aeTitle, host, port, peers } = server.dimse;
    note(`DICOM door:    ${aeTitle} at ${host}:${port}, ${peers} peers may send`);
  }
  note(
    server.newToken
      ? `Token (shown once; kept in ${server.tokenFile}): ${server.token}`
      : `Token: in ${server.tokenFile}`,
  );
  if (options.allowUncleanedPixels === true)
    note('WARNING: images are let through UNCLEANED: texts in their pixels may identify patients.');
  note('Ctrl-C ends it.');
}

/** The IPC channel closes when the parent ends, however it ends. */
function parentGone(): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected) resolve();
    process.once('disconnect', resolve);
  });
}
