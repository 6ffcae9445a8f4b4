import { crc32 } from 'node:zlib';
import type { AttributeTuple, PackedRows } from '../domain/packed-rows.ts';

/**
 * The bytes of an index file. A header names the space and the dimension; then records, each self-checking, so that a
 * write cut off by a kill can be told from a damaged disk. Little-endian, as is every platform this runs on.
 *
 * record: magic u32 · kind u32 · body bytes u32 · crc32 of the body u32 · crc32 of these 16 bytes u32 · 12 zero bytes · body
 */
export const RECORD_HEAD_BYTES = 32;
const CHECKED_HEAD_BYTES = 16;
const RECORD_MAGIC = 0x43455250;
const FILE_MAGIC = 'PRECEDENT-INDEX1';
/** The head is padded to a whole record head, so that vectors stay aligned for a Float32Array view. */
const FILE_HEAD_BYTES = 256;
/** 200 rows of 32,768 dimensions and their attributes stay below; a longer length field is damage. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

export const RecordKind = { rows: 1, deleteStudies: 2 } as const;
export type RecordKind = (typeof RecordKind)[keyof typeof RecordKind];

export interface RecordHead {
  readonly kind: RecordKind;
  readonly bodyBytes: number;
  readonly bodyCrc: number;
}

export interface FileHead {
  readonly space: string;
  readonly dimension: number;
}

export const FILE_HEAD_SIZE = FILE_HEAD_BYTES;

export function encodeFileHead(head: FileHead): Buffer {
  const json = Buffer.from(JSON.stringify(head));
  const out = Buffer.alloc(FILE_HEAD_BYTES);
  out.write(FILE_MAGIC, 0, 'latin1');
  out.writeUInt32LE(json.length, 16);
  out.writeUInt32LE(crc32(json), 20);
  json.copy(out, 24);
  return out;
}

/** @returns undefined if these bytes are not a whole, undamaged head. */
export function decodeFileHead(bytes: Buffer): FileHead | undefined {
  if (bytes.length < FILE_HEAD_BYTES || bytes.toString('latin1', 0, 16) !== FILE_MAGIC) return undefined;
  const json = bytes.subarray(24, 24 + Math.min(bytes.readUInt32LE(16), FILE_HEAD_BYTES - 24));
  if (crc32(json) !== bytes.readUInt32LE(20)) return undefined;
  return JSON.parse(json.toString()) as FileHead;
}

export function encodeRecord(kind: RecordKind, body: Buffer): Buffer {
  const out = Buffer.alloc(RECORD_HEAD_BYTES + body.length);
  out.writeUInt32LE(RECORD_MAGIC, 0);
  out.writeUInt32LE(kind, 4);
  out.writeUInt32LE(body.length, 8);
  out.writeUInt32LE(crc32(body), 12);
  out.writeUInt32LE(crc32(out.subarray(0, CHECKED_HEAD_BYTES)), CHECKED_HEAD_BYTES);
  body.copy(out, RECORD_HEAD_BYTES);
  return out;
}

/** @returns undefined if no undamaged record head lies at `offset`. */
export function decodeRecordHead(bytes: Buffer, offset = 0): RecordHead | undefined {
  if (bytes.length - offset < RECORD_HEAD_BYTES || bytes.readUInt32LE(offset) !== RECORD_MAGIC) return undefined;
  const checked = bytes.subarray(offset, offset + CHECKED_HEAD_BYTES);
  if (crc32(checked) !== bytes.readUInt32LE(offset + CHECKED_HEAD_BYTES)) return undefined;
  const [kind, bodyBytes] = [bytes.readUInt32LE(offset + 4), bytes.readUInt32LE(offset + 8)];
  if (!isKind(kind) || bodyBytes > MAX_BODY_BYTES) return undefined;
  return { kind, bodyBytes, bodyCrc: bytes.readUInt32LE(offset + 12) };
}

function isKind(value: number): value is RecordKind {
  return value === RecordKind.rows || value === RecordKind.deleteStudies;
}

/** Where a record head might lie at or after `offset`; −1 if nowhere. */
export function findRecordMagic(bytes: Buffer, offset: number): number {
  const magic = Buffer.alloc(4);
  magic.writeUInt32LE(RECORD_MAGIC);
  return bytes.indexOf(magic, offset);
}

/** Body of a rows record: JSON length u32, JSON padded with blanks to a multiple of 4, vectors. */
export function encodeRows(rows: PackedRows): Buffer {
  const json = Buffer.from(JSON.stringify(rows.attributes));
  const padded = Math.ceil(json.length / 4) * 4;
  const vectors = Buffer.from(rows.vectors.buffer, rows.vectors.byteOffset, rows.vectors.byteLength);
  const body = Buffer.alloc(4 + padded + vectors.length, 0x20);
  body.writeUInt32LE(padded, 0);
  json.copy(body, 4);
  vectors.copy(body, 4 + padded);
  return body;
}

export function decodeRows(body: Buffer): PackedRows {
  const start = 4 + body.readUInt32LE(0);
  const attributes = JSON.parse(body.toString('utf8', 4, start)) as AttributeTuple[];
  // Copied, because the view of a pooled buffer need not be aligned and would be overwritten by the next read.
  const vectors = new Float32Array((body.length - start) / 4);
  body.copy(Buffer.from(vectors.buffer), 0, start);
  return { attributes, vectors };
}

export const encodeStudyKeys = (keys: readonly string[]): Buffer => Buffer.from(JSON.stringify(keys));
export const decodeStudyKeys = (body: Buffer): readonly string[] => JSON.parse(body.toString()) as string[];
