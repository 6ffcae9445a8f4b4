import { describe, expect, it } from '@jest/globals';
import type { NewElement } from '@precedent/dicom';
import { leavesOf, mustRead } from './corpus.testkit.ts';
import { DescriptorCleaner } from './domain/clean-descriptor.ts';
import { el, mustPass, sampleObject, SOURCE, testDeidentifier } from './object.testkit.ts';

const deidentifier = await testDeidentifier();

async function textsOf(changes: readonly NewElement[], without: readonly string[] = []): Promise<Map<string, string>> {
  const { bytes } = mustPass(await deidentifier.deidentifyObject(sampleObject(changes, { without })));
  expect(bytes.toString('latin1')).not.toMatch(/R\xf6ssler|roessler|Ulrike|283-58|Zqx/i);
  return new Map(leavesOf(mustRead(bytes)).map(({ path, text }) => [path, text]));
}

describe('descriptors (real: vocabulary, patterns; fake: the people)', () => {
  const cleaner = new DescriptorCleaner([]);
  const names = new Set(['head', 'rose']);
  it.each([
    ['CT - noncontrast AXI', 'CT - noncontrast AXI'],
    ['t1_vibe_fs_tra_bh_dyn', 't1_vibe_fs_tra_bh_dyn'],
    ['MR BRAIN - Netherby, Edwin 10.03.2014', 'MR BRAIN'],
    ['MR EXTREMITY Dr Long', 'MR EXTREMITY'],
    ['MR BRAIN acc A00681427', 'MR BRAIN'],
    ['MR BRAIN Сергей Ковальчук', 'MR BRAIN'],
    ['HEAD rose', ''],
    ['Scanned at Maple Ridge General Hospital', ''],
    ['chest of a woman, 94 years', 'chest of'],
  ])('%s', (text, expected) => {
    const cleaned = cleaner.clean(text, 'short', (word) => names.has(word));
    expect(cleaned === expected || expected === '' || cleaned.startsWith(expected)).toBe(true);
    expect(cleaned).not.toMatch(/Netherby|Edwin|2014|Long|A0068|Сергей|HEAD|rose|Maple|Ridge|94/i);
  });
});

describe('an SR document (real: readers, engine, profile; fake: the report)', () => {
  const code = (value: string, scheme = 'DCM'): readonly NewElement[][] => [
    [el('CodeValue', value), el('CodingSchemeDesignator', scheme), el('CodeMeaning', 'term')],
  ];
  const item = (type: string, concept: string, value: NewElement): readonly NewElement[] => [
    el('RelationshipType', 'CONTAINS'),
    el('ValueType', type),
    el('ConceptNameCodeSequence', code(concept)),
    value,
  ];

  it('is walked by value type: texts cleaned, names gone, dates moved, references and numbers kept', async () => {
    const reference = [
      el('ReferencedSOPClassUID', '1.2.840.10008.5.1.4.1.1.2'),
      el('ReferencedSOPInstanceUID', SOURCE.image),
      el('ReferencedFrameNumber', '3'),
    ];
    const texts = await textsOf(
      [
        el('SOPClassUID', '1.2.840.10008.5.1.4.1.1.88.33'),
        el('ValueType', 'CONTAINER'),
        el('VerifyingObserverSequence', [[el('VerifyingObserverName', 'Zqx^Doctor')]]),
        el('ContentSequence', [
          item('TEXT', '121071', el('TextValue', 'No lesion of the left lung of Mrs Roessler, seen by Zqxdoc')),
          item('PNAME', '121008', el('PersonName', 'Zqx^Doctor')),
          item('DATE', '111536', el('Date', '20190725')),
          item('DATE', '121031', el('Date', '19731130')),
          item('UIDREF', '121018', el('UID', SOURCE.study)),
          item('IMAGE', '121080', el('ReferencedSOPSequence', [reference])),
          item('NUM', '121033', el('MeasuredValueSequence', [[el('NumericValue', '94')]])),
          item('NUM', '121211', el('MeasuredValueSequence', [[el('NumericValue', '94')]])),
        ]),
      ],
      ['PixelData'],
    );
    const at = (index: number, path: string): string | undefined => texts.get(`(0040,A730)[${index}].${path}`);
    expect(at(0, '(0040,A160)')).toMatch(/^No lesion of the left lung of/);
    expect(at(1, '(0040,A123)')).toBe('REMOVED');
    expect(at(2, '(0040,A121)')).toBe(texts.get('(0008,0020)'));
    expect(at(3, '(0040,A121)')).toBe('19000101');
    expect(at(4, '(0040,A124)')).toBe(texts.get('(0020,000D)'));
    expect(at(5, '(0008,1199)[0].(0008,1155)')).toBe(texts.get('(0008,0018)'));
    expect(at(5, '(0008,1199)[0].(0008,1160)')).toBe('3');
    expect([at(6, '(0040,A300)[0].(0040,A30A)'), at(7, '(0040,A300)[0].(0040,A30A)')]).toEqual(['90', '94']);
  });

  it('annotations of a presentation state stay with cleaned text and mapped references', async () => {
    const texts = await textsOf(
      [
        el('SOPClassUID', '1.2.840.10008.5.1.4.1.1.11.1'),
        el('GraphicAnnotationSequence', [
          [
            el('ReferencedImageSequence', [[el('ReferencedSOPInstanceUID', SOURCE.image)]]),
            el('TextObjectSequence', [[el('UnformattedTextValue', 'lesion, Ulrike Zqx')]]),
          ],
        ]),
      ],
      ['PixelData'],
    );
    expect(texts.get('(0070,0001)[0].(0008,1140)[0].(0008,1155)')).toBe(texts.get('(0008,0018)'));
    expect(texts.get('(0070,0001)[0].(0070,0008)[0].(0070,0006)')).toMatch(/^lesion/);
  });
});

describe('safe private elements (real: the table, engine; fake: the values)', () => {
  it('stay by creator, element and VR in any block; everything else of the group goes', async () => {
    const texts = await textsOf([
      el(0x00190011, 'SIEMENS MR HEADER', 'LO'),
      el(0x0019110c, '1000', 'IS'),
      el(0x0019110d, 'ROESSLER ULRIKE', 'CS'),
      el(0x00191108, 'Zqx', 'LO'),
      el(0x00210010, 'SIEMENS MR HEADER', 'LO'),
      el(0x0021100c, 'Zqx', 'LO'),
      el(0x00430010, 'GEMS_PARM_01', 'LO'),
      el(0x00431039, 'Zqxname', 'LO'),
    ]);
    const isPrivate = (path: string): boolean => /^\(00(?:19|21|43),/.test(path);
    expect([...texts].filter(([path]) => isPrivate(path))).toEqual([
      ['(0019,0011)', 'SIEMENS MR HEADER'],
      ['(0019,110C)', '1000'],
    ]);
  });
});
