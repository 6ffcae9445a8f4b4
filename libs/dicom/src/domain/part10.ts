import { dictionaryEntry } from './dictionary.ts';
import { withoutPadding } from './padding.ts';
import { TAG } from './tags.ts';
import { EXPLICIT_BIG_ENDIAN, EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN } from './transfer-syntaxes.ts';
import { vrOfCode } from './vr.ts';

export const PREAMBLE_BYTES = 132;
const MEDIA_STORAGE_DIRECTORY = '1.2.840.10008.1.3.10';

/** `DICM` at byte 128 (PS3.10 7.1). */
export function isDicomPreamble(bytes: Buffer): boolean {
  return bytes.length >= PREAMBLE_BYTES && bytes.toString('latin1', 128, PREAMBLE_BYTES) === 'DICM';
}

/**
 * Whether bytes without preamble start like a DICOM object: group 0002 or 0008 in the encoding found.
 * @returns the transfer syntax that the first element speaks for, undefined where it speaks for none
 */
export function inferSyntax(bytes: Buffer, start: number): string | undefined {
  if (start + 8 > bytes.length) return undefined;
  const hasVr = vrOfCode(bytes.readUInt16BE(start + 4)) !== undefined;
  if (hasVr && isFirstGroup(bytes.readUInt16LE(start))) return EXPLICIT_LITTLE_ENDIAN;
  if (hasVr && isFirstGroup(bytes.readUInt16BE(start))) return EXPLICIT_BIG_ENDIAN;
  return startsImplicit(bytes, start) ? IMPLICIT_LITTLE_ENDIAN : undefined;
}

function isFirstGroup(group: number): boolean {
  return group === 0x0002 || group === 0x0008;
}

/** A tag of PS3.6 in group 0008 and a length that fits; text or another file type practically never starts so. */
function startsImplicit(bytes: Buffer, start: number): boolean {
  const group = bytes.readUInt16LE(start);
  const element = bytes.readUInt16LE(start + 2);
  if (group !== 0x0008) return false;
  const known = element === 0 || dictionaryEntry(group * 0x10000 + element) !== undefined;
  return known && bytes.readUInt32LE(start + 4) <= bytes.length - start - 8;
}

/** What a file is, from its first bytes (64 KiB are enough); nothing beyond group 0002 is read. */
export function sniffDicom(bytes: Buffer): 'part10' | 'bare' | 'dicomdir' | 'not-dicom' {
  const hasPreamble = isDicomPreamble(bytes);
  if (!hasPreamble && inferSyntax(bytes, 0) === undefined) return 'not-dicom';
  if (sopClassInMeta(bytes, hasPreamble ? PREAMBLE_BYTES : 0) === MEDIA_STORAGE_DIRECTORY) return 'dicomdir';
  return hasPreamble ? 'part10' : 'bare';
}

function sopClassInMeta(bytes: Buffer, start: number): string | undefined {
  let position = start;
  while (position + 12 <= bytes.length && bytes.readUInt16LE(position) === 0x0002) {
    const long = bytes.readUInt16BE(position + 4) === 0x4f42 || bytes.readUInt16BE(position + 4) === 0x554e;
    const length = long ? bytes.readUInt32LE(position + 8) : bytes.readUInt16LE(position + 6);
    const value = position + (long ? 12 : 8);
    if (bytes.readUInt16LE(position + 2) === (TAG.MediaStorageSopClassUid & 0xffff)) {
      return trimUid(bytes.toString('latin1', value, Math.min(value + length, bytes.length)));
    }
    position = value + length;
  }
  return undefined;
}

/** UIDs are padded with NUL (PS3.5 9.1); spaces are a common mistake. */
export function trimUid(text: string): string {
  return withoutPadding(text).trim();
}
