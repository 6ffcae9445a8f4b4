import type { Duplex } from 'node:stream';
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from '@precedent/dicom';
import type { Command, Status } from '../domain/dimse/command-set.ts';
import { COMMAND, isResponse, readCommand, responseTo, STATUS } from '../domain/dimse/command-set.ts';
import { negotiate, VERIFICATION } from '../domain/dimse/negotiate.ts';
import type { ContextAnswer, Pdv } from '../domain/dimse/pdu-types.ts';
import { ABORT_REASON, CONTEXT_RESULT, PDU } from '../domain/dimse/pdu-types.ts';
import { InvalidPdu, readAssociateRq, readDataTf } from '../domain/dimse/read-pdu.ts';
import type { State, UpperLayerEvent } from '../domain/dimse/upper-layer.ts';
import { transition } from '../domain/dimse/upper-layer.ts';
import { abort, associateAc, associateRj, commandPdus, releaseRp } from '../domain/dimse/write-pdu.ts';
import type { Admission, Origin, Verdict } from './admission.ts';
import { DataSet } from './data-set.ts';
import type { DimseConfig } from './dimse.config.ts';
import type { Pdu } from './pdu-stream.ts';
import { PduStream } from './pdu-stream.ts';
import type { StoreInstance } from './store-instance.ts';

/** How an association, or a connection that never became one, came to its end. */
export type AssociationEnd = 'released' | 'aborted' | 'lost' | 'timed-out' | 'refused' | 'invalid' | 'stopped';

export interface AssociationReport {
  readonly end: AssociationEnd;
  /** Null where none was admitted. */
  readonly source: string | null;
  /** Why it was refused. */
  readonly refusal: Extract<Verdict, { kind: 'rejected' }>['code'] | null;
  /** As the peer called itself; for an administrator's eyes, never for the log. */
  readonly callingAe: string;
  readonly address: string;
  readonly instances: number;
  readonly durationMs: number;
}

export interface AssociationParts {
  readonly settings: Pick<DimseConfig, 'maxPduBytes' | 'artimMs' | 'idleMs'>;
  readonly admission: Admission;
  readonly store: StoreInstance;
  /** Called once an association is admitted: the connection is no stranger any more. */
  readonly onAdmitted: () => void;
}

/** PS3.7 knows no longer command; the peer could else fill memory with one. */
const MAX_COMMAND_BYTES = 64 * 1024;
/** After our last word the peer gets this long to close; ARTIM may be longer, but a stranger's socket is not worth it. */
const MAX_CLOSING_MS = 1_000;

/**
 * One connection, from its first byte to its end: a loop that takes one PDU after the other, judged by the state table, and
 * answers one operation before it reads the next. Nothing is read ahead, so a slow disk slows the sender down.
 */
export class Association {
  readonly #socket: Duplex;
  readonly #origin: Origin;
  readonly #parts: AssociationParts;
  readonly #pdus: PduStream;
  readonly #contexts = new Map<number, ContextAnswer>();
  readonly #started = performance.now();
  #state: State = 'Sta1';
  #end: AssociationEnd = 'lost';
  #verdict: Verdict | null = null;
  #callingAe = '';
  #peerMaxPduBytes = 0;
  #instances = 0;
  #stopping = false;
  #waiting = false;
  #performing = false;
  #pdvs: Pdv[] = [];

  constructor(socket: Duplex, origin: Origin, parts: AssociationParts) {
    this.#socket = socket;
    this.#origin = origin;
    this.#parts = parts;
    this.#pdus = new PduStream(socket, parts.settings.maxPduBytes);
    socket.on('error', () => undefined); // a reset is told by the end of the stream
  }

