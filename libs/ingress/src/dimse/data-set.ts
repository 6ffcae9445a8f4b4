import type { Pdv } from '../domain/dimse/pdu-types.ts';
import { InvalidPdu } from '../domain/dimse/read-pdu.ts';
import { peerGone } from './dimse.errors.ts';

/** The data set of one message, fragment by fragment as it comes; nothing is asked of the peer before the reader asks. */
export class DataSet {
  readonly #contextId: number;
  readonly #nextPdv: () => Promise<Pdv | null>;
  #left: boolean;
  /** Set when the peer is gone: there will be no end. */
  #broken = false;

  constructor(contextId: number, follows: boolean, nextPdv: () => Promise<Pdv | null>) {
    this.#contextId = contextId;
    this.#left = follows;
    this.#nextPdv = nextPdv;
  }

  /** @throws DIMSE_PEER_GONE when it ends before its last fragment; InvalidPdu when something else comes in between. */
  async *chunks(): AsyncGenerator<Buffer> {
    while (this.#left) {
      const bytes = await this.#next();
      if (bytes === null) throw peerGone();
      if (bytes.length > 0) yield bytes;
    }
  }

  /** Reads and drops what nobody has read. @returns whether the message is complete. */
  async drain(): Promise<boolean> {
    while (this.#left && !this.#broken) await this.#next();
    return !this.#broken;
  }

  async #next(): Promise<Buffer | null> {
    const pdv = await this.#nextPdv();
    if (pdv === null) {
      this.#broken = true;
      return null;
    }
    if (pdv.isCommand || pdv.contextId !== this.#contextId) {
      this.#broken = true;
      throw new InvalidPdu('a data set is interrupted by something else');
    }
    this.#left = !pdv.isLast;
    return pdv.bytes;
  }
}
