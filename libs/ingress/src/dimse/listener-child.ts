/**
 * Entry of the forked process that strangers talk to. It has the spool folder and a channel to the server, and nothing else: no
 * database, no key, no token. The server alone writes the journal, so that a listener that outlives its server can acknowledge
 * nothing: without the channel there is no answer, and this process ends.
 */
import { configureReadLimits } from '@precedent/dicom';
import { SpoolFolder } from '../spool-folder.ts';
import { Acceptor } from './acceptor.ts';
import { StoreInstance } from './store-instance.ts';
import type { FromListener, OpenListener, ToListener } from './wire.ts';
import { PART_PREFIX } from './part-prefix.ts';

/** How long associations may take to end their operation when the server stops. */
const STOP_MS = 5_000;

const waiting = new Map<number, (outcome: 'kept' | 'refused') => void>();
let acceptor: Acceptor | undefined;
let asked = 0;

function tell(message: FromListener): void {
  process.send?.(message);
}

function journal(source: string, file: Parameters<StoreInstanceJournal>[1]): Promise<'kept' | 'refused'> {
  asked += 1;
  const id = asked;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    tell({ kind: 'journal', id, source, file });
  });
}
type StoreInstanceJournal = ConstructorParameters<typeof StoreInstance>[0]['journal'];

async function open(message: OpenListener): Promise<void> {
  configureReadLimits(message.readLimits);
  const { settings, tls, spoolDirectory, maxInstanceBytes } = message;
  const folder = new SpoolFolder(spoolDirectory, maxInstanceBytes, PART_PREFIX);
  const onFault = (code: string): void => tell({ kind: 'fault', code });
  const store = new StoreInstance({ folder, journal, minFreeBytes: settings.minFreeBytes, onFault });
  const onEnded: ConstructorParameters<typeof Acceptor>[0]['onEnded'] = (report, associations) =>
    tell({ kind: 'ended', report, open: associations });
  try {
    acceptor = new Acceptor({ settings, tls, store, onEnded });
  } catch (error) {
    tell({ kind: 'unusable', what: 'tls', reason: codeIn(error) });
    return;
  }
  try {
    tell({ kind: 'listening', port: await acceptor.listen() });
  } catch (error) {
    tell({ kind: 'unusable', what: 'port', reason: codeIn(error) });
  }
}

const codeIn = (error: unknown): string => {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]*$/.test(code) ? code : 'UNKNOWN';
};

async function stop(): Promise<void> {
  setTimeout(() => process.exit(0), STOP_MS).unref();
  await acceptor?.stop();
  process.exit(0);
}

process.on('message', (message: ToListener) => {
  if (message.kind === 'open') void open(message);
  else if (message.kind === 'stop') void stop();
  else {
    waiting.get(message.id)?.(message.outcome);
    waiting.delete(message.id);
  }
});
process.on('disconnect', () => process.exit(0));
// Ctrl-C goes to the whole group; the server decides when its children end.
process.on('SIGINT', () => undefined);
