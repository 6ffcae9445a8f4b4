import { describe, expect, it } from '@jest/globals';
import {
  dictionaryEntry,
  DEFLATED_LITTLE_ENDIAN,
  EXPLICIT_BIG_ENDIAN,
  formatTag,
  IMPLICIT_LITTLE_ENDIAN,
  stringsOf,
  tagOf,
} from '@precedent/dicom';
import type { NewElement } from '@precedent/dicom';
import { leavesOf, mustRead, pictureOf } from './corpus.testkit.ts';
import { rowOf, tableTags } from './domain/table.ts';
import { el, mustPass, sampleObject, SOURCE, testDeidentifier } from './object.testkit.ts';

const deidentifier = await testDeidentifier();

async function run(changes: readonly NewElement[] = [], options: Parameters<typeof sampleObject>[1] = {}) {
  const object = mustPass(await deidentifier.deidentifyObject(sampleObject(changes, options)));
  const dataset = mustRead(object.bytes);
  const value = (keyword: string): string | undefined => {
    const leaf = leavesOf(dataset).find(({ path }) => path === formatTag(tagOf(keyword)));
    return leaf?.text;
  };
  return { object, dataset, value, paths: leavesOf(dataset).map(({ path }) => path) };
}

describe('one object (real: readers, engine, profile, rewriter; fake: the patient)', () => {
  it('keeps what retrieval and bias evaluation need, and makes up the age from the dates that go', async () => {
    const { object, value } = await run();
    expect(object.attributes).toMatchObject({
      modality: 'CT',
      bodyPart: 'CHEST',
      sex: 'F',
      ageYears: 45,
      manufacturer: 'SIEMENS',
      rows: 4,
      columns: 4,
      frames: 1,
      seriesNumber: 2,
      instanceNumber: 7,
    });
    expect(value('PatientAge')).toBe('045Y');
    expect(value('PatientBirthDate')).toBe('');
    expect(value('PatientID')).toBe(object.patientKey);
    expect(value('PatientName')).toBe(object.patientKey);
    expect(object.attributes.studyDate).toMatch(/^20(09|1\d)/);
  });

  it('never lets an image pass whose pixels nobody cleaned, unless told to', async () => {
    const careful = await testDeidentifier({ uncleaned: false });
    expect(await careful.deidentifyObject(sampleObject())).toMatchObject({
      kind: 'quarantined',
      reason: 'pixel-cleaning-pending',
    });
  });

  it.each([IMPLICIT_LITTLE_ENDIAN, EXPLICIT_BIG_ENDIAN, DEFLATED_LITTLE_ENDIAN])(
    'works alike in %s, the picture untouched',
    async (syntax) => {
      const { object, dataset, value } = await run([], { syntax });
      expect(object.attributes).toMatchObject({ transferSyntax: syntax, modality: 'CT', ageYears: 45 });
      expect(value('AccessionNumber')).toBe('');
      expect(pictureOf(dataset)).toEqual(Buffer.alloc(32, 5));
    },
  );

  it('states what was done, by codes of CID 7050 for exactly that, and never that no text is burned in', async () => {
    const { dataset, value, paths } = await run([el('BurnedInAnnotation', 'NO')]);
    const codes = leavesOf(dataset)
      .filter(({ path }) => path.endsWith('(0008,0100)'))
      .map(({ text }) => text);
    expect(codes).toEqual(['113100', '113107', '113108']);
    expect(value('PatientIdentityRemoved')).toBe('YES');
    expect(value('LongitudinalTemporalInformationModified')).toBe('MODIFIED');
    expect(paths).not.toContain('(0028,0301)');
  });

  it('says YES where the IOD wants a value, and numbers the frame labels that the increment pointer needs', async () => {
    const { value } = await run([
      el('SOPClassUID', '1.2.840.10008.5.1.4.1.1.7.2'),
      el('FrameLabelVector', 'Mrs R, left\\Mrs R, right'),
    ]);
    expect(value('BurnedInAnnotation')).toBe('YES');
    expect(value('FrameLabelVector')).toBe('1\\2');
  });

  it('claims no option that it found nothing for', async () => {
    const { dataset, value } = await run([el('PatientSex', '')], { without: ['StudyDate', 'PatientBirthDate'] });
    const codes = leavesOf(dataset)
      .filter(({ path }) => path.endsWith('(0008,0100)'))
      .map(({ text }) => text);
    expect(codes).toEqual(['113100']);
    expect(value('LongitudinalTemporalInformationModified')).toBe('REMOVED');
  });

  it('the strict profile keeps neither date nor age nor sex', async () => {
    const strict = await testDeidentifier({ profile: 'strict' });
    const dataset = mustRead(mustPass(await strict.deidentifyObject(sampleObject([el('PatientAge', '045Y')]))).bytes);
    expect(stringsOf(dataset, tagOf('PatientAge'))).toEqual([]);
    expect(stringsOf(dataset, tagOf('PatientSex'))).toEqual([]);
    expect(stringsOf(dataset, tagOf('StudyDate'))).toEqual([]);
  });

  it('caps a stated age and keeps the sex', async () => {
    const { object, value } = await run([el('PatientAge', '094Y')]);
    expect(value('PatientAge')).toBe('090Y');
    expect(object.attributes.ageYears).toBe(90);
    expect(object.actions).toContainEqual({ path: '(0010,1010)', rule: 'E.1-1:X retained', action: 'capped' });
  });

  it('removes a malformed date instead of passing it on', async () => {
    const { value } = await run([el('StudyDate', '2019072X'), el('AcquisitionDate', 'monday')]);
    expect(value('StudyDate')).toBe('');
    expect(value('AcquisitionDate')).toBeUndefined();
  });
});

