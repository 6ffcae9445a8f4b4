import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ageAt, capAge, yearsOfAge } from './ages.ts';
import { dayOf, shiftDate, shiftDateTime } from './dates.ts';

const day = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10).replaceAll('-', ''));

describe('moving dates (real: everything)', () => {
  it('keeps every interval', () => {
    fc.assert(
      fc.property(day, day, fc.integer({ min: 1, max: 3650 }), (a, b, days) => {
        const [movedA, movedB] = [shiftDate(a, days)!, shiftDate(b, days)!];
        expect(dayOf(movedA)! - dayOf(movedB)!).toBe(dayOf(a)! - dayOf(b)!);
        expect(dayOf(a)! - dayOf(movedA)!).toBe(days);
        expect(movedA).toMatch(/^\d{8}$/);
      }),
    );
  });

  it.each(['20190230', '2019072', 'NONE', '20191301', '00000000', '20190725x', '19 90101'])(
    'does not pass on %j',
    (value) => {
      expect(shiftDate(value, 10)).toBeUndefined();
      expect(shiftDateTime(value, 10, true)).toBeUndefined();
    },
  );

  it.each([
    ['20190725180905.443943+0100', true, '20190715180905.443943+0100'],
    ['20190725180905.443943+0100', false, '20190715'],
    ['2019072518', true, '2019071518'],
    ['20190725', true, '20190715'],
    ['201907', true, '201906'],
    ['2019', true, '2019'],
  ])('moves DT %s (times kept: %s) to %s', (value, keepTime, moved) => {
    expect(shiftDateTime(value, 10, keepTime)).toBe(moved);
  });

  it('reads the old form with dots and writes the new one', () => {
    expect(shiftDate('2019.07.25', 10)).toBe('20190715');
  });
});

describe('ages (real: everything)', () => {
  it.each([
    ['092Y', '090Y'],
    ['089Y', '089Y'],
    ['090Y', '090Y'],
    ['018M', '018M'],
    ['52Y', '52Y'],
  ])('%s becomes %s', (age, capped) => expect(capAge(age)).toBe(capped));

  it.each(['', 'old', '19731130', '9Z'])('%j is no age', (age) => expect(capAge(age)).toBeUndefined());

  it('an age in months above 89 years is capped as well', () => {
    expect(yearsOfAge('999M')).toBe(83);
    expect(capAge('999W')).toBe('999W');
  });

  it.each([
    ['19731130', '20190725', '045Y'],
    ['19731130', '20191130', '046Y'],
    ['20190601', '20190725', '001M'],
    ['20190720', '20190725', '005D'],
    ['19200101', '20190725', '090Y'],
    ['20190725', '20190724', undefined],
    ['', '20190724', undefined],
    ['17000101', '20190724', undefined],
  ])('born %s, imaged %s: %s', (birth, study, age) => expect(ageAt(birth, study)).toBe(age));
});
