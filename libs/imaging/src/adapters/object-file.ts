import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { readDataset } from '@precedent/dicom';
import { ImageRefused } from '../domain/failure.ts';
import { frameBytes } from '../domain/frame-ranges.ts';
import { placeIn } from '../domain/pixel-place.ts';
import { openWithoutPixels } from './pixels-left-in-file.ts';
import type { ByteRange, Dataset } from '@precedent/dicom';
import type { PixelPlace } from '../domain/pixel-place.ts';

/** An object that is open for reading: its data set, and its pixels, wherever they are. */
export interface ImageObject {
  readonly dataset: Dataset;
  readonly place: PixelPlace | undefined;
  /** The bytes of a frame, or of any ranges of `place`, in one piece. */
  read(ranges: readonly ByteRange[]): Uint8Array;
  close(): void;
}

/** Largest file that is read whole when its pixels cannot be left in the file (deflated, big endian). */
const MAX_WHOLE_BYTES = 2 ** 31 - 1;
/** Smaller files are read whole: that is one read instead of four. */
const LEAVE_PIXELS_FROM_BYTES = 8 * 1024 ** 2;

/** @throws ImageRefused `rejected-object`, or `unsupported-transfer-syntax` where the syntax is none that is read */
export function openBytes(bytes: Buffer): ImageObject {
  const dataset = datasetOf(bytes);
  return { dataset, place: placeIn(dataset), read: (ranges) => frameBytes(dataset, ranges), close: () => undefined };
}

/**
 * Large files keep their pixels in the file: frames are read one by one, when they are asked for.
 * @throws ImageRefused as `openBytes`
 */
export function openFile(path: string): ImageObject {
  const { file, size } = openRegular(path);
  try {
    const left =
      size >= LEAVE_PIXELS_FROM_BYTES ? openWithoutPixels({ size, read: (r) => readRange(file, r) }) : undefined;
    if (left !== undefined)
      return { ...left, read: (ranges) => readRanges(file, ranges), close: () => closeSync(file) };
    if (size > MAX_WHOLE_BYTES)
      throw rejected('the file of the object is larger than 2 GiB and cannot be read in parts');
    const whole = openBytes(readRange(file, { start: 0, end: size }));
    closeSync(file);
    return whole;
  } catch (fault) {
    closeSync(file);
    throw fault;
  }
}

function rejected(detail: string, cause?: unknown): ImageRefused {
  return new ImageRefused('rejected-object', detail, { cause });
}

function openRegular(path: string): { file: number; size: number } {
  try {
    const found = statSync(path);
    // A named pipe or a device would be waited for, or read, for ever.
    if (found.isFile()) return { file: openSync(path, 'r'), size: found.size };
  } catch (cause) {
    throw rejected('the file of the object cannot be opened', cause);
  }
  throw rejected('the file of the object is no regular file');
}

function readRange(file: number, { start, end }: ByteRange): Buffer {
  const bytes = Buffer.allocUnsafeSlow(end - start);
  fill(file, bytes, start);
  return bytes;
}

function readRanges(file: number, ranges: readonly ByteRange[]): Buffer {
  const bytes = Buffer.allocUnsafeSlow(ranges.reduce((sum, { start, end }) => sum + end - start, 0));
  let at = 0;
  for (const { start, end } of ranges) {
    fill(file, bytes.subarray(at, at + end - start), start);
    at += end - start;
  }
  return bytes;
}

function fill(file: number, bytes: Buffer, position: number): void {
  for (let at = 0; at < bytes.length;) {
    const count = readSync(file, bytes, at, bytes.length - at, position + at);
    if (count === 0) throw rejected('the file of the object became shorter while it was read');
    at += count;
  }
}

function datasetOf(bytes: Buffer): Dataset {
  const outcome = readDataset(bytes);
  if (outcome.kind === 'read') return outcome.dataset;
  if (outcome.reason === 'unsupported-transfer-syntax') {
    throw new ImageRefused(
      'unsupported-transfer-syntax',
      'Pixel Data is not decoded: its transfer syntax is not known',
    );
  }
  throw rejected(`the object cannot be read (${outcome.reason})`);
}
