import { convertBytes } from 'dicom-character-set';

import type { Vr } from '../domain/types.ts';

/** Defined terms the library lacks or spells otherwise (PS3.3 C.12.1.1.2), and misspellings seen in the field. */
const OTHER_TERMS: ReadonlyMap<string, string> = new Map([['ISO_IR 203', 'iso-8859-15']]);

/**
 * Decodes a text value by Specific Character Set (PS3.5 6.1.2). Never throws: what the character set cannot read is
 * decoded byte by byte as Latin-1, so that every byte stays visible to a search for names.
 */
export function decodeText(bytes: Buffer, charsets: readonly string[], vr: Vr): string {
  if (isAscii(bytes)) return bytes.toString('latin1');
  const terms = charsets.map(normaliseTerm);
  const other = OTHER_TERMS.get(terms[0] ?? '');
  if (other !== undefined) return new TextDecoder(other).decode(bytes);
  // The default repertoire has no such bytes. UTF-8 that is valid is hardly anything else; Latin-1 reads the rest.
  if (terms.every((term) => term === '' || term === 'ISO_IR 6')) return decodeUnstated(bytes);
  return convert(terms, bytes, vr) ?? convert(withDesignated(terms), bytes, vr) ?? bytes.toString('latin1');
}

function convert(terms: readonly string[], bytes: Buffer, vr: Vr): string | undefined {
  try {
    return convertBytes(terms.join('\\'), bytes, { vr });
  } catch {
    return undefined;
  }
}

/**
 * Escape sequences name a set by themselves, so one that (0008,0005) does not list is decoded all the same: writers of Japanese
 * often go back to ASCII (ESC ( B) where they state ISO 2022 IR 13.
 */
function withDesignated(terms: readonly string[]): readonly string[] {
  return [...terms, ...DESIGNATED.filter((term) => !terms.includes(term))];
}

const DESIGNATED = ['ISO 2022 IR 6', 'ISO 2022 IR 87', 'ISO 2022 IR 159', 'ISO 2022 IR 149', 'ISO 2022 IR 58'];

function decodeUnstated(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}

/** "iso-ir 100", "ISO IR_100" and "ISO_IR_100" occur where "ISO_IR 100" is meant. */
function normaliseTerm(term: string): string {
  const upper = term.trim().toUpperCase();
  const single = /^ISO[ _-]IR[ _-](\d+)$/.exec(upper);
  if (single !== null) return `ISO_IR ${single[1] ?? ''}`;
  const extended = /^ISO[ _-]2022[ _-]IR[ _-](\d+)$/.exec(upper);
  return extended === null ? upper : `ISO 2022 IR ${extended[1] ?? ''}`;
}

/** No byte above 7F and no escape: every character set of DICOM reads it alike, save for the yen sign of ISO_IR 13. */
function isAscii(bytes: Buffer): boolean {
  for (const byte of bytes) if (byte > 0x7e || byte === 0x1b) return false;
  return true;
}

/** Single-byte sets: the upper half is turned round from the decoder's. */
const SINGLE_BYTE: ReadonlyMap<string, string> = new Map([
  ['ISO_IR 100', 'latin1'],
  ['ISO_IR 101', 'iso-8859-2'],
  ['ISO_IR 109', 'iso-8859-3'],
  ['ISO_IR 110', 'iso-8859-4'],
  ['ISO_IR 144', 'iso-8859-5'],
  ['ISO_IR 127', 'iso-8859-6'],
  ['ISO_IR 126', 'iso-8859-7'],
  ['ISO_IR 138', 'iso-8859-8'],
  ['ISO_IR 203', 'iso-8859-15'],
]);

/**
 * Encodes text in the first character set in force. ASCII always can be; beyond it UTF-8 and the single-byte sets.
 * @returns undefined where the text cannot be written in that set
 */
export function encodeText(text: string, charsets: readonly string[]): Buffer | undefined {
  if (/^[\0-\x7f]*$/.test(text)) return Buffer.from(text, 'latin1');
  const term = normaliseTerm(charsets[0] ?? '').replace(/^ISO 2022 IR/, 'ISO_IR');
  if (term === 'ISO_IR 192') return Buffer.from(text, 'utf8');
  const decoder = SINGLE_BYTE.get(term);
  return decoder === undefined ? undefined : encodeSingleByte(text, decoder);
}

function encodeSingleByte(text: string, decoder: string): Buffer | undefined {
  const bytes: number[] = [];
  for (const character of text) {
    const byte = byteOf(character, decoder);
    if (byte === undefined) return undefined;
    bytes.push(byte);
  }
  return Buffer.from(bytes);
}

function byteOf(character: string, decoder: string): number | undefined {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return code;
  return upperHalf(decoder).get(character);
}

const upperHalves = new Map<string, ReadonlyMap<string, number>>();

/** A0-FF only: 80-9F are control characters in ISO 8859. */
function upperHalf(decoder: string): ReadonlyMap<string, number> {
  const known = upperHalves.get(decoder);
  if (known !== undefined) return known;
  const made = new Map<string, number>();
  for (let byte = 0xa0; byte <= 0xff; byte++) {
    made.set(new TextDecoder(decoder).decode(Uint8Array.of(byte)), byte);
  }
  made.delete('�');
  upperHalves.set(decoder, made);
  return made;
}
