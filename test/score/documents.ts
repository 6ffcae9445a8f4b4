// Objects without a picture: structured reports, key objects, presentation states, structure sets, documents; and segmentations.
import type { Node } from './dataset.ts';
import { evenly, uidNode } from './dataset.ts';
import type { Kind } from './kinds.ts';
import { native } from './plant.ts';
import { personName } from './people.ts';
import { hex } from './reader.ts';
import type { Sheet } from './sheet.ts';
import { code, mustGo, numbers, sequence, text } from './sheet.ts';
import { reference } from './skeleton.ts';
import type { Ties } from './skeleton.ts';

const tagPath = (keyword: string, sheet: Sheet): string => hex(text(sheet, keyword, '').tag);

/** Makes the module of the kind; what it plants is named `SR TEXT`, `PR text object` and so on in the report. */
export function documentModules(sheet: Sheet, kind: Kind, ties: Ties): readonly Node[] {
  if (kind.name === 'SR') return structuredReport(sheet, ties);
  if (kind.name === 'KO') return keyObject(sheet, ties);
  if (kind.name === 'PR') return presentationState(sheet, ties);
  if (kind.name === 'RTSTRUCT') return structureSet(sheet, ties);
  if (kind.name === 'SEG') return segmentation(sheet, ties);
  return encapsulatedPdf(sheet);
}

const CONTENT = '0040a730';

/** PS3.3 C.17.3: a content item of a value type, named by a code. */
function item(sheet: Sheet, type: string, meaning: string, ...rest: readonly Node[]): readonly Node[] {
  return [
    text(sheet, 'RelationshipType', 'CONTAINS'),
    text(sheet, 'ValueType', type),
    sequence('ConceptNameCodeSequence', code(sheet, '121071', 'DCM', meaning)),
    ...rest,
  ];
}

function reportTree(sheet: Sheet, ties: Ties, label: string): readonly (readonly Node[])[] {
  const word = (place: string): string => mustGo(sheet, sheet.canaries.word(), `${label} ${place}`);
  const image = ties.images[0];
  const uid = `${sheet.person.uidRoot}.8.${sheet.random.between(1, 1e9)}`;
  sheet.actions.push({ c: 'uid_changed', place: `${label} UIDREF`, uid });
  const items = [
    item(
      sheet,
      'TEXT',
      'Finding',
      text(sheet, 'TextValue', `Compared for ${word('TEXT')}, ${native(sheet, `${label} TEXT`)}: no change`),
    ),
    item(sheet, 'PNAME', 'Person Observer Name', text(sheet, 'PersonName', `${word('PNAME')}^Eva`)),
    item(sheet, 'DATE', 'Study Date', text(sheet, 'Date', someContentDate(sheet, `${label} DATE`))),
    item(
      sheet,
      'DATETIME',
      'Procedure time',
      text(sheet, 'DateTime', `${someContentDate(sheet, `${label} DATETIME`)}1015`),
    ),
    item(
      sheet,
      'TIME',
      'Time',
      text(
        sheet,
        'Time',
        mustGo(
          sheet,
          `0${sheet.random.between(1, 9)}1733.${sheet.random.between(100_000, 999_999)}`,
          `${label} TIME`,
          'raw',
        ),
      ),
    ),
    item(sheet, 'UIDREF', 'Study Instance UID', uidNode(0x0040a124, uid)),
    item(
      sheet,
      'NUM',
      'Length',
      sequence('MeasuredValueSequence', [
        text(sheet, 'NumericValue', '12.5'),
        sequence('MeasurementUnitsCodeSequence', code(sheet, 'mm', 'UCUM', 'millimeter')),
      ]),
    ),
    item(sheet, 'CODE', 'Finding', sequence('ConceptCodeSequence', code(sheet, '108369006', 'SCT', 'Neoplasm'))),
  ];
  sheet.actions.push({
    c: 'text_retained',
    place: `${label} NUM`,
    path: `${CONTENT}[0].${CONTENT}[6].0040a300[0].0040a30a`,
    text: '12.5',
  });
  sheet.actions.push({
    c: 'text_retained',
    place: `${label} CODE`,
    path: `${CONTENT}[0].${CONTENT}[7].0040a168[0].00080100`,
    text: '108369006',
  });
  if (image === undefined) return items;
  sheet.actions.push({
    c: 'reference_resolves',
    place: `${label} IMAGE`,
    path: `${CONTENT}[0].${CONTENT}[8].00081199[0].00081155`,
    uid: image.instance,
  });
  return [...items, item(sheet, 'IMAGE', 'Source', sequence('ReferencedSOPSequence', reference(image)))];
}

