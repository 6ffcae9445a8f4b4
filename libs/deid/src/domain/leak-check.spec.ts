import { describe, expect, it } from '@jest/globals';
import { mustRead } from '../corpus.testkit.ts';
import { el, sampleObject } from '../object.testkit.ts';
import { gatherEvidence } from './evidence.ts';
import type { Evidence } from './evidence.ts';
import { LeakCheck, searchable } from './leak-check.ts';

const nothing: Evidence = {
  patientNames: new Set(),
  otherNames: new Set(),
  rawNames: new Set(),
  ids: new Set(),
  phrases: new Set(),
  dates: new Set(),
  uids: new Set(),
};
const check = new LeakCheck(['head', 'chest']);

function found(planted: Buffer | string, evidence: Partial<Evidence>, newDates: ReadonlySet<string> = new Set()) {
  const value = Buffer.isBuffer(planted) ? planted : Buffer.from(planted, 'utf8');
  return check.find(
    { values: ['ct', searchable(value), '1.5'], raw: [searchable(value)] },
    { ...nothing, ...evidence },
    newDates,
  );
}

describe('leak check: a planted identifier is found (real: everything)', () => {
  const name = { patientNames: new Set(['Rössler^Ulrike^L=刘^美玲']) };

  it.each([
    'Rössler',
    'RÖSSLER',
    'rossler',
    'Roessler',
    'seen by ULRIKE today',
    'Rossler, Ulrike',
    'RosslerUlrike',
    '美玲',
    '刘美玲',
  ])('name as %s', (text) => {
    expect(found(text, name)).toBe('name');
  });

  it('name in Latin-1 bytes, and in the bytes the source had', () => {
    expect(found(Buffer.from('R\xf6ssler', 'latin1'), name)).toBe('name');
    const gb18030 = Buffer.from([0xc1, 0xf5, 0x5e, 0xc3, 0xc0, 0xc1, 0xe1]);
    expect(found(gb18030.subarray(3), { rawNames: new Set([gb18030.toString('latin1')]) })).toBe('name');
  });

  it('Cyrillic name as a desk would type it', () => {
    expect(found('Smirnov', { patientNames: new Set(['Смирнов^Наталья']) })).toBe('name');
  });

  it.each([
    ['283-58-5757', '283-58-5757'],
    ['283585757', '283-58-5757'],
    ['7264123', '0007264123'],
    ['x ACC0042 x', 'ACC0042'],
  ])('id %s of %s', (text, id) => expect(found(text, { ids: new Set([id]) })).toBe('id'));

  it.each(['20190725', '2019-07-25', '25.07.2019', '07/25/2019', '25-JUL-2019', '20190725180804.12'])(
    'date as %s',
    (text) => {
      expect(found(text, { dates: new Set(['20190725']) })).toBe('date');
    },
  );

  it('UID and place', () => {
    expect(found('1.2.826.0.1.77', { uids: new Set(['1.2.826.0.1.77']) })).toBe('uid');
    expect(found('Klinikum Wurzen', { phrases: new Set(['Klinikum Würzen']) })).toBe('place');
  });
});

describe('leak check: chance is no leak (real: everything)', () => {
  it.each([
    ['a height and a study id', '165', { ids: new Set(['165']) }],
    ['five digits', '21177', { ids: new Set(['21177']) }],
    ['digits of a longer number', '120190725', { dates: new Set(['20190725']) }],
    ['decimals of a figure', '0.548637', { ids: new Set(['548637']) }],
    ['a name inside a word', 'CLINICAL', { patientNames: new Set(['Lin^Cal']) }],
    ['a body part of a Mr Head', 'HEAD', { patientNames: new Set(['Head^X']) }],
    ['a title', 'Dr', { patientNames: new Set(['Dr^Xu']) }],
  ])('%s', (_, text, evidence) => expect(found(text, evidence)).toBeUndefined());

  it('but a whole name of ordinary words is one', () => {
    expect(found('Head^Chest', { patientNames: new Set(['Head^Chest']) })).toBe('name');
  });

  it('a new date that is another date of the source', () => {
    expect(found('20190725', { dates: new Set(['20190725']) }, new Set(['20190725']))).toBeUndefined();
  });
});

describe('evidence (real: reader; fake: the patient)', () => {
  it('is gathered from every depth, dropped and UN-encoded parts included', () => {
    const inner = [el('PatientName', 'Geheim^Anna'), el('PatientID', 'XY998877'), el('PatientBirthDate', '19500102')];
    const evidence = gatherEvidence(
      mustRead(
        sampleObject([
          el('OtherPatientIDsSequence', [inner]),
          el('RequestAttributesSequence', [[el('AccessionNumber', 'NESTED01')]]),
        ]),
      ),
    );
    expect([...evidence.patientNames]).toEqual(['Rössler^Ulrike', 'Geheim^Anna']);
    expect([...evidence.ids]).toEqual(expect.arrayContaining(['XY998877', 'NESTED01', '283-58-5757']));
    expect([...evidence.dates]).toEqual(expect.arrayContaining(['19500102', '19731130', '20190725']));
    expect([...evidence.uids]).not.toContain('1.2.840.10008.5.1.4.1.1.2');
  });
});
