import type { Vr } from './types.ts';

/** How the value of a VR is made up (PS3.5 Table 6.2-1). */
interface VrTraits {
  /** Explicit VR: two reserved bytes and a 32-bit length (PS3.5 Table 7.1-1); otherwise a 16-bit length. */
  readonly longLength: boolean;
  /** `text` follows Specific Character Set, `ascii` does not; `number` holds fixed-size binary values; `bytes` is opaque. */
  readonly kind: 'text' | 'ascii' | 'number' | 'bytes' | 'sequence';
  /** Bytes of one binary value; byte order matters where it is more than one. */
  readonly size: number;
  /** Backslash separates values; in the others it is an ordinary character. */
  readonly multiValued: boolean;
}

function traits(kind: VrTraits['kind'], size: number, longLength = false, multiValued = true): VrTraits {
  return { kind, size, longLength, multiValued };
}

export const VR_TRAITS: Readonly<Record<Vr, VrTraits>> = {
  AE: traits('ascii', 1),
  AS: traits('ascii', 1),
  AT: traits('number', 2),
  CS: traits('ascii', 1),
  DA: traits('ascii', 1),
  DS: traits('ascii', 1),
  DT: traits('ascii', 1),
  FL: traits('number', 4),
  FD: traits('number', 8),
  IS: traits('ascii', 1),
  LO: traits('text', 1),
  LT: traits('text', 1, false, false),
  OB: traits('bytes', 1, true),
  OD: traits('bytes', 8, true),
  OF: traits('bytes', 4, true),
  OL: traits('bytes', 4, true),
  OV: traits('bytes', 8, true),
  OW: traits('bytes', 2, true),
  PN: traits('text', 1),
  SH: traits('text', 1),
  SL: traits('number', 4),
  SQ: traits('sequence', 1, true),
  SS: traits('number', 2),
  ST: traits('text', 1, false, false),
  SV: traits('number', 8, true),
  TM: traits('ascii', 1),
  UC: traits('text', 1, true),
  UI: traits('ascii', 1),
  UL: traits('number', 4),
  UN: traits('bytes', 1, true),
  UR: traits('ascii', 1, true, false),
  US: traits('number', 2),
  UT: traits('text', 1, true, false),
  UV: traits('number', 8, true),
};

/** A VR as the two bytes of an explicit header hold it, first byte high. */
export function vrCode(vr: string): number {
  return (vr.charCodeAt(0) << 8) | vr.charCodeAt(1);
}

const VR_BY_CODE: ReadonlyMap<number, Vr> = new Map((Object.keys(VR_TRAITS) as Vr[]).map((vr) => [vrCode(vr), vr]));

export function vrOfCode(code: number): Vr | undefined {
  return VR_BY_CODE.get(code);
}

/** Two upper-case letters: a VR of some edition or some vendor, known here or not. */
export function looksLikeVr(code: number): boolean {
  return isUpperCase(code >> 8) && isUpperCase(code & 0xff);
}

function isUpperCase(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}

/** Whether a word is a VR of PS3.5 6.2. */
export function isVr(word: unknown): word is Vr {
  return typeof word === 'string' && Object.hasOwn(VR_TRAITS, word);
}
