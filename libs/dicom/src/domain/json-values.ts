import { numbersIn } from './numbers.ts';
import type { DicomJsonName, DicomJsonValue } from './json-types.ts';
import type { Tag, Vr } from './types.ts';
import { VR_TRAITS } from './vr.ts';

/** The name of an attribute in the model. */
export function jsonKey(tag: Tag): string {
  return tag.toString(16).toUpperCase().padStart(8, '0');
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
/** Decimal digits that a double holds whatever they are. */
const DOUBLE_DIGITS = 15;

/**
 * IS and DS are numbers, or strings where a number would not say the same (PS3.18 F.2.3 note): more digits than a double
 * holds, or a text that is no number.
 */
export function jsonDecimal(text: string, vr: 'IS' | 'DS'): string | number | null {
  if (text === '') return null;
  const number = Number(text);
  if (vr === 'IS') return /^[+-]?\d+$/.test(text) && Number.isSafeInteger(number) ? plain(number) : text;
  const digits = text
    .replace(/[eE].*$/, '')
    .replaceAll(/[^0-9]/g, '')
    .replace(/^0+/, '');
  return DECIMAL.test(text) && digits.length <= DOUBLE_DIGITS && Number.isFinite(number) ? plain(number) : text;
}

/** A negative zero has no sign in JSON texts made by JavaScript. */
function plain(number: number): number {
  return number === 0 ? 0 : number;
}

/** JSON has no word for these: the spelling is that of other implementations, PS3.18 names none. */
const NOT_FINITE: readonly (readonly [string, number])[] = [
  ['NaN', NaN],
  ['inf', Infinity],
  ['-inf', -Infinity],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
];

/** The values of a binary VR: AT as eight digits, 64-bit integers as strings where a double cannot hold them. */
export function jsonNumbers(bytes: Buffer, vr: Vr, littleEndian: boolean): DicomJsonValue[] {
  if (vr === 'SV' || vr === 'UV') return longIntegers(bytes, vr, littleEndian);
  const numbers = numbersIn(bytes, vr, littleEndian);
  return vr === 'AT' ? numbers.map(jsonKey) : numbers.map(finiteOrName);
}

function finiteOrName(value: number): string | number {
  if (Number.isFinite(value)) return plain(value);
  return NOT_FINITE.find(([, number]) => Object.is(number, value))?.[0] ?? 'NaN';
}

function longIntegers(bytes: Buffer, vr: 'SV' | 'UV', littleEndian: boolean): (string | number)[] {
  const values: (string | number)[] = [];
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    const raw = littleEndian ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at);
    const value = vr === 'SV' ? BigInt.asIntN(64, raw) : raw;
    values.push(Number.isSafeInteger(Number(value)) ? Number(value) : value.toString());
  }
  return values;
}

/** @returns the number that a value of FL or FD stands for, undefined where it is none. */
export function floatOf(value: unknown, vr: 'FL' | 'FD'): number | undefined {
  if (typeof value === 'string') return NOT_FINITE.find(([name]) => name === value)?.[1];
  if (typeof value !== 'number') return undefined;
  // Beyond the largest 32-bit float it would be written as infinity.
  return vr === 'FL' && !Number.isFinite(Math.fround(value)) ? undefined : value;
}

const GROUPS = ['Alphabetic', 'Ideographic', 'Phonetic'] as const;

/** A name split at its equals signs (PS3.5 6.2.1.2); null where nothing is left. What is behind a third goes with the third. */
export function jsonName(text: string): DicomJsonName | null {
  const parts = text.split('=');
  const groups = [parts[0], parts[1], parts.slice(2).join('=')];
  const filled = GROUPS.flatMap((name, i) => (groups[i] ? [[name, groups[i]] as const] : []));
  return filled.length === 0 ? null : Object.fromEntries(filled);
}

/** @returns the name as DICOM writes it, undefined where it is none. */
export function nameOf(value: unknown): string | undefined {
  if (value === null) return '';
  if (typeof value !== 'object' || Array.isArray(value)) return undefined;
  const groups = GROUPS.map((name) => (value as Record<string, unknown>)[name] ?? '');
  if (!groups.every((group) => typeof group === 'string')) return undefined;
  // An equals sign inside would move a group into the next one; behind the third there is no next.
  if (groups.slice(0, 2).some((group) => group.includes('='))) return undefined;
  return groups.join('=').replace(/=+$/, '');
}

/** Turns words round between little and big endian, as wide as the VR has them; bytes of UN and OB are in no order. */
export function swapWords(bytes: Buffer, vr: Vr): Buffer {
  const { size } = VR_TRAITS[vr];
  if (size === 1) return bytes;
  const whole = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % size)));
  const swapped = size === 2 ? whole.swap16() : size === 4 ? whole.swap32() : whole.swap64();
  return Buffer.concat([swapped, bytes.subarray(whole.length)]);
}
