import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { readLimits } from '@precedent/dicom';
import { codeOf } from '@precedent/kernel';
import type { Logger, Metrics } from '@precedent/platform';
import { readSecretFile } from '@precedent/platform';
import type { GroupJournal } from '../group-journal.ts';
import type { SpoolFolder } from '../spool-folder.ts';
import { sourceOf } from './admission.ts';
import type { DimseConfig } from './dimse.config.ts';
import { dimseNotStarted, dimsePortUnusable, dimseTlsUnusable } from './dimse.errors.ts';
import { ListenerRecord } from './listener-record.ts';
import type { ListenerStatus } from './listener-record.ts';
import { PART_PREFIX } from './part-prefix.ts';
import type { TlsMaterial, ToListener } from './wire.ts';
import { FromListener } from './wire.ts';

const ENTRY = fileURLToPath(new URL('../../dist/dimse/listener-child.js', import.meta.url));
/** The heap of a process that holds at most a PDU and a quarter MiB an association. */
const MAX_HEAP_MIB = 256;
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 30_000;
const STOP_MS = 8_000;

export interface ListenerParts {
  readonly settings: DimseConfig;
  readonly folder: SpoolFolder;
  readonly maxInstanceBytes: number;
  readonly journal: GroupJournal;
  readonly log: Pick<Logger, 'event' | 'fault'>;
  readonly metrics: Pick<Metrics, 'count'>;
}

/** The server's side of the DIMSE door: keeps its process running, journals what it has received, and says how it goes. */
export class DimseListener {
  readonly #parts: ListenerParts;
  readonly #tls: TlsMaterial | null;
  readonly #record: ListenerRecord;
  readonly #sources: ReadonlySet<string>;
  #child: ChildProcess | null = null;
  #port = 0;
  #pauseMs = FIRST_PAUSE_MS;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;

  private constructor(parts: ListenerParts, tls: TlsMaterial | null) {
    this.#parts = parts;
    this.#tls = tls;
    this.#record = new ListenerRecord(parts.log, parts.metrics);
    this.#sources = new Set(parts.settings.peers.map(({ aeTitle }) => sourceOf(aeTitle)));
  }

  /** @throws DIMSE_PORT_UNUSABLE, DIMSE_TLS_UNUSABLE, DIMSE_NOT_STARTED */
  static async start(parts: ListenerParts): Promise<DimseListener> {
    const listener = new DimseListener(parts, await tlsOf(parts.settings));
    await listener.#fork();
    return listener;
  }

  get port(): number {
    return this.#port;
  }

  /** The process that strangers talk to. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  status(): ListenerStatus {
    const { settings } = this.#parts;
    const tls = settings.tls === undefined ? 'off' : settings.tls.peerAuthoritiesFile === undefined ? 'tls' : 'mutual';
    const address = { host: settings.host, port: this.#port, aeTitle: settings.aeTitle, tls } as const;
    return { ...address, listening: this.#child !== null, peers: settings.peers.length, ...this.#record.snapshot() };
  }

  /** No new association; those under way end after the operation they are at. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child === null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    this.#tell(child, { kind: 'stop' });
    await ended;
    clearTimeout(timer);
  }

  async #fork(): Promise<void> {
    const { settings, folder, maxInstanceBytes } = this.#parts;
    const child = fork(ENTRY, [], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: {},
      execArgv: [`--max-old-space-size=${MAX_HEAP_MIB}`],
    });
    this.#child = child;
    const started = new Promise<FromListener>((resolve, reject) => {
      child.once('exit', () => reject(dimseNotStarted()));
      child.on('message', (raw: unknown) => this.#hear(child, raw, resolve));
      child.on('error', () => (child.pid === undefined ? reject(dimseNotStarted()) : child.kill('SIGKILL')));
    });
    const limits = { maxInstanceBytes, readLimits: readLimits() };
    this.#tell(child, { kind: 'open', settings, tls: this.#tls, spoolDirectory: folder.directory, ...limits });
    const first = await started;
    if (first.kind === 'unusable') throw await this.#unusable(child, first);
    if (first.kind === 'listening') this.#port = first.port;
    child.once('exit', (_, signal) => void this.#onExit(signal));
    this.#parts.log.event('dimse-listening', { port: this.#port, tls: settings.tls !== undefined });
  }

  async #unusable(child: ChildProcess, { what, reason }: Extract<FromListener, { kind: 'unusable' }>): Promise<Error> {
    this.#child = null;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    const { port, host } = this.#parts.settings;
    return what === 'port' ? dimsePortUnusable(port, host, reason) : dimseTlsUnusable(reason);
  }

  #hear(child: ChildProcess, raw: unknown, onStart: (message: FromListener) => void): void {
    const parsed = FromListener.safeParse(raw);
    // That process says something it could not say: it is no longer ours.
    if (!parsed.success) return void child.kill('SIGKILL');
    const message = parsed.data;
    if (message.kind === 'listening' || message.kind === 'unusable') onStart(message);
    else if (message.kind === 'journal') void this.#journal(child, message);
    else if (message.kind === 'ended') this.#record.ended(message.report, message.open);
    else this.#record.fault(message.code);
  }

  async #journal(child: ChildProcess, message: Extract<FromListener, { kind: 'journal' }>): Promise<void> {
    const { id, source, file } = message;
    try {
      if (!this.#sources.has(source)) throw new TypeError('not a configured peer');
      const { kind } = await this.#parts.journal.add(source, file as Parameters<GroupJournal['add']>[1]);
      this.#record.journalled(source, kind, file.sizeBytes);
      this.#tell(child, { kind: 'journalled', id, outcome: 'kept' });
    } catch (error) {
      this.#parts.log.fault('dimse', error);
      this.#tell(child, { kind: 'journalled', id, outcome: 'refused' });
    }
  }

  /** The listener ended by itself or was killed: what it left half-written goes, and another takes its place. */
  async #onExit(signal: NodeJS.Signals | null): Promise<void> {
    this.#child = null;
    this.#record.reset();
    if (this.#stopped) return;
    this.#parts.log.event('child-restarted', { part: 'dimse', reason: signal ?? 'ended' });
    await this.#parts.folder.removeParts(PART_PREFIX).catch((error: unknown) => this.#parts.log.fault('dimse', error));
    this.#timer = setTimeout(() => void this.#again(), this.#pauseMs);
    this.#pauseMs = Math.min(MAX_PAUSE_MS, this.#pauseMs * 2);
  }

  async #again(): Promise<void> {
    if (this.#stopped) return;
    try {
      await this.#fork();
      this.#pauseMs = FIRST_PAUSE_MS;
    } catch (error) {
      this.#parts.log.fault('dimse', codeOf(error) === 'DIMSE_NOT_STARTED' ? dimseNotStarted() : error);
      await this.#onExit(null);
    }
  }

  #tell(child: ChildProcess, message: ToListener): void {
    if (child.connected) child.send(message, () => undefined);
  }
}

/** Read here, not in the listener: a key that cannot be read is told at the start, in a sentence. */
async function tlsOf({ tls }: DimseConfig): Promise<TlsMaterial | null> {
  if (tls === undefined) return null;
  const text = (file: string): Promise<string> =>
    readFile(file, 'utf8').catch((error: unknown) => {
      throw dimseTlsUnusable((error as NodeJS.ErrnoException).code ?? 'UNKNOWN');
    });
  const key = (await readSecretFile(tls.keyFile)).toString('utf8');
  const certificate = await text(tls.certificateFile);
  if (tls.peerAuthoritiesFile === undefined) return { certificate, key };
  return { certificate, key, peerAuthorities: await text(tls.peerAuthoritiesFile) };
}