  /** Serves the connection to its end. Never rejects for anything that a peer does. */
  async run(): Promise<AssociationReport> {
    this.#move('transport-opened');
    try {
      await this.#establish();
      while (this.#state === 'Sta6') await this.#serve();
    } catch (error) {
      if (!(error instanceof InvalidPdu)) throw error;
      this.#refuseBytes();
    } finally {
      if (this.#verdict?.kind === 'admitted') this.#verdict.release();
      this.#close();
    }
    return this.#report();
  }

  /** Ends it after the operation in hand; at once when there is none. */
  stop(): void {
    this.#stopping = true;
    if (this.#waiting && !this.#performing) this.#abortAs('stopped');
  }

  async #establish(): Promise<void> {
    const pdu = await this.#next(this.#parts.settings.artimMs);
    if (pdu === null) return;
    const request = readAssociateRq(pdu.body);
    this.#callingAe = request.callingAe;
    this.#verdict = await this.#judge(request);
    if (this.#verdict.kind === 'rejected') {
      this.#move('reject');
      this.#end = 'refused';
      return this.#write(associateRj(this.#verdict.rejection));
    }
    this.#parts.onAdmitted();
    const answers = negotiate(request.contexts);
    for (const answer of answers) if (answer.result === CONTEXT_RESULT.accepted) this.#contexts.set(answer.id, answer);
    this.#peerMaxPduBytes = request.maxPduBytes;
    this.#move('accept');
    await this.#write(
      associateAc(request, answers, {
        maxPduBytes: this.#parts.settings.maxPduBytes,
        implementationClassUid: IMPLEMENTATION_CLASS_UID,
        implementationVersionName: IMPLEMENTATION_VERSION_NAME,
      }),
    );
  }

  async #judge(request: Parameters<Admission['judge']>[0]): Promise<Verdict> {
    const verdict = this.#parts.admission.judge(request, this.#origin);
    if (verdict.kind === 'rejected' || (await this.#parts.store.hasRoom())) return verdict;
    verdict.release();
    return this.#parts.admission.congested();
  }

  /** One message: its command, then what the command asks for. */
  async #serve(): Promise<void> {
    if (this.#stopping) {
      this.#abortAs('stopped');
      return;
    }
    const first = await this.#nextPdv();
    if (first === null) return;
    const bytes = await this.#commandBytes(first);
    if (bytes === null) return;
    const command = readCommand(bytes);
    const context = this.#contexts.get(first.contextId);
    if (command === null || context === undefined) throw new InvalidPdu('not a command of an accepted context');
    this.#performing = true;
    await this.#perform(command, context);
    this.#performing = false;
  }

  async #perform(command: Command, context: ContextAnswer): Promise<void> {
    const data = new DataSet(context.id, command.hasDataSet, () => this.#nextPdv());
    const status = await this.#statusOf(command, context, data);
    if (!(await data.drain()) || this.#state !== 'Sta6') return;
    if (isResponse(command) || command.field === COMMAND.cancelRq) return; // nothing to say to these
    this.#move('send-data');
    await this.#write(commandPdus(context.id, responseTo(command, status), this.#peerMaxPduBytes));
  }

  async #statusOf(command: Command, context: ContextAnswer, data: DataSet): Promise<Status> {
    if (command.field === COMMAND.echoRq) return STATUS.success;
    if (command.field !== COMMAND.storeRq) return STATUS.unrecognisedOperation;
    if (context.abstractSyntax === VERIFICATION || !command.hasDataSet) return STATUS.sopClassNotSupported;
    const source = this.#verdict?.kind === 'admitted' ? this.#verdict.source : '';
    const status = await this.#parts.store.run(source, command, context.transferSyntax, data);
    if (status === STATUS.success) this.#instances += 1;
    return status;
  }

  async #commandBytes(first: Pdv): Promise<Buffer | null> {
    const parts: Buffer[] = [];
    let size = 0;
    for (let pdv: Pdv | null = first; pdv !== null; pdv = await this.#nextPdv()) {
      if (!pdv.isCommand || pdv.contextId !== first.contextId) throw new InvalidPdu('a command is interrupted');
      parts.push(pdv.bytes);
      size += pdv.bytes.length;
      if (size > MAX_COMMAND_BYTES) throw new InvalidPdu('a command set is longer than 64 KiB');
      if (pdv.isLast) return Buffer.concat(parts);
    }
    return null;
  }

