import { dayOf } from './dates.ts';

/** Ages above this are one class: 45 CFR 164.514(b)(2)(i)(C) counts ages over 89 as identifying. */
export const OLDEST_STATED_AGE = 89;
const CAPPED_AGE = '090Y';

const AS_PATTERN = /^(\d{1,3})([DWMY])$/;
const DAYS_PER_UNIT: Readonly<Record<string, number>> = { D: 1, W: 7, M: 30.4375, Y: 365.25 };

/** @returns whole years of an AS value, or null when it is no age. */
export function yearsOfAge(value: string): number | null {
  const match = AS_PATTERN.exec(value.trim());
  if (match === null) return null;
  const [, count = '', unit = 'Y'] = match;
  if (unit === 'Y') return Number(count);
  return Math.floor((Number(count) * (DAYS_PER_UNIT[unit] ?? 1)) / 365.25);
}

/** @returns the AS value that may stay: itself, `090Y` for 90 or more, or undefined when it is no age. */
export function capAge(value: string): string | undefined {
  const years = yearsOfAge(value);
  if (years === null) return undefined;
  return years > OLDEST_STATED_AGE ? CAPPED_AGE : value.trim();
}

/** Completed calendar years between two DA values. */
function completedYears(birth: string, day: string): number {
  const years = Number(day.slice(0, 4)) - Number(birth.slice(0, 4));
  return day.slice(4) < birth.slice(4) ? years - 1 : years;
}

/**
 * Age at the study from birth date and study date (both YYYYMMDD), for objects that state no age: bias evaluation needs
 * it and the birth date does not survive.
 * @returns an AS value, capped; undefined when a date is missing, malformed or in the wrong order.
 */
export function ageAt(birthDate: string, studyDate: string): string | undefined {
  const birth = dayOf(birthDate);
  const study = dayOf(studyDate);
  if (birth === undefined || study === undefined || study < birth) return undefined;
  const years = completedYears(birthDate.replaceAll('.', ''), studyDate.replaceAll('.', ''));
  if (years > 130) return undefined;
  if (years >= 2) return capAge(`${String(years).padStart(3, '0')}Y`);
  const days = study - birth;
  if (days < 31) return `${String(days).padStart(3, '0')}D`;
  return `${String(Math.floor(days / 30.4375)).padStart(3, '0')}M`;
}
