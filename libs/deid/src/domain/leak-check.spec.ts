import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { mustRead } from '../corpus.testkit.ts';
import { el, sampleObject } from '../object.testkit.ts';
import { gatherEvidence } from './evidence.ts';
import type { Evidence } from './evidence.ts';
import { LeakCheck } from './leak-check.ts';

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
const ALLOWED = { newDates: new Set<string>(), retained: new Set<string>() };

/** What the check says of a finished object that holds these bytes in one value. */
function found(planted: Buffer | string, evidence: Partial<Evidence>, newDates: ReadonlySet<string> = new Set()) {
  const value = Buffer.isBuffer(planted) ? planted : Buffer.from(planted, 'utf8');
  const finished = mustRead(sampleObject([el('PatientName', 'none'), el('ImageComments', value)], { without: NAMED }));
  return check.searchFor({ ...nothing, ...evidence }).findIn(finished, { ...ALLOWED, newDates });
}

/** What the sample says of its own patient. */
const NAMED = ['PatientID', 'PatientBirthDate', 'AccessionNumber', 'ReferringPhysicianName', 'StudyDate', 'StudyTime'];

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

describe('leak check: every place and encoding (real: everything; fake: the leak)', () => {
  const NAME = 'Rössler^Ulrike=山田^太郎=김^희중';
  const evidence = {
    ...nothing,
    patientNames: new Set([NAME]),
    ids: new Set(['MRN-4711-X']),
    dates: new Set(['20190725']),
  };
  const finds = (bytes: Buffer): string | undefined => check.searchFor(evidence).findIn(mustRead(bytes), ALLOWED);
  const even = (bytes: Buffer): Buffer => (bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from(' ')]));
  const clean = (extra: Parameters<typeof sampleObject>[0] = [], syntax?: string): Buffer =>
    sampleObject([el('PatientName', 'none'), ...extra], {
      without: NAMED,
      ...(syntax === undefined ? {} : { syntax }),
    });

  it('finds nothing in the object before', () => {
    expect(finds(clean())).toBeUndefined();
  });

  const ENCODED: readonly [string, Buffer][] = [
    ['UTF-8', Buffer.from('xx Rössler xx', 'utf8')],
    ['UTF-8, upper case', Buffer.from('RÖSSLER', 'utf8')],
    ['UTF-8, decomposed', Buffer.from('Rössler'.normalize('NFD'), 'utf8')],
    ['Latin-1', Buffer.from('Rössler', 'latin1')],
    ['ASCII, written out', Buffer.from('ROESSLER')],
    ['ASCII, reversed order', Buffer.from('Ulrike Roessler')],
    ['UTF-16 little endian', Buffer.from('Ulrike', 'utf16le')],
    ['UTF-16 big endian', Buffer.from('Ulrike', 'utf16le').swap16()],
    ['UTF-16, letters beyond ASCII', Buffer.from('Rössler', 'utf16le')],
    ['UTF-8, han', Buffer.from('患者山田です', 'utf8')],
    ['Shift JIS', Buffer.from([0x8e, 0x52, 0x93, 0x63])],
    ['ISO 2022 IR 87', Buffer.from('\x1b$B;3ED\x1b(B', 'latin1')],
    ['EUC-JP', Buffer.from([0xbb, 0xb3, 0xc5, 0xc4])],
    ['GB18030', Buffer.from([0xc9, 0xbd, 0xcc, 0xef])],
    ['Big5', Buffer.from([0xa4, 0x73, 0xa5, 0xd0])],
    ['ISO 2022 IR 149', Buffer.from([0x1b, 0x24, 0x29, 0x43, 0xc8, 0xf1, 0xc1, 0xdf])],
    ['base64', Buffer.from(`{"k":"${Buffer.from('for Rössler').toString('base64')}"}`)],
    ['base64, begun within', Buffer.from(Buffer.from('for Rössler, Ulrike').toString('base64').slice(1))],
    ['zlib', deflateSync(Buffer.from('<name>Ulrike Rössler</name>'))],
    ['gzip', gzipSync(Buffer.from('<name>Ulrike Rössler</name>'))],
    ['record number', Buffer.from('mrn-4711-x')],
    ['date', Buffer.from('on 25JUL2019 at')],
  ];

  const PLACES: readonly [string, (leak: Buffer) => Buffer][] = [
    [
      'preamble',
      (leak) =>
        Buffer.concat([leak.subarray(0, 128), Buffer.alloc(128 - Math.min(128, leak.length)), clean().subarray(128)]),
    ],
    ['text', (leak) => clean([el('ImageComments', even(leak))])],
    ['under UN', (leak) => clean([el('StudyComments', even(leak), 'UN')])],
    ['private element', (leak) => clean([el(0x00090010, 'ACME', 'LO'), el(0x00091001, even(leak), 'OB')])],
    ['six items deep', (leak) => clean([nestedEl(6, even(leak))])],
    ['overlay', (leak) => clean([el(0x60003000, even(leak), 'OW')])],
    ['icon', (leak) => clean([el('IconImageSequence', [[el('PixelData', even(leak))]])])],
    ['trailing padding', (leak) => clean([el('DataSetTrailingPadding', even(leak))])],
    ['a Latin-1 value in implicit VR', (leak) => clean([el('ImageComments', even(leak))], '1.2.840.10008.1.2')],
    ['a value in big endian', (leak) => clean([el('ImageComments', even(leak))], '1.2.840.10008.1.2.2')],
    ['a deflated data set', (leak) => clean([el('ImageComments', even(leak))], '1.2.840.10008.1.2.1.99')],
  ];

  function nestedEl(depth: number, leak: Buffer): ReturnType<typeof el> {
    return depth === 0 ? el('ImageComments', leak) : el('ReferencedImageSequence', [[nestedEl(depth - 1, leak)]]);
  }

  it.each(
    ENCODED.flatMap(([encoding, leak]) => PLACES.map(([place, plant]) => [encoding, place, plant(leak)] as const)),
  )('%s in %s', (_encoding, _place, bytes) => {
    expect(finds(bytes)).toBeDefined();
  });

  it('group 0002, bytes behind the data set, and whole names in a picture', () => {
    const name = Buffer.from('Ulrike Roessler ');
    const meta = clean().indexOf('PRECEDENT');
    const inMeta = Buffer.from(clean());
    inMeta.write('MRN-4711-X', meta, 'latin1');
    expect(finds(inMeta)).toBe('id');
    const picture = Buffer.alloc(32, 5);
    name.copy(picture, 8);
    expect(finds(clean([el('PixelData', picture)]))).toBe('name');
    // The reader takes what is behind the data set for padding or refuses it: never for nothing.
    const behind = Buffer.concat([clean(), Buffer.from([0xfc, 0xff, 0xfc, 0xff, 0x4f, 0x42, 0, 0, 16, 0, 0, 0]), name]);
    expect(finds(behind)).toBe('name');
  });

  it('what an option keeps is no leak', () => {
    const finished = mustRead(clean([el('DeviceSerialNumber', 'MRN-4711-X')]));
    const search = check.searchFor(evidence);
    expect(search.findIn(finished, ALLOWED)).toBe('id');
    expect(search.findIn(finished, { ...ALLOWED, retained: new Set(['MRN-4711-X']) })).toBeUndefined();
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
