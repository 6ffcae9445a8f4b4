const DAY_MS = 86_400_000;

/** DA of PS3.5 6.2, and the form with dots of ACR-NEMA. */
const DA_PATTERN = /^(\d{4})\.?(\d{2})\.?(\d{2})$/;
const DT_PATTERN = /^(\d{4})(\d{2})?(\d{2})?((?:\d{2}){0,3}(?:\.\d{1,6})?)([+-]\d{4})?$/;

/** @returns the day number since 1970 of a real calendar day, or undefined. */
function dayNumber(year: string, month: string, day: string): number | undefined {
  const time = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const date = new Date(time);
  date.setUTCFullYear(Number(year));
  const real = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day) && Number(year) > 999;
  return real ? Math.round(date.getTime() / DAY_MS) : undefined;
}

function formatDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '');
}

/** @returns the day number of a DA value, or undefined when it is no real day. */
export function dayOf(value: string): number | undefined {
  const match = DA_PATTERN.exec(value);
  if (match === null) return undefined;
  const [, year = '', month = '', day = ''] = match;
  return dayNumber(year, month, day);
}

/** Moves a DA value back by whole days. @returns YYYYMMDD, or undefined for a malformed date. */
export function shiftDate(value: string, days: number): string | undefined {
  const day = dayOf(value);
  return day === undefined ? undefined : formatDay(day - days);
}

/**
 * Moves a DT value back by whole days, in its own precision. With `keepTime` false it ends at the day: a time of day to
 * the microsecond finds the study in the worklist again.
 * @returns the new value, or undefined for a malformed one.
 */
export function shiftDateTime(value: string, days: number, keepTime: boolean): string | undefined {
  const match = DT_PATTERN.exec(value);
  if (match === null) return undefined;
  const [, year = '', month, day, time = '', zone = ''] = match;
  if (day === undefined && time !== '') return undefined;
  const start = dayNumber(year, month ?? '07', day ?? '01');
  if (start === undefined) return undefined;
  const shifted = formatDay(start - days).slice(0, day === undefined ? (month === undefined ? 4 : 6) : 8);
  return keepTime ? shifted + time + zone : shifted;
}

/** Applies one of the above to each value of a multi-valued element. @returns undefined when any of them is malformed. */
export function shiftEach(
  values: readonly string[],
  shift: (value: string) => string | undefined,
): readonly string[] | undefined {
  const shifted: string[] = [];
  for (const value of values) {
    const next = value === '' ? '' : shift(value);
    if (next === undefined) return undefined;
    shifted.push(next);
  }
  return shifted;
}