function someContentDate(sheet: Sheet, place: string): string {
  const date = `${sheet.random.between(1990, 2018)}0${sheet.random.between(1, 9)}${sheet.random.between(10, 28)}`;
  // A date of content has no path of its own here: it may go with its item, but the day itself may be nowhere.
  sheet.actions.push({ c: 'date_shifted', place, path: '', date });
  return date;
}

/** PS3.3 C.17.2.1: every image of the study as evidence. */
function evidence(sheet: Sheet, ties: Ties, label: string): readonly Node[] {
  if (ties.images.length === 0) return [];
  const keyword = 'CurrentRequestedProcedureEvidenceSequence';
  const series = [...new Set(ties.images.map((one) => one.series))];
  const nodes = series.map((uid) => [
    uidNode(0x0020000e, uid),
    sequence('ReferencedSOPSequence', ...ties.images.filter((one) => one.series === uid).map(reference)),
  ]);
  series.forEach((uid, at) =>
    ties.images
      .filter((one) => one.series === uid)
      .forEach((one, index) => {
        const path = `${tagPath(keyword, sheet)}[0].00081115[${at}].00081199[${index}].00081155`;
        sheet.actions.push({ c: 'reference_resolves', place: `${label} evidence`, path, uid: one.instance });
      }),
  );
  return [sequence(keyword, [uidNode(0x0020000d, ties.study), sequence('ReferencedSeriesSequence', ...nodes)])];
}

function reportHead(sheet: Sheet, ties: Ties): readonly Node[] {
  return [
    text(sheet, 'ValueType', 'CONTAINER'),
    text(sheet, 'ContinuityOfContent', 'SEPARATE'),
    text(sheet, 'CompletionFlag', 'COMPLETE'),
    text(sheet, 'VerificationFlag', 'UNVERIFIED'),
    text(sheet, 'ContentDate', ties.studyDate),
    text(sheet, 'ContentTime', '120000'),
    sequence('ConceptNameCodeSequence', code(sheet, '126000', 'DCM', 'Imaging Measurement Report')),
  ];
}

function structuredReport(sheet: Sheet, ties: Ties): readonly Node[] {
  const observer = mustGo(sheet, sheet.canaries.word(), 'SR VerifyingObserverName');
  const organization = mustGo(sheet, sheet.canaries.word(), 'SR VerifyingOrganization');
  const container = item(
    sheet,
    'CONTAINER',
    'Findings',
    text(sheet, 'ContinuityOfContent', 'SEPARATE'),
    sequence('ContentSequence', ...reportTree(sheet, ties, 'SR')),
  );
  return [
    ...reportHead(sheet, ties),
    sequence('VerifyingObserverSequence', [
      text(sheet, 'VerifyingObserverName', `${observer}^Ina`),
      text(sheet, 'VerifyingOrganization', organization),
      text(sheet, 'VerificationDateTime', `${someContentDate(sheet, 'SR VerificationDateTime')}1200`),
    ]),
    sequence('ContentSequence', container),
    ...evidence(sheet, ties, 'SR'),
  ];
}