  /** @returns null once the association is over. */
  async #nextPdv(): Promise<Pdv | null> {
    while (this.#pdvs.length === 0) {
      const pdu = await this.#next(this.#parts.settings.idleMs);
      if (pdu === null) return null;
      this.#pdvs = readDataTf(pdu.body);
    }
    return this.#pdvs.shift() ?? null;
  }

  /** The next PDU that the state takes, within its time; whatever else comes is answered here, and null is returned at the end. */
  async #next(withinMs: number): Promise<Pdu | null> {
    const timer = setTimeout(() => this.#expire(), withinMs);
    this.#waiting = true;
    try {
      const pdu = await this.#pdus.next();
      if (pdu === null) return this.#lost();
      return (await this.#accepts(pdu)) ? pdu : null;
    } finally {
      this.#waiting = false;
      clearTimeout(timer);
    }
  }

  async #accepts(pdu: Pdu): Promise<boolean> {
    const action = this.#move(EVENT_OF[pdu.type] ?? 'invalid-pdu');
    if (action === 'AE-6' || action === 'DT-2') return true;
    if (action === 'AR-2') {
      this.#end = 'released';
      this.#move('send-release-rp');
      await this.#write(releaseRp());
    } else if (action === 'AA-2' || action === 'AA-3') this.#end = 'aborted';
    else {
      this.#end = 'invalid';
      await this.#write(abort(2, ABORT_REASON.unexpectedPdu));
    }
    return false;
  }

  #lost(): null {
    if (this.#state !== 'Sta13') this.#move('transport-closed');
    return null;
  }

  /** Bytes that are no protocol at all: one abort, and the end. */
  #refuseBytes(): void {
    if (this.#state === 'Sta13' || this.#state === 'Sta1') return;
    this.#move('invalid-pdu');
    this.#end = 'invalid';
    this.#socket.write(abort(2, ABORT_REASON.invalidParameter));
  }

  #expire(): void {
    // Without an association ARTIM closes without a word (AA-2); within one it is our abort (Evt15).
    if (this.#state === 'Sta2') {
      this.#move('artim-expired');
      this.#end = 'timed-out';
      this.#socket.destroy();
    } else this.#abortAs('timed-out');
  }

  #abortAs(end: 'timed-out' | 'stopped'): void {
    if (this.#state === 'Sta6' || this.#state === 'Sta3') {
      this.#move('send-abort');
      this.#end = end;
      this.#socket.write(abort(0, ABORT_REASON.notSpecified));
    }
    this.#close();
  }

  /** A peer that asks and does not read our answers is held back, and timed out like one that does not send. */
  async #write(bytes: Buffer): Promise<void> {
    if (this.#socket.destroyed || this.#socket.write(bytes)) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => this.#socket.destroy(), this.#parts.settings.idleMs);
      const done = (): void => {
        clearTimeout(timer);
        this.#socket.off('drain', done).off('close', done);
        resolve();
      };
      this.#socket.once('drain', done).once('close', done);
    });
  }

  #close(): void {
    if (this.#socket.destroyed) return;
    this.#socket.end();
    const timer = setTimeout(() => this.#socket.destroy(), Math.min(MAX_CLOSING_MS, this.#parts.settings.artimMs));
    this.#socket.resume().once('close', () => clearTimeout(timer));
  }

  #move(event: UpperLayerEvent): string {
    const step = transition(this.#state, event);
    if (step === null) return ''; // closed under our hands: there is nothing to do any more
    this.#state = step.next;
    return step.action;
  }

  #report(): AssociationReport {
    return {
      end: this.#end,
      source: this.#verdict?.kind === 'admitted' ? this.#verdict.source : null,
      refusal: this.#verdict?.kind === 'rejected' ? this.#verdict.code : null,
      callingAe: this.#callingAe,
      address: this.#origin.address,
      instances: this.#instances,
      durationMs: Math.round(performance.now() - this.#started),
    };
  }
}

const EVENT_OF: Readonly<Partial<Record<number, UpperLayerEvent>>> = {
  [PDU.associateRq]: 'associate-rq',
  [PDU.associateAc]: 'associate-answer',
  [PDU.associateRj]: 'associate-answer',
  [PDU.dataTf]: 'data-tf',
  [PDU.releaseRq]: 'release-rq',
  [PDU.releaseRp]: 'release-rp',
  [PDU.abort]: 'abort',
};