describe('places a careless engine forgets (real: readers, engine, profile, rewriter; fake: the patient)', () => {
  const canary = 'Zqxcanary';
  const nested = (depth: number, inner: readonly NewElement[]): readonly NewElement[] =>
    depth === 0 ? inner : [el('ReferencedImageSequence', [nested(depth - 1, inner)])];

  it('every row of Table E.1-1, alone at the top and nested: no text value survives', async () => {
    const texts = new Set(['LO', 'SH', 'ST', 'LT', 'UT', 'UC', 'PN', 'AE', 'CS', 'UR']);
    const tags = tableTags().filter(
      (tag) =>
        tag >>> 16 >= 8 && texts.has(dictionaryEntry(tag)?.vr ?? '') && dictionaryEntry(tag)?.keyword !== 'PatientID',
    );
    expect(tags.length).toBeGreaterThan(250);
    const value = (tag: number): string =>
      dictionaryEntry(tag)!.vr === 'CS' || dictionaryEntry(tag)!.vr === 'AE' ? canary.toUpperCase() : canary;
    for (const depth of [0, 3]) {
      const planted = tags.map((tag) => el(tag, value(tag)));
      const { object } = await run(depth === 0 ? planted : nested(depth, planted));
      expect(object.bytes.toString('latin1').toLowerCase()).not.toContain('zqxcanary');
      expect(new Set(tags.filter((tag) => rowOf(tag) === undefined))).toEqual(new Set());
    }
  });

  it('text, names, dates and titles without a row, at any depth: removed by the class of their VR', async () => {
    const unlisted = [
      el('SecondaryReviewerName', canary),
      el('EvaluatorName', canary),
      el('SoftwareVersions', canary),
      el('SecondaryCaptureDeviceID', canary),
      el('FrameLabel', canary),
      el('DateOfGainCalibration', '20190101'),
      el('ExpiryDate', '20190101'),
      el('InstructionText', canary),
    ];
    for (const depth of [0, 1, 6]) {
      const { object, paths } = await run(nested(depth, unlisted));
      expect(object.bytes.toString('latin1')).not.toContain(canary);
      // A date that the table forgot moves with the others; one that is none of the object's kind would too.
      expect(object.bytes.toString('latin1')).not.toContain('20190101');
      expect(paths.filter((path) => /0014,3076/.test(path))).toHaveLength(1);
    }
  });

  it('private groups, overlays, curves, icons, signatures and group lengths', async () => {
    const { object, paths } = await run([
      el(0x00090010, 'ACME', 'LO'),
      el(0x00091001, canary, 'LO'),
      el(0x00091002, [[el('PatientName', canary)]], 'SQ'),
      el(0x00291020, Buffer.from(canary.padEnd(10)), 'OB'),
      el(0x60003000, Buffer.from(canary.padEnd(10)), 'OW'),
      el(0x60000022, canary, 'LO'),
      el(0x50003000, Buffer.from(canary.padEnd(10)), 'OW'),
      el('IconImageSequence', [[el('PixelData', Buffer.from(canary.padEnd(10)))]]),
      el('DigitalSignaturesSequence', [[el('MACIDNumber', [1])]]),
      el('DataSetTrailingPadding', Buffer.from(canary.padEnd(10))),
    ]);
    expect(object.bytes.toString('latin1')).not.toContain(canary);
    expect(paths.filter((path) => /^\((..(?:.[13579BDF]),|60|50|FFF|0088)/.test(path))).toEqual([]);
  });

  it('numbers and terms that are none: a name in DS, IS and CS', async () => {
    const { object, value } = await run([
      el('SliceThickness', Buffer.from('Zqxcanary ')),
      el('InstanceNumber', Buffer.from('Zqxcanary ')),
      el('PatientPosition', 'HFS ROESSLER ULRIKE 283-58-5757'),
      el('ImageType', 'ORIGINAL\\PRIMARY\\A VERY LONG VALUE THAT IS NO TERM'),
    ]);
    expect(object.bytes.toString('latin1')).not.toContain(canary);
    expect(value('PatientPosition')).toBeUndefined();
    expect(value('ImageType')).toBe('ORIGINAL\\PRIMARY\\');
  });

  it('codes of a hospital of its own inside kept sequences; codes of public schemes stay', async () => {
    const code = (value: string, scheme: string, meaning: string): readonly NewElement[] => [
      el('CodeValue', value),
      el('CodingSchemeDesignator', scheme),
      el('CodeMeaning', meaning),
    ];
    const { dataset } = await run([
      el('AnatomicRegionSequence', [code('51185008', 'SCT', 'Chest')]),
      el('ViewCodeSequence', [code('P4711', '99HOSP', canary)]),
    ]);
    const texts = leavesOf(dataset)
      .filter(({ path }) => /^\((0008,2218|0054,0220)\)/.test(path))
      .map(({ text }) => text);
    expect(texts).toEqual(['51185008', 'SCT', 'Chest', 'REMOVED', '99REMOVED', 'Removed']);
  });

  it('an attribute under another VR than its own is not judged by that VR', async () => {
    const { object } = await run([el('KVP', canary, 'LO'), el('Manufacturer', Buffer.from(`${canary} `), 'OB')]);
    expect(object.bytes.toString('latin1')).not.toContain(canary);
  });

  it('text without a row that some IOD requires leaves something in its place, but nothing of itself', async () => {
    const { value, object } = await run([
      el('SoftwareVersions', 'VA40 Ulrike'),
      el('ContentDescription', 'left knee of Ulrike'),
    ]);
    expect([value('SoftwareVersions'), value('ContentDescription')]).toEqual(['REMOVED', 'left knee of']);
    expect(object.bytes.includes('Ulrike')).toBe(false);
  });

  it('values under UN go by the form of their attribute: class, scale and maker stay, a name in their place does not', async () => {
    const un = (keyword: string, text: string): NewElement => el(keyword, Buffer.from(text), 'UN');
    const { value } = await run([
      un('SOPClassUID', '1.2.840.10008.5.1.4.1.1.2\0'),
      un('RescaleSlope', '2.5 '),
      un('RescaleIntercept', 'Ulrike'),
      un('ConvolutionKernel', 'B31f'),
      un('ImageType', 'ORIGINAL\\Rössler'),
      un('ProtocolName', 'knee'),
    ]);
    const keywords = ['SOPClassUID', 'RescaleSlope', 'RescaleIntercept', 'ConvolutionKernel', 'ProtocolName'];
    expect(keywords.map(value)).toEqual(['1.2.840.10008.5.1.4.1.1.2', '2.5', undefined, 'B31f', 'knee']);
    expect(value('ImageType')).not.toContain('ssler');
  });

  it('a second patient name deep in a kept sequence, in another character set', async () => {
    const inner = [
      el('SpecificCharacterSet', 'ISO_IR 100'),
      el('PatientName', Buffer.from('R\xf6ssler^Ulrike', 'latin1'), 'PN'),
    ];
    const { object } = await run([
      el('SourceImageSequence', [[...inner, el('ReferencedSOPInstanceUID', '1.2.3.4.5')]]),
    ]);
    expect(object.bytes.includes(Buffer.from('R\xf6ssler', 'latin1'))).toBe(false);
    expect(object.bytes.includes('1.2.3.4.5')).toBe(false);
  });
});

describe('UIDs (real: readers, engine, profile, rewriter; fake: the patient)', () => {
  it('maps one UID the same way at every place, keeps those of the standard', async () => {
    const { dataset, object } = await run([
      el('FrameOfReferenceUID', SOURCE.image),
      el('ReferencedImageSequence', [
        [el('ReferencedSOPClassUID', '1.2.840.10008.5.1.4.1.1.2'), el('ReferencedSOPInstanceUID', SOURCE.image)],
      ]),
      el('InstanceCreatorUID', '1.2.840.10008.123456.7'),
    ]);
    const mapped = stringsOf(dataset, tagOf('SOPInstanceUID'))[0]!;
    const uids = leavesOf(dataset).filter(({ element }) => element.vr === 'UI');
    expect(mapped).toMatch(/^2\.25\.\d+$/);
    expect(uids.filter(({ text }) => text === mapped).map(({ path }) => path)).toEqual([
      '(0008,0018)',
      '(0008,1140)[0].(0008,1155)',
      '(0020,0052)',
    ]);
    expect(uids.filter(({ text }) => text === '1.2.840.10008.5.1.4.1.1.2')).toHaveLength(2);
    expect(object.bytes.includes('123456')).toBe(false);
    expect(object.bytes.includes(SOURCE.study)).toBe(false);
  });
});

describe('classes (real: readers, engine, profile, rewriter; fake: the patient)', () => {
  it.each(['1.2.840.10008.5.1.4.1.1.77.1.5.1', '1.2.840.10008.5.1.4.1.1.77.1.4'])('%s stays itself', async (uid) => {
    const { value } = await run([el('SOPClassUID', uid)]);
    expect(value('SOPClassUID')).toBe(uid);
  });
});

describe('what is not passed on (real: readers, engine, profile; fake: the patient)', () => {
  const reasonOf = async (bytes: Buffer): Promise<string> => {
    const outcome = await deidentifier.deidentifyObject(bytes);
    return outcome.kind === 'quarantined' ? outcome.reason : 'passed';
  };

  it.each([
    ['a directory', sampleObject([el(0x00041220, [[el('ReferencedFileID', 'IMG1')]], 'SQ')]), 'dicomdir'],
    ['no study UID', sampleObject([], { without: ['StudyInstanceUID'] }), 'missing-identity'],
    ['a document', sampleObject([el('EncapsulatedDocument', Buffer.from('%PDF'))]), 'encapsulated-document'],
    ['a voice', sampleObject([el('SOPClassUID', '1.2.840.10008.5.1.4.1.1.9.4.1')]), 'audio-or-video'],
    ['a surface', sampleObject([el('SOPClassUID', '1.2.840.10008.5.1.4.1.1.66.5')]), 'surface-model'],
    ['an unknown kind of image', sampleObject([el('SOPClassUID', '1.2.3.4')]), 'unsupported-sop-class'],
    ['bytes behind the picture', sampleObject([el('PixelData', Buffer.alloc(64))]), 'malformed'],
    ['half a picture', sampleObject([el('PixelData', Buffer.alloc(16))]), 'malformed'],
    ['nothing', Buffer.alloc(0), 'empty'],
    ['a text file', Buffer.from('Hello, this is not DICOM at all, however long it may be.'), 'not-dicom'],
    ['a torn file', sampleObject().subarray(0, 700), 'truncated'],
  ])('%s: %s', async (_, bytes, reason) => {
    expect(await reasonOf(bytes)).toBe(reason);
  });

  it('takes name and birth date for the identity where there is no Patient ID, and the study where there is neither', async () => {
    const patients: string[] = [];
    for (const without of [[], ['PatientID'], ['PatientID', 'PatientBirthDate']])
      patients.push(mustPass(await deidentifier.deidentifyObject(sampleObject([], { without }))).patientKey);
    expect(new Set(patients).size).toBe(3);
    const again = sampleObject([el('SOPInstanceUID', '1.2.3.4.5.6')], { without: ['PatientID', 'PatientBirthDate'] });
    expect(mustPass(await deidentifier.deidentifyObject(again)).patientKey).toBe(patients[2]);
  });

  it('lets an object without a picture out, and says that it has none', async () => {
    const object = mustPass(await deidentifier.deidentifyObject(sampleObject([], { without: ['PixelData'] })));
    expect(object.hasPicture).toBe(false);
  });

  it('an attribute that stands there twice', async () => {
    const bytes = sampleObject();
    const at = bytes.indexOf(Buffer.from([0x10, 0, 0x10, 0, 0x50, 0x4e]));
    const name = bytes.subarray(at, at + 8 + bytes.readUInt16LE(at + 6));
    expect(await reasonOf(Buffer.concat([bytes.subarray(0, at), name, bytes.subarray(at)]))).toBe('disputed');
  });

  it('no detail ever quotes a value', async () => {
    for (const without of ['PatientID', 'PixelData', 'StudyInstanceUID']) {
      const outcome = await deidentifier.deidentifyObject(sampleObject([], { without: [without, 'PatientBirthDate'] }));
      expect(JSON.stringify(outcome)).not.toMatch(/ssler|283-58|Ulrike/);
    }
  });

  it('never throws on damaged bytes', async () => {
    const bytes = sampleObject();
    for (let at = 132; at < bytes.length - 40; at += 3) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at]! + 77) % 256;
      const outcome = await deidentifier.deidentifyObject(damaged);
      if (outcome.kind === 'deidentified')
        expect(outcome.bytes.toString('utf8')).not.toMatch(/Rössler|283-58-5757|ACC0024736/);
    }
  });
});

