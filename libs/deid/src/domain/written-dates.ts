import { dayOf } from './dates.ts';

/** The first three letters and more of the months: English, German, French, Spanish, Italian, with and without accents. */
const MONTHS: readonly RegExp[] = [
  /^(?:jan|gen|ene)/,
  /^(?:feb|fev|fév)/,
  /^(?:mar|mär|maer|mrz)/,
  /^(?:apr|avr|abr)/,
  /^(?:may|mai|mag)/,
  /^(?:jun|juin|giu)/,
  /^(?:jul|juil|lug)/,
  /^(?:aug|aou|aoû|ago)/,
  /^(?:sep|set)/,
  /^(?:oct|okt|ott)/,
  /^nov/,
  /^(?:dec|déc|dez|dic)/,
];

const NUMERIC = /(?<!\d)(?<!\d\.)(\d{1,4})([-./ ])(\d{1,2})\2(\d{4}|\d{1,2})(?!\d)/g;
const DAY_FIRST =
  /(?<!\d)(\d{1,2})(?:st|nd|rd|th)?[-. ]{0,2}(?:of |de )?([a-zäéû]{3,10})\.?[-., ]{0,2}(?:de )?(\d{4}|\d{2})(?!\d)/gi;
const MONTH_FIRST = /(?<![a-z])([a-zäéû]{3,10})\.?[- ]{1,2}(\d{1,2})(?:st|nd|rd|th)?,?[- ]{1,2}(\d{4})(?!\d)/gi;
const YEAR_FIRST = /(?<!\d)(\d{4})[-. ]?([a-zäéû]{3,10})\.?[-. ]?(\d{1,2})(?!\d)/gi;

const PERHAPS = /\d[-./ ]\d|[a-zäéû]{3}/i;

/**
 * The calendar days that a text names in other forms than YYYYMMDD: ISO, day and month in either order, two-digit years, names of
 * months in five languages. All that a writing may mean are given: 03/04/2019 is two days.
 * @returns days as YYYYMMDD
 */
export function daysIn(text: string): readonly string[] {
  if (text.length < 6 || !/\d/.test(text) || !PERHAPS.test(text)) return [];
  return [
    ...[...text.matchAll(NUMERIC)].flatMap(([, first = '', , second = '', third = '']) => [
      ...day(first, second, third),
      ...day(third, second, first),
      ...day(third, first, second),
    ]),
    ...[...text.matchAll(DAY_FIRST)].flatMap(([, one = '', month = '', year = '']) => day(year, monthOf(month), one)),
    ...[...text.matchAll(MONTH_FIRST)].flatMap(([, month = '', one = '', year = '']) => day(year, monthOf(month), one)),
    ...[...text.matchAll(YEAR_FIRST)].flatMap(([, year = '', month = '', one = '']) => day(year, monthOf(month), one)),
  ];
}

function monthOf(name: string): string {
  const index = MONTHS.findIndex((month) => month.test(name.toLowerCase()));
  return index === -1 ? '' : String(index + 1);
}

/** A year of two digits may be of this century or the last. */
function day(year: string, month: string, one: string): string[] {
  if (month === '' || month.length > 2 || one.length > 2 || !(year.length === 4 || year.length === 2)) return [];
  const years = year.length === 4 ? [year] : [`19${year}`, `20${year}`];
  const days = years.map((full) => `${full}${month.padStart(2, '0')}${one.padStart(2, '0')}`);
  return days.filter((candidate) => dayOf(candidate) !== undefined);
}
