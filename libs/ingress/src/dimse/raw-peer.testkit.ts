import type { Socket } from 'node:net';
import { connect } from 'node:net';
import type { ProposedContext } from '../domain/dimse/pdu-types.ts';
import { DICOM_APPLICATION_CONTEXT, PDU } from '../domain/dimse/pdu-types.ts';
import { element } from '../domain/dimse/command-set.ts';
import { VERIFICATION } from '../domain/dimse/negotiate.ts';

/** A peer that says exactly what a test tells it to, right or wrong. Its encoding is written here apart from the product's. */

const u16 = (n: number): Buffer => Buffer.from([n >> 8, n & 255]);
const u32 = (n: number): Buffer => Buffer.concat([u16(Math.floor(n / 65536)), u16(n % 65536)]);
const title = (text: string): Buffer => Buffer.from(text.padEnd(16), 'latin1');
const text = (value: string): Buffer => Buffer.from(value, 'latin1');
const item = (type: number, ...parts: Buffer[]): Buffer => {
  const value = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([type, 0]), u16(value.length), value]);
};

export const pdu = (type: number, body: Buffer, saidLength = body.length): Buffer =>
  Buffer.concat([Buffer.from([type, 0]), u32(saidLength), body]);

export interface RequestOptions {
  readonly called?: string;
  readonly calling?: string;
  readonly contexts?: readonly ProposedContext[];
  readonly maxPdu?: number;
  readonly version?: number;
  readonly application?: string;
}

export const ECHO_CONTEXT: ProposedContext = {
  id: 1,
  abstractSyntax: VERIFICATION,
  transferSyntaxes: ['1.2.840.10008.1.2'],
};
export const CT_CONTEXT: ProposedContext = {
  id: 3,
  abstractSyntax: '1.2.840.10008.5.1.4.1.1.2',
  transferSyntaxes: ['1.2.840.10008.1.2.1', '1.2.840.10008.1.2'],
};

export function associateRq(options: RequestOptions = {}): Buffer {
  const contexts = (options.contexts ?? [ECHO_CONTEXT, CT_CONTEXT]).map(({ id, abstractSyntax, transferSyntaxes }) =>
    item(
      0x20,
      Buffer.from([id, 0, 0, 0]),
      item(0x30, text(abstractSyntax)),
      ...transferSyntaxes.map((uid) => item(0x40, text(uid))),
    ),
  );
  const body = Buffer.concat([
    u16(options.version ?? 1),
    Buffer.alloc(2),
    title(options.called ?? 'PRECEDENT'),
    title(options.calling ?? 'PEER'),
    Buffer.alloc(32),
    item(0x10, text(options.application ?? DICOM_APPLICATION_CONTEXT)),
    ...contexts,
    item(0x50, item(0x51, u32(options.maxPdu ?? 16384)), item(0x52, text('1.2.3.4')), item(0x55, text('RAW'))),
  ]);
  return pdu(PDU.associateRq, body);
}

/** A PDV item; control bit 0 is command, bit 1 last. */
export const pdv = (context: number, control: number, bytes: Buffer): Buffer =>
  Buffer.concat([u32(bytes.length + 2), Buffer.from([context, control]), bytes]);
export const data = (context: number, control: number, bytes: Buffer): Buffer =>
  pdu(PDU.dataTf, pdv(context, control, bytes));

const le16 = (n: number): Buffer => Buffer.from([n & 255, n >> 8]);
const uid = (value: string): Buffer => text(value.length % 2 === 0 ? value : `${value}\0`);

export const echoCommand = (messageId = 1): Buffer =>
  Buffer.concat([
    element(0x0002, uid(VERIFICATION)),
    element(0x0100, le16(0x0030)),
    element(0x0110, le16(messageId)),
    element(0x0800, le16(0x0101)),
  ]);

export const storeCommand = (sop: string, sopClass = CT_CONTEXT.abstractSyntax, messageId = 1): Buffer =>
  Buffer.concat([
    element(0x0002, uid(sopClass)),
    element(0x0100, le16(0x0001)),
    element(0x0110, le16(messageId)),
    element(0x0700, le16(0)),
    element(0x0800, le16(0x0001)),
    element(0x1000, uid(sop)),
  ]);

export const RELEASE = pdu(PDU.releaseRq, Buffer.alloc(4));
export const ABORT = pdu(PDU.abort, Buffer.alloc(4));

export class RawPeer {
  readonly socket: Socket;
  #held = Buffer.alloc(0);
  #closed = false;
  #wake: () => void = () => undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      this.#held = Buffer.concat([this.#held, chunk]);
      this.#wake();
    });
    socket.on('close', () => {
      this.#closed = true;
      this.#wake();
    });
  }

  static async connect(port: number): Promise<RawPeer> {
    const socket = connect(port, '127.0.0.1');
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new RawPeer(socket);
  }

  /** Connects and associates; the acceptance is read. */
  static async associate(port: number, options: RequestOptions = {}): Promise<RawPeer> {
    const peer = await RawPeer.connect(port);
    peer.send(associateRq(options));
    const answer = await peer.next();
    if (answer?.type !== PDU.associateAc) throw new Error(`not accepted: PDU type ${String(answer?.type)}`);
    return peer;
  }

  send(...bytes: Buffer[]): void {
    this.socket.write(Buffer.concat(bytes));
  }

  /** The next PDU; null when the other side has closed. */
  async next(): Promise<{ readonly type: number; readonly body: Buffer } | null> {
    for (;;) {
      const length = this.#held.length >= 6 ? this.#held.readUInt32BE(2) : Infinity;
      if (this.#held.length >= 6 + length) {
        const found = { type: this.#held.readUInt8(0), body: this.#held.subarray(6, 6 + length) };
        this.#held = this.#held.subarray(6 + length);
        return found;
      }
      if (this.#closed) return null;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Everything up to the end of the connection, as PDU types. */
  async untilClosed(): Promise<number[]> {
    const types: number[] = [];
    for (let got = await this.next(); got !== null; got = await this.next()) types.push(got.type);
    return types;
  }

  /** Status of the next response. */
  async status(): Promise<number> {
    const answer = await this.next();
    if (answer?.type !== PDU.dataTf) throw new Error(`no response: PDU type ${String(answer?.type)}`);
    const command = answer.body.subarray(6);
    for (let at = 0; at < command.length; at += 8 + command.readUInt32LE(at + 4))
      if (command.readUInt16LE(at + 2) === 0x0900) return command.readUInt16LE(at + 8);
    throw new Error('a response without status');
  }

  async echo(): Promise<number> {
    this.send(data(1, 3, echoCommand()));
    return this.status();
  }

  close(): void {
    this.socket.destroy();
  }
}