function keyObject(sheet: Sheet, ties: Ties): readonly Node[] {
  const container = item(
    sheet,
    'CONTAINER',
    'Of interest',
    text(sheet, 'ContinuityOfContent', 'SEPARATE'),
    sequence('ContentSequence', ...reportTree(sheet, ties, 'KO')),
  );
  return [...reportHead(sheet, ties), sequence('ContentSequence', container), ...evidence(sheet, ties, 'KO')];
}

function referencedSeries(sheet: Sheet, ties: Ties, label: string): readonly Node[] {
  const [first] = ties.images;
  if (first === undefined) return [];
  const ofSeries = ties.images.filter((one) => one.series === first.series);
  ofSeries.forEach((one, index) =>
    sheet.actions.push({
      c: 'reference_resolves',
      place: `${label} ReferencedSeries`,
      path: `00081115[0].00081140[${index}].00081155`,
      uid: one.instance,
    }),
  );
  return [
    sequence('ReferencedSeriesSequence', [
      uidNode(0x0020000e, first.series),
      sequence('ReferencedImageSequence', ...ofSeries.map(reference)),
    ]),
  ];
}

function presentationState(sheet: Sheet, ties: Ties): readonly Node[] {
  const word = (place: string): string => mustGo(sheet, sheet.canaries.word(), `PR ${place}`);
  return [
    text(sheet, 'PresentationCreationDate', ties.studyDate),
    text(sheet, 'PresentationCreationTime', '120000'),
    text(sheet, 'ContentLabel', word('ContentLabel').toUpperCase()),
    text(sheet, 'ContentDescription', `for ${word('ContentDescription')}`),
    text(sheet, 'ContentCreatorName', `${word('ContentCreatorName')}^Ole`),
    numbers('InstanceNumber', ties.number),
    sequence('GraphicAnnotationSequence', [
      text(sheet, 'GraphicLayer', 'LAYER1'),
      sequence('TextObjectSequence', [
        text(
          sheet,
          'UnformattedTextValue',
          `${word('text object')} ${native(sheet, 'PR text object')} ${personName(sheet.person).split('=')[0]}`,
        ),
        text(sheet, 'AnchorPointAnnotationUnits', 'PIXEL'),
        numbers('AnchorPoint', 10, 10),
        text(sheet, 'AnchorPointVisibility', 'N'),
      ]),
    ]),
    sequence('GraphicLayerSequence', [
      text(sheet, 'GraphicLayer', 'LAYER1'),
      numbers('GraphicLayerOrder', 1),
      text(sheet, 'GraphicLayerDescription', word('layer description')),
    ]),
    text(sheet, 'PresentationLUTShape', 'IDENTITY'),
    ...referencedSeries(sheet, ties, 'PR'),
  ];
}

