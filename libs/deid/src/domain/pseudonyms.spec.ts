import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_SHIFT_DAYS, Pseudonyms } from './pseudonyms.ts';

const ours = new Pseudonyms({ keyId: 'a', secret: Buffer.alloc(32, 1) });
const others = new Pseudonyms({ keyId: 'b', secret: Buffer.alloc(32, 2) });
const identity = (id: string, issuer = '') => ({ id, issuer, name: 'Doe^Jane', birthDate: '19700101' });

describe('keyed pseudonyms (real: everything)', () => {
  it('maps UIDs to distinct valid ones, always the same way, and never without the secret', () => {
    const made = new Map<string, string>();
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1, maxLength: 12 }), (parts) => {
        const source = `1.2.${parts.join('.')}`;
        const uid = ours.uid(source);
        expect(uid).toMatch(/^2\.25\.(0|[1-9]\d{0,38})$/);
        expect(uid).toBe(new Pseudonyms({ keyId: 'a', secret: Buffer.alloc(32, 1) }).uid(source));
        expect(uid).not.toBe(others.uid(source));
        expect(made.get(uid) ?? source).toBe(source);
        made.set(uid, source);
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps the purposes apart: one text gives another key for each', () => {
    const keys = [
      ours.studyKey('1.2.3'),
      ours.seriesKey('1.2.3'),
      ours.imageKey('1.2.3'),
      ours.patientKey(identity('1.2.3')),
    ];
    expect(new Set(keys).size).toBe(4);
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/);
  });

  it('keeps apart patients of two hospitals, and boundaries between issuer and id', () => {
    expect(ours.patientKey(identity('1001', 'A'))).not.toBe(ours.patientKey(identity('1001', 'B')));
    expect(ours.patientKey(identity('11', 'A'))).not.toBe(ours.patientKey(identity('1', 'A1')));
  });

  it('falls back to name and birth date together, never to one of them', () => {
    expect(ours.patientKey({ id: '', issuer: '', name: 'Doe^Jane', birthDate: '19700101' })).toBeDefined();
    expect(ours.patientKey({ id: '', issuer: '', name: 'Doe^Jane', birthDate: '' })).toBeUndefined();
    expect(ours.patientKey({ id: '', issuer: '', name: '', birthDate: '19700101' })).toBeUndefined();
  });

  it('moves the dates of each patient by their own number of days, at least one', () => {
    const days = Array.from({ length: 500 }, (_, index) => ours.shiftDays(ours.patientKey(identity(`P${index}`))!));
    expect(Math.min(...days)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...days)).toBeLessThanOrEqual(MAX_SHIFT_DAYS);
    expect(new Set(days).size).toBeGreaterThan(400);
  });
});