describe('the header of a compressed frame (real: readers, engine; fake: the frame, which has a header only)', () => {
  const frame = (comment: string): NewElement => {
    const text = Buffer.from(comment, 'latin1');
    const segment = Buffer.from([0xff, 0xfe, 0, text.length + 2]);
    const stream = Buffer.concat([
      Buffer.from([0xff, 0xd8]),
      segment,
      text,
      Buffer.from([0xff, 0xda, 0, 2, 1, 2, 3, 4, 0xff, 0xd9]),
    ]);
    const even = stream.length % 2 === 0 ? stream : Buffer.concat([stream, Buffer.alloc(1)]);
    return { tag: tagOf('PixelData'), value: { fragments: [Buffer.alloc(0), even] } };
  };

  it.each([
    ['name of the patient', 'exported by X for ROESSLER'],
    ['number of the patient', 'c:/283585757.jpg'],
    ['encoder', 'LEAD Technologies Inc. V1.01'],
  ])('%s in a comment does not come out', async (_, comment) => {
    const bytes = sampleObject([frame(comment)], { syntax: '1.2.840.10008.1.2.4.70' });
    const object = mustPass(await deidentifier.deidentifyObject(bytes));
    expect(object.bytes.includes(comment)).toBe(false);
  });
});

describe('laws (real: readers, engine, profile, rewriter; fake: the patient)', () => {
  it('twice is once: the second time changes only pseudonyms, UIDs and dates', async () => {
    const first = await run([el('StationName', 'CTBAY23'), el('ContentDate', '20190725')]);
    const second = mustPass(await deidentifier.deidentifyObject(first.object.bytes));
    expect(leavesOf(mustRead(second.bytes)).map(({ path }) => path)).toEqual(first.paths);
    expect(new Set(second.actions.map(({ action }) => action))).toEqual(
      new Set(['uid-mapped', 'replaced', 'date-shifted', 'removed']),
    );
    expect(second.actions.filter(({ action }) => action === 'removed').map(({ rule }) => rule)).toEqual([
      'stated-anew',
      'stated-anew',
      'stated-anew',
      'stated-anew',
    ]);
  });

  it('the same object gives the same bytes', async () => {
    expect((await run()).object.sha256).toBe((await run()).object.sha256);
  });

  it('keysOf is what deidentifyObject used', async () => {
    const { object } = await run();
    expect(deidentifier.keysOf(sampleObject())).toEqual({
      patientKey: object.patientKey,
      studyKey: object.studyKey,
      seriesKey: object.seriesKey,
      imageKey: object.imageKey,
    });
    expect(deidentifier.keysOf(Buffer.from('nothing'))).toBeNull();
    expect(deidentifier.studyKeyOf(SOURCE.study)).toBe(object.studyKey);
  });
});
