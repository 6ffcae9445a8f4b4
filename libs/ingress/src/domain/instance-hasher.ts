import { createHash } from 'node:crypto';

const PREAMBLE_BYTES = 128;
/** Preamble, 'DICM' and the group length element (0002,0000) of 12 bytes: enough to know where group 0002 ends. */
const HEAD_BYTES = PREAMBLE_BYTES + 4 + 12;

/**
 * Two digests of an instance while it streams by: of the file as received, and of the data set alone. A PACS may rebuild
 * group 0002 on every send, so only the data set's digest tells a repeated instance from a changed one.
 */
export class InstanceHasher {
  readonly #file = createHash('sha256');
  readonly #dataset = createHash('sha256');
  #head: Buffer = Buffer.alloc(0);
  #offset = 0;
  #datasetStart: number | undefined;

  update(chunk: Buffer): void {
    this.#file.update(chunk);
    if (this.#datasetStart === undefined) this.#collectHead(chunk);
    else this.#hashFrom(this.#datasetStart, this.#offset, chunk);
    this.#offset += chunk.length;
  }

  digests(): { readonly sha256: string; readonly datasetSha256: string } {
    if (this.#datasetStart === undefined) this.#dataset.update(this.#head);
    return { sha256: this.#file.digest('hex'), datasetSha256: this.#dataset.digest('hex') };
  }

  #collectHead(chunk: Buffer): void {
    this.#head = Buffer.concat([this.#head, chunk]);
    if (this.#head.length < HEAD_BYTES) return;
    this.#datasetStart = datasetStartOf(this.#head);
    this.#hashFrom(this.#datasetStart, 0, this.#head);
  }

  #hashFrom(start: number, chunkOffset: number, chunk: Buffer): void {
    const from = Math.max(0, start - chunkOffset);
    if (from < chunk.length) this.#dataset.update(chunk.subarray(from));
  }
}

/** PS3.10 7.1: group 0002 is explicit VR little endian and begins with its own length. 0 where the file has no such head. */
export function datasetStartOf(head: Buffer): number {
  if (head.toString('latin1', PREAMBLE_BYTES, PREAMBLE_BYTES + 4) !== 'DICM') return 0;
  const at = PREAMBLE_BYTES + 4;
  const isGroupLength = head.readUInt32LE(at) === 0x00000002 && head.toString('latin1', at + 4, at + 6) === 'UL';
  return isGroupLength ? at + 12 + head.readUInt32LE(at + 8) : 0;
}
