import type { Duplex } from 'node:stream';
import { PDU, PDU_HEADER_BYTES } from '../domain/dimse/pdu-types.ts';
import { InvalidPdu } from '../domain/dimse/read-pdu.ts';

export interface Pdu {
  readonly type: number;
  /** Without the header. */
  readonly body: Buffer;
}

/** An A-ASSOCIATE-RQ of 128 contexts with all syntaxes of the standard has 300 KB. */
export const MAX_ASSOCIATE_BYTES = 1024 * 1024;
/** Release and abort have four bytes (PS3.8 9.3.6 to 9.3.8); a peer's A-ASSOCIATE-AC and RJ are refused by their type. */
const SHORT_BYTES = 4;
const MAX_PIECES = 256;

/**
 * PDUs of a connection, one at a time and only when asked: while nobody asks, the socket is not read and TCP holds the peer back.
 * At most one PDU is in memory, and its length is judged before any of it is awaited.
 */
export class PduStream {
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #maxDataBytes: number;
  #held: Buffer[] = [];
  #size = 0;

  constructor(socket: Duplex, maxDataBytes: number) {
    this.#chunks = (socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
    this.#maxDataBytes = maxDataBytes;
  }

  /** @returns null when the peer has closed, between PDUs or within one. @throws InvalidPdu */
  async next(): Promise<Pdu | null> {
    const header = await this.#take(PDU_HEADER_BYTES);
    if (header === null) return null;
    const type = header.readUInt8(0);
    const length = header.readUInt32BE(2);
    if (length > this.#longest(type)) throw new InvalidPdu('a PDU is longer than agreed');
    const body = await this.#take(length);
    return body === null ? null : { type, body };
  }

  #longest(type: number): number {
    if (type === PDU.associateRq) return MAX_ASSOCIATE_BYTES;
    if (type === PDU.dataTf) return this.#maxDataBytes;
    if (type < PDU.associateRq || type > PDU.abort) throw new InvalidPdu('a PDU has an unknown type');
    return type === PDU.associateAc ? MAX_ASSOCIATE_BYTES : SHORT_BYTES;
  }

  async #take(bytes: number): Promise<Buffer | null> {
    while (this.#size < bytes) {
      const next = await this.#chunks.next().catch(() => CLOSED);
      if (next.done === true) return null;
      this.#held.push(next.value);
      this.#size += next.value.length;
      // A peer that sends byte by byte must not make a thousand objects of a thousand bytes.
      if (this.#held.length >= MAX_PIECES) this.#held = [Buffer.concat(this.#held, this.#size)];
    }
    return this.#cut(bytes);
  }

  #cut(bytes: number): Buffer {
    const [first] = this.#held;
    const whole = this.#held.length === 1 && first !== undefined ? first : Buffer.concat(this.#held, this.#size);
    this.#size -= bytes;
    this.#held = this.#size === 0 ? [] : [whole.subarray(bytes)];
    return whole.subarray(0, bytes);
  }
}

/** A connection that was reset ends as one that was closed: nobody is there to hear more. */
const CLOSED: IteratorResult<Buffer> = { done: true, value: undefined };
