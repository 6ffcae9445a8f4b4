/**
 * The next bits that one look-up takes. Most codes with their value have no more, and a table of 2,048 entries stays in the
 * processor's first cache: with all 16 bits a frame of noise took 1.7 times as long, and a table 30 times as long to make.
 */
export const LOOKED_UP = 11;

/** From 32 bits to those that are looked up. */
export const TO_LOOK_UP = 32 - LOOKED_UP;

/** In place of a length: code and value together are longer than what is looked up, and are read in two steps. */
export const LONG = 255;

/** Of 16 bits, the `category` bits behind a code of `length` bits as a signed number (ISO/IEC 10918-1 F.2.2.1 EXTEND). */
export function valueOf(next: number, length: number, category: number): number {
  if (category === 0) return 0;
  const value = (next >> (16 - length - category)) & ((1 << category) - 1);
  return value < 1 << (category - 1) ? value - (1 << category) + 1 : value;
}
