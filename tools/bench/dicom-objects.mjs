// Objects that the `dicom` benchmark reads and rewrites, made on the spot and the same every time: no patient, no download.
import { EXPLICIT_LITTLE_ENDIAN, tagOf, writeDataset } from '@precedent/dicom';

/** Replaced in every object: the twenty that a de-identification would touch first. */
export const REPLACED = [
  'InstitutionName',
  'ReferringPhysicianName',
  'StationName',
  'StudyDescription',
  'SeriesDescription',
  'InstitutionalDepartmentName',
  'PerformingPhysicianName',
  'OperatorsName',
  'PatientName',
  'PatientID',
  'PatientAddress',
  'PatientComments',
  'DeviceSerialNumber',
  'ProtocolName',
  'StudyID',
  'AccessionNumber',
  'ImageComments',
  'RequestedProcedureDescription',
  'RequestingPhysician',
  'PerformedProcedureStepID',
];
export const REPLACEMENT = 'REPLACED';

const CT = '1.2.840.10008.5.1.4.1.1.2';
const ENHANCED_CT = '1.2.840.10008.5.1.4.1.1.2.1';
export const SIDE = 512;

const text = (keyword, value) => ({ tag: tagOf(keyword), value: { text: value } });
const number = (keyword, value) => ({ tag: tagOf(keyword), value: { numbers: [value] } });
const items = (keyword, value) => ({ tag: tagOf(keyword), value: { items: value } });

/** Elements in common: identity, the replaced ones, geometry. */
export function header({ sopClass, name, side, bits, stored = bits, frames = 1, photometric = 'MONOCHROME2' }) {
  return [
    text('ImageType', 'ORIGINAL\\PRIMARY\\AXIAL'),
    text('SOPClassUID', sopClass),
    text('SOPInstanceUID', `2.25.1000${name.length}`),
    text('StudyDate', '20200101'),
    text('ContentDate', '20200101'),
    text('StudyTime', '101010'),
    text('Modality', 'CT'),
    text('Manufacturer', 'INVENTED'),
    text('PatientBirthDate', '19500101'),
    text('PatientSex', 'O'),
    text('StudyInstanceUID', '2.25.1001'),
    text('SeriesInstanceUID', '2.25.1002'),
    text('InstanceNumber', '1'),
    ...REPLACED.map((keyword) => text(keyword, `of ${name}`)),
    number('SamplesPerPixel', 1),
    text('PhotometricInterpretation', photometric),
    ...(frames > 1 || sopClass !== CT ? [text('NumberOfFrames', String(frames))] : []),
    number('Rows', side),
    number('Columns', side),
    number('BitsAllocated', bits),
    number('BitsStored', stored),
    number('HighBit', stored - 1),
    number('PixelRepresentation', 0),
    text('RescaleIntercept', '0'),
    text('RescaleSlope', '1'),
  ];
}

const referenced = (n) =>
  Array.from({ length: n }, (_, i) => [
    text('ReferencedSOPClassUID', CT),
    text('ReferencedSOPInstanceUID', `2.25.2${i}`),
  ]);
const code = (n) => [
  text('CodeValue', String(n)),
  text('CodingSchemeDesignator', 'DCM'),
  text('CodeMeaning', 'a code'),
];
const scheduled = (n) => [
  text('ScheduledProcedureStepID', String(n)),
  text('ScheduledProcedureStepDescription', 'a step'),
  items('ScheduledProtocolCodeSequence', [code(1), code(2)]),
];

/** About a thousand elements, most of them in sequences, and a picture of 4 KB. */
function headerHeavy() {
  const priv = Array.from({ length: 100 }, (_, i) => ({
    tag: 0x00291000 + i,
    vr: 'LO',
    value: { text: `private ${i}` },
  }));
  return [
    ...header({ sopClass: CT, name: 'header-heavy', side: 64, bits: 8 }),
    items('ReferencedImageSequence', referenced(100)),
    items('SourceImageSequence', referenced(100)),
    items(
      'RequestAttributesSequence',
      Array.from({ length: 40 }, (_, i) => scheduled(i)),
    ),
    { tag: 0x00290010, vr: 'LO', value: { text: 'INVENTED' } },
    ...priv,
    { tag: tagOf('PixelData'), vr: 'OB', value: { bytes: Buffer.alloc(64 * 64, 1) } },
  ];
}

function plainCt() {
  const pixels = { tag: tagOf('PixelData'), vr: 'OW', value: { bytes: Buffer.alloc(SIDE * SIDE * 2, 1) } };
  return [...header({ sopClass: CT, name: 'CT', side: SIDE, bits: 16 }), pixels];
}

/** Functional groups of an enhanced object: about fifteen elements a frame, as scanners write them. */
function functionalGroups(frame) {
  return [
    items('FrameContentSequence', [[text('StackID', '1'), number('InStackPositionNumber', frame + 1)]]),
    items('PlanePositionSequence', [[text('ImagePositionPatient', `0\\0\\${frame}`)]]),
    items('PlaneOrientationSequence', [[text('ImageOrientationPatient', '1\\0\\0\\0\\1\\0')]]),
    items('PixelMeasuresSequence', [[text('SliceThickness', '1'), text('PixelSpacing', '0.7\\0.7')]]),
    items('FrameVOILUTSequence', [[text('WindowCenter', '40'), text('WindowWidth', '400')]]),
  ];
}

function enhanced(frames) {
  const groups = Array.from({ length: frames }, (_, frame) => functionalGroups(frame));
  const bytes = Buffer.alloc(SIDE * SIDE * 2 * frames, 1);
  return [
    ...header({ sopClass: ENHANCED_CT, name: 'enhanced', side: SIDE, bits: 16, frames }),
    items('PerFrameFunctionalGroupsSequence', groups),
    { tag: tagOf('PixelData'), vr: 'OW', value: { bytes } },
  ];
}

/** @param {number} largeFrames frames of the large object, half a megabyte each. */
export function headerObjects(largeFrames) {
  const write = (elements) => writeDataset(elements, { transferSyntax: EXPLICIT_LITTLE_ENDIAN });
  return [
    { name: 'small, header-heavy', bytes: write(headerHeavy()) },
    { name: 'CT, one frame', bytes: write(plainCt()) },
    { name: `enhanced CT, ${largeFrames} frames`, bytes: write(enhanced(largeFrames)), large: true },
  ];
}