function structureSet(sheet: Sheet, ties: Ties): readonly Node[] {
  const word = (place: string): string => mustGo(sheet, sheet.canaries.word(), `RTSTRUCT ${place}`);
  const images = ties.images;
  const prefix = '30060010[0].30060012[0].30060014[0].30060016';
  images.forEach((one, index) =>
    sheet.actions.push({
      c: 'reference_resolves',
      place: 'RTSTRUCT contour image',
      path: `${prefix}[${index}].00081155`,
      uid: one.instance,
    }),
  );
  const [first] = images;
  const studies =
    first === undefined
      ? []
      : [
          sequence('RTReferencedStudySequence', [
            uidNode(0x00081150, '1.2.840.10008.3.1.2.3.1'),
            uidNode(0x00081155, ties.study),
            sequence('RTReferencedSeriesSequence', [
              uidNode(0x0020000e, first.series),
              sequence('ContourImageSequence', ...images.map(reference)),
            ]),
          ]),
        ];
  return [
    text(sheet, 'StructureSetLabel', word('StructureSetLabel').toUpperCase()),
    text(sheet, 'StructureSetName', word('StructureSetName')),
    text(sheet, 'StructureSetDescription', `plan of ${word('StructureSetDescription')}`),
    text(sheet, 'StructureSetDate', ties.studyDate),
    text(sheet, 'StructureSetTime', '120000'),
    sequence('ReferencedFrameOfReferenceSequence', [uidNode(0x00200052, ties.frameOfReference), ...studies]),
    sequence('StructureSetROISequence', [
      numbers('ROINumber', 1),
      uidNode(0x30060024, ties.frameOfReference),
      text(sheet, 'ROIName', `GTV ${word('ROIName')}`),
      text(sheet, 'ROIDescription', word('ROIDescription')),
      text(sheet, 'ROIGenerationAlgorithm', 'MANUAL'),
    ]),
    sequence('ROIContourSequence', [numbers('ReferencedROINumber', 1)]),
    sequence('RTROIObservationsSequence', [
      numbers('ObservationNumber', 1),
      numbers('ReferencedROINumber', 1),
      text(sheet, 'ROIObservationLabel', word('ROIObservationLabel')),
      text(sheet, 'RTROIInterpretedType', 'GTV'),
      text(sheet, 'ROIInterpreter', `${word('ROIInterpreter')}^Udo`),
    ]),
    text(sheet, 'ApprovalStatus', 'APPROVED'),
    text(sheet, 'ReviewerName', `${word('ReviewerName')}^Ada`),
    text(sheet, 'ReviewDate', ties.studyDate),
    text(sheet, 'ReviewTime', '120000'),
  ];
}

function segmentation(sheet: Sheet, ties: Ties): readonly Node[] {
  const word = (place: string): string => mustGo(sheet, sheet.canaries.word(), `SEG ${place}`);
  return [
    text(sheet, 'SegmentationType', 'BINARY'),
    text(sheet, 'ContentLabel', word('ContentLabel').toUpperCase()),
    text(sheet, 'ContentDescription', word('ContentDescription')),
    text(sheet, 'ContentCreatorName', `${word('ContentCreatorName')}^Ulf`),
    sequence('SegmentSequence', [
      numbers('SegmentNumber', 1),
      text(sheet, 'SegmentLabel', `Lesion ${word('SegmentLabel')}`),
      text(sheet, 'SegmentDescription', word('SegmentDescription')),
      text(sheet, 'SegmentAlgorithmType', 'MANUAL'),
      sequence(
        'SegmentedPropertyCategoryCodeSequence',
        code(sheet, '49755003', 'SCT', 'Morphologically Altered Structure'),
      ),
      sequence('SegmentedPropertyTypeCodeSequence', code(sheet, '52988006', 'SCT', 'Lesion')),
    ]),
    ...referencedSeries(sheet, ties, 'SEG').map((node) => renamed(sheet, node)),
  ];
}

/** In a segmentation the instances are Referenced Instance Sequence (PS3.3 C.8.20.2), not Referenced Image Sequence. */
function renamed(sheet: Sheet, node: Node): Node {
  const items = (node.items ?? []).map((one) =>
    one.map((inner) => (inner.tag === 0x00081140 ? { ...inner, tag: 0x0008114a } : inner)),
  );
  sheet.actions.forEach((action, index) => {
    if (action.c === 'reference_resolves' && action.place.startsWith('SEG'))
      sheet.actions[index] = { ...action, path: action.path.replace('00081140', '0008114a') };
  });
  return { ...node, items };
}

function encapsulatedPdf(sheet: Sheet): readonly Node[] {
  const word = (place: string): string => mustGo(sheet, sheet.canaries.word(), `PDF ${place}`);
  const pdf = `%PDF-1.4\n1 0 obj<</Title(${word('content')})>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n`;
  return [
    text(sheet, 'DocumentTitle', word('DocumentTitle')),
    text(sheet, 'MIMETypeOfEncapsulatedDocument', 'application/pdf'),
    text(sheet, 'BurnedInAnnotation', 'YES'),
    { tag: 0x00420011, vr: 'OB', value: evenly(Buffer.from(pdf, 'latin1')) },
  ];
}
