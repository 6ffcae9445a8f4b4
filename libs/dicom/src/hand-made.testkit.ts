// Bytes put together by hand from PS3.5 section 7, without the room's own encoder: what is read must not depend on what is written.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { readDataset } from './read-dataset.ts';
import type { Dataset, Finding } from './domain/types.ts';

const LONG = ['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV'];

export function le16(value: number): Buffer {
  return Buffer.from([value & 0xff, (value >> 8) & 0xff]);
}

export function le32(value: number): Buffer {
  return Buffer.concat([le16(value & 0xffff), le16(value >>> 16)]);
}

function swap(bytes: Buffer, bigEndian: boolean): Buffer {
  return bigEndian ? Buffer.from(bytes).reverse() : bytes;
}

/** One explicit VR element; `length` may lie about the value. */
export function explicit(tag: number, vr: string, value: Buffer | string, length?: number, bigEndian = false): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
  const stated = length ?? bytes.length;
  const head = [swap(le16(tag >>> 16), bigEndian), swap(le16(tag & 0xffff), bigEndian), Buffer.from(vr, 'latin1')];
  const size = LONG.includes(vr) ? [Buffer.alloc(2), swap(le32(stated), bigEndian)] : [swap(le16(stated), bigEndian)];
  return Buffer.concat([...head, ...size, bytes]);
}

/** One implicit VR little endian element. */
export function implicit(tag: number, value: Buffer | string, length?: number): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
  return Buffer.concat([le16(tag >>> 16), le16(tag & 0xffff), le32(length ?? bytes.length), bytes]);
}

export const UNDEFINED = 0xffffffff;
export const ITEM = 0xfffee000;
export const ITEM_END = implicit(0xfffee00d, '');
export const SEQUENCE_END = implicit(0xfffee0dd, '');

/** A Part 10 file around data set bytes. */
export function part10(dataset: Buffer, transferSyntax = '1.2.840.10008.1.2.1', preamble = Buffer.alloc(128)): Buffer {
  const uid = transferSyntax.length % 2 === 0 ? transferSyntax : `${transferSyntax}\0`;
  const rest = explicit(0x00020010, 'UI', uid);
  const group = explicit(0x00020000, 'UL', le32(rest.length));
  return Buffer.concat([preamble, Buffer.from('DICM'), group, rest, dataset]);
}

export function mustRead(bytes: Buffer): Dataset {
  const outcome = readDataset(bytes);
  if (outcome.kind === 'read') return outcome.dataset;
  throw new Error(`not read: ${outcome.reason} at ${outcome.offset}: ${outcome.detail}`);
}

export function findingCodes(dataset: Dataset): Finding['code'][] {
  return dataset.findings.map(({ code }) => code);
}

/** The bytes of the data set alone, trailing bytes excluded. */
export function datasetBytes({ bytes, start, end }: Dataset): Buffer {
  return bytes.subarray(start, end);
}

const SHARED = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..', 'shared', 'data');

/** Files under ../shared/data; where that is absent the test says so loudly and has nothing to do. */
export function sharedFiles(folder: string): { name: string; bytes: () => Buffer }[] {
  const root = join(SHARED, folder);
  if (!existsSync(root)) {
    process.stderr.write(`\n*** not here: ../shared/data/${folder}; its tests check nothing on this machine ***\n\n`);
    return [];
  }
  const isObject = (path: string): boolean => !/\.(txt|md|csv|jsonl)$/.test(path);
  return walk(root)
    .filter(isObject)
    .map((path) => ({ name: relative(root, path), bytes: () => readFileSync(path) }));
}

function walk(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? walk(path) : [path]));
}
