/**
 * A number as IS or DS: IS is an integer of 32 bits; DS holds 16 characters (PS3.5 6.2), so a longer number keeps the digits
 * that fit. @returns undefined where it has no such text
 */
export function decimalText(value: number, vr: 'IS' | 'DS'): string | undefined {
  const isInteger = Number.isInteger(value) && Math.abs(value) <= 0x7fffffff;
  if (!Number.isFinite(value) || (vr === 'IS' && !isInteger)) return undefined;
  const exact = String(value);
  for (let digits = 16; exact.length > 16 && digits > 0; digits--) {
    const shorter = String(Number(value.toPrecision(digits)));
    if (shorter.length <= 16) return shorter;
  }
  return exact;
}
