import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { indexFault } from '../case-index.errors.ts';
import {
  decodeFileHead,
  decodeRecordHead,
  encodeFileHead,
  encodeRecord,
  FILE_HEAD_SIZE,
  findRecordMagic,
  RECORD_HEAD_BYTES,
} from './segment-format.ts';
import type { FileHead, RecordHead, RecordKind } from './segment-format.ts';

const FILE_NAME = 'cases.idx';
/** Vectors are health data (they re-identify patients): nobody but this user reads the file. */
const FILE_MODE = 0o600;
const SEARCH_WINDOW_BYTES = 1024 * 1024;

export interface StoredRecord {
  readonly kind: RecordKind;
  readonly body: Buffer;
}

/**
 * One append-only file of records. Each append is flushed before it returns, so only the last record can ever be
 * unfinished; it is cut off at opening. A bad record with a good one behind it is damage and is never cut.
 */
export class SegmentFile {
  readonly #path: string;
  readonly #head: FileHead;
  #descriptor: number;
  #length: number;
  #broken = false;
  /** Bytes of an unfinished last write that opening cut off. */
  cutBytes = 0;

  private constructor(directory: string, head: FileHead) {
    this.#path = join(directory, FILE_NAME);
    this.#head = head;
    rmSync(this.#newPath, { force: true });
    this.#descriptor = openSync(this.#path, 'a+', FILE_MODE);
    this.#length = fstatSync(this.#descriptor).size;
  }

  get #newPath(): string {
    return `${this.#path}.new`;
  }

  get bytes(): number {
    return this.#length;
  }

  /** Opens or makes the file of a directory and hands every whole record to `replay`, in order. */
  static open(directory: string, head: FileHead, replay: (record: StoredRecord) => void): SegmentFile {
    const file = new SegmentFile(directory, head);
    try {
      file.#checkHead(directory);
      file.#replay(replay);
      return file;
    } catch (error) {
      closeSync(file.#descriptor);
      throw error;
    }
  }

  #checkHead(directory: string): void {
    // A head that a kill cut short has no record behind it: start the file anew.
    if (this.#length < FILE_HEAD_SIZE) {
      ftruncateSync(this.#descriptor, 0);
      this.#length = 0;
      this.#write(encodeFileHead(this.#head));
      syncDirectory(directory);
      return;
    }
    const found = decodeFileHead(this.#read(0, FILE_HEAD_SIZE));
    if (found === undefined) throw indexFault('INDEX_CORRUPT', 'the head of the file');
    if (found.space !== this.#head.space || found.dimension !== this.#head.dimension) {
      throw indexFault('INDEX_SPACE_MISMATCH', `dimension ${found.dimension} found, ${this.#head.dimension} asked`);
    }
  }

  #replay(replay: (record: StoredRecord) => void): void {
    let offset = FILE_HEAD_SIZE;
    while (offset < this.#length) {
      const head = decodeRecordHead(this.#read(offset, RECORD_HEAD_BYTES));
      const body = head && this.#readBody(offset, head);
      if (head === undefined || body === undefined) {
        this.#cutTail(offset, head);
        return;
      }
      replay({ kind: head.kind, body });
      offset += RECORD_HEAD_BYTES + head.bodyBytes;
    }
  }

  #readBody(offset: number, head: RecordHead): Buffer | undefined {
    if (offset + RECORD_HEAD_BYTES + head.bodyBytes > this.#length) return undefined;
    const body = this.#read(offset + RECORD_HEAD_BYTES, head.bodyBytes);
    return crc32(body) === head.bodyCrc ? body : undefined;
  }

  #cutTail(offset: number, head: RecordHead | undefined): void {
    const searchFrom = head === undefined ? offset + 4 : offset + RECORD_HEAD_BYTES + head.bodyBytes;
    if (this.#holdsRecordAfter(searchFrom)) throw indexFault('INDEX_CORRUPT', `at byte ${offset}`);
    this.cutBytes = this.#length - offset;
    ftruncateSync(this.#descriptor, offset);
    fsyncSync(this.#descriptor);
    this.#length = offset;
  }

  #holdsRecordAfter(from: number): boolean {
    for (let start = from; start < this.#length; start += SEARCH_WINDOW_BYTES) {
      const size = Math.min(SEARCH_WINDOW_BYTES + RECORD_HEAD_BYTES, this.#length - start);
      const bytes = this.#read(start, size);
      for (let at = findRecordMagic(bytes, 0); at >= 0; at = findRecordMagic(bytes, at + 1)) {
        if (decodeRecordHead(bytes, at) !== undefined) return true;
      }
    }
    return false;
  }

  /** Appends one record and flushes it before returning: a later record on disk proves the earlier ones whole. */
  append(kind: RecordKind, body: Buffer): void {
    if (this.#broken) throw indexFault('INDEX_WRITE_FAILED', 'after an earlier failure');
    const before = this.#length;
    try {
      this.#write(encodeRecord(kind, body));
    } catch (error) {
      this.#takeBack(before);
      throw indexFault('INDEX_WRITE_FAILED', undefined, error);
    }
  }

  /** After a failed flush the kernel may have dropped the pages, so nothing more is acknowledged until a new opening. */
  #takeBack(length: number): void {
    this.#broken = true;
    try {
      ftruncateSync(this.#descriptor, length);
      fsyncSync(this.#descriptor);
      this.#length = length;
    } catch {
      // The torn record stays; opening will cut it off.
    }
  }

  /** Puts a file with only these records in this one's place, or leaves this one as it was. */
  rewrite(directory: string, records: Iterable<StoredRecord>): void {
    const descriptor = openSync(this.#newPath, 'w', FILE_MODE);
    let length = 0;
    try {
      length += writeAll(descriptor, encodeFileHead(this.#head));
      for (const { kind, body } of records) length += writeAll(descriptor, encodeRecord(kind, body));
      fsyncSync(descriptor);
      renameSync(this.#newPath, this.#path);
    } catch (error) {
      rmSync(this.#newPath, { force: true });
      throw indexFault('INDEX_WRITE_FAILED', 'while compacting', error);
    } finally {
      closeSync(descriptor);
    }
    this.#adopt(directory, length);
  }

  #adopt(directory: string, length: number): void {
    closeSync(this.#descriptor);
    this.#descriptor = openSync(this.#path, 'a+', FILE_MODE);
    this.#length = length;
    this.#broken = false;
    syncDirectory(directory);
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #write(bytes: Buffer): void {
    writeAll(this.#descriptor, bytes);
    fsyncSync(this.#descriptor);
    this.#length += bytes.length;
  }

  #read(offset: number, size: number): Buffer {
    const bytes = Buffer.alloc(Math.max(0, Math.min(size, this.#length - offset)));
    let done = 0;
    while (done < bytes.length) {
      const got = readSync(this.#descriptor, bytes, done, bytes.length - done, offset + done);
      if (got === 0) return bytes.subarray(0, done);
      done += got;
    }
    return bytes;
  }
}

function writeAll(descriptor: number, bytes: Buffer): number {
  let done = 0;
  while (done < bytes.length) done += writeSync(descriptor, bytes, done);
  return bytes.length;
}

/** Makes the file's name itself durable. */
function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
