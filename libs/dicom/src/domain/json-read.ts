import { decimalText } from './decimal-text.ts';
import { floatOf, nameOf, swapWords } from './json-values.ts';
import type { NewValue } from './rewrite-types.ts';
import type { Vr } from './types.ts';
import { VR_TRAITS } from './vr.ts';

/** The values do not fit the value representation. */
export const NOT_ENCODABLE = 'not-encodable';

type Values = readonly unknown[];

/** @param littleEndian the byte order that binary values are to be given in */
export function jsonValues(values: Values, vr: Vr, littleEndian: boolean): NewValue | typeof NOT_ENCODABLE {
  if (values.length === 0) return { bytes: Buffer.alloc(0) };
  const { kind } = VR_TRAITS[vr];
  // Bytes come as InlineBinary or by reference only.
  if (kind === 'bytes' || kind === 'sequence') return NOT_ENCODABLE;
  if (kind === 'number') return numbersOf(values, vr, littleEndian);
  const text = allDefined(values.map((value) => textOf(value, vr)));
  return text !== undefined && areOneValueEach(text, vr) ? { text } : NOT_ENCODABLE;
}

/** @param bytes in little endian */
export function binaryValue(bytes: Buffer, vr: Vr, littleEndian: boolean): NewValue {
  const isText = VR_TRAITS[vr].kind === 'text' || VR_TRAITS[vr].kind === 'ascii';
  return { bytes: littleEndian || isText ? bytes : swapWords(bytes, vr) };
}

function textOf(value: unknown, vr: Vr): string | undefined {
  if (vr === 'PN') return nameOf(value);
  if (value === null || value === undefined) return '';
  if ((vr === 'IS' || vr === 'DS') && typeof value === 'number') return decimalText(value, vr);
  return typeof value === 'string' ? value : undefined;
}

/** A backslash inside a value would make two of it, and no writing prevents that (PS3.18 F.2.4). */
function areOneValueEach(texts: readonly string[], vr: Vr): boolean {
  // Half a surrogate pair has no UTF-8.
  if (texts.some((text) => /\p{Surrogate}/u.test(text))) return false;
  return VR_TRAITS[vr].multiValued ? !texts.some((text) => text.includes('\\')) : texts.length === 1;
}

function numbersOf(values: Values, vr: Vr, littleEndian: boolean): NewValue | typeof NOT_ENCODABLE {
  if (vr === 'SV' || vr === 'UV') return longIntegers(values, vr, littleEndian);
  const numbers = values.map((value) => {
    if (vr === 'AT') return typeof value === 'string' && /^[0-9A-F]{8}$/i.test(value) ? parseInt(value, 16) : undefined;
    if (vr === 'FL' || vr === 'FD') return floatOf(value, vr);
    return typeof value === 'number' ? value : undefined;
  });
  const all = allDefined(numbers);
  return all === undefined ? NOT_ENCODABLE : { numbers: all };
}

/** As bytes, because beyond 2^53 a number would be another one. */
function longIntegers(values: Values, vr: 'SV' | 'UV', littleEndian: boolean): NewValue | typeof NOT_ENCODABLE {
  const integers = allDefined(values.map((value) => integerOf(value, vr)));
  if (integers === undefined) return NOT_ENCODABLE;
  const bytes = Buffer.alloc(8 * integers.length);
  integers.forEach((integer, i) => {
    const raw = BigInt.asUintN(64, integer);
    if (littleEndian) bytes.writeBigUInt64LE(raw, 8 * i);
    else bytes.writeBigUInt64BE(raw, 8 * i);
  });
  return { bytes };
}

function integerOf(value: unknown, vr: 'SV' | 'UV'): bigint | undefined {
  const isInteger =
    typeof value === 'string'
      ? /^[+-]?\d{1,20}$/.test(value)
      : typeof value === 'number' && Number.isSafeInteger(value);
  if (!isInteger) return undefined;
  const integer = BigInt(String(value).replace('+', ''));
  const wrapped = vr === 'SV' ? BigInt.asIntN(64, integer) : BigInt.asUintN(64, integer);
  return wrapped === integer ? integer : undefined;
}

function allDefined<T>(values: readonly (T | undefined)[]): readonly T[] | undefined {
  const defined = values.filter((value) => value !== undefined);
  return defined.length === values.length ? defined : undefined;
}
