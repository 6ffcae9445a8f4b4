import type { Element, Vr } from '@precedent/dicom';
import type { Operation } from './element-rules.ts';
import type { ProfileRules } from './profile.ts';

/** Private values are looked at by their VR as all others are; names, UIDs of whatever and bytes are not safe by any table. */
export function safeOperation(vr: Vr, { dates, times, uids }: ProfileRules): Operation | undefined {
  if (vr === 'UI') return uids === 'kept' ? 'keep' : 'uid';
  if (SAFE_OPERATIONS[vr] !== undefined) return SAFE_OPERATIONS[vr];
  if (dates !== 'removed' && (vr === 'DA' || vr === 'DT')) return 'date';
  return times === 'kept' && vr === 'TM' ? 'numbers' : undefined;
}

/** Bytes of one number; longer lists than 64 are tables, which nobody has looked at. */
const NUMBER_BYTES: Partial<Record<Vr, number>> = { AT: 4, FL: 4, FD: 8, SL: 4, SS: 2, UL: 4, US: 2 };

export function hasSizeOf(vr: Vr, { valueStart, valueEnd }: Element): boolean {
  const size = NUMBER_BYTES[vr];
  const length = valueEnd - valueStart;
  return size === undefined || (length % size === 0 && length <= 64 * size);
}

const SAFE_OPERATIONS: Partial<Record<Vr, Operation>> = {
  AT: 'keep',
  FL: 'keep',
  FD: 'keep',
  SL: 'keep',
  SS: 'keep',
  UL: 'keep',
  US: 'keep',
  CS: 'clean',
  DS: 'numbers',
  IS: 'numbers',
  LO: 'clean',
  LT: 'clean',
  SH: 'clean',
  ST: 'clean',
  UT: 'clean',
  SQ: 'recurse',
};
