import { isPaired } from './patient-modules.ts';
import type { ImageObject } from './image-object.ts';
import type { PlantedElements } from './planted.ts';
import { Random, uidNamed } from '../random.ts';

/** The modules that differ by modality. */
export function addModalityModules(elements: PlantedElements, object: ImageObject): void {
  const { modality } = object.plan.scanner;
  if (modality === 'CT') addCt(elements, object);
  if (modality === 'MR') addMr(elements, object);
  if (modality === 'CR') addCr(elements, object);
  if (modality === 'DX') addDx(elements, object);
  if (modality === 'US') addUs(elements, object);
}

/** CT Image module (PS3.3 C.8.2.1). */
function addCt(elements: PlantedElements, object: ImageObject): void {
  elements
    .text('ImageType', 'ORIGINAL', 'PRIMARY', 'AXIAL')
    .text('KVP', 120)
    .text('XRayTubeCurrent', 180)
    .text('RescaleIntercept', object.picture.pixels.intercept)
    .text('RescaleSlope', object.picture.pixels.slope)
    .text('RescaleType', 'HU');
  addPlane(elements, object);
}

/** MR Image module (PS3.3 C.8.3.1). */
function addMr(elements: PlantedElements, object: ImageObject): void {
  const { name } = object.picture.projection;
  const inversion = name === 'FLAIR';
  elements
    .text('ImageType', 'ORIGINAL', 'PRIMARY', 'OTHER')
    .text('ScanningSequence', ...(inversion ? ['SE', 'IR'] : ['SE']))
    .text('SequenceVariant', 'SK')
    .text('ScanOptions', 'PFP')
    .text('MRAcquisitionType', '2D')
    .text('RepetitionTime', inversion ? 8500 : name === 'PD' ? 2600 : 4200)
    .text('EchoTime', name === 'PD' ? 25 : 98)
    .text('EchoTrainLength', 12)
    .text('MagneticFieldStrength', '1.5');
  if (inversion) elements.text('InversionTime', 2400);
  addPlane(elements, object);
}

/** Frame of Reference and Image Plane modules: slices lie along the normal of their plane (PS3.3 C.7.4.1, C.7.6.2). */
function addPlane(elements: PlantedElements, { plan, picture, seriesUid }: ImageObject): void {
  const { rows, columns } = picture.pixels;
  const spacing = plan.type.field / Math.min(rows, columns);
  const [across, down] = [(-spacing * columns) / 2, (-spacing * rows) / 2];
  const axial = plan.type.plane === 'axial';
  // A sagittal picture shows the front on the left: columns run backwards (0,1,0), rows downwards (0,0,-1).
  const position = axial ? [across, down, picture.offset] : [picture.offset, across, -down];
  elements
    .plant('FrameOfReferenceUID', 'uid', uidNamed(seriesUid, 'frame of reference'))
    .empty('PositionReferenceIndicator')
    .text('PatientPosition', plan.scanner.modality === 'CT' && plan.type.key === 'ct-chest' ? 'FFS' : 'HFS')
    .text('PixelSpacing', decimal(spacing), decimal(spacing))
    .text('ImageOrientationPatient', ...(axial ? [1, 0, 0, 0, 1, 0] : [0, 1, 0, 0, 0, -1]))
    .text('ImagePositionPatient', ...position.map(decimal))
    .text('SliceThickness', decimal(plan.type.gap * 0.6))
    .text('SliceLocation', decimal(picture.offset));
}

/** CR Series and CR Image modules (PS3.3 C.8.1.1, C.8.1.2). */
function addCr(elements: PlantedElements, { plan, picture }: ImageObject): void {
  const spacing = decimal(plan.type.field / picture.pixels.columns);
  const random = Random.named(plan.seed, plan.patient, plan.visit, 'plate');
  elements
    .text('ImageType', 'ORIGINAL', 'PRIMARY')
    .text('ViewPosition', picture.projection.name)
    .text('ImagerPixelSpacing', spacing, spacing)
    .text('PatientOrientation', picture.projection.name === 'LL' ? 'A' : 'L', 'F')
    .plant('PlateID', 'serial', `PL${random.digits(6)}`)
    .text('KVP', 66);
}

const DX_REGION: Readonly<Record<string, readonly [string, string]>> = {
  CHEST: ['T-D3000', 'Chest'],
  PELVIS: ['T-D6000', 'Pelvis'],
};
const DX_VIEW: Readonly<Record<string, readonly [string, string]>> = {
  PA: ['R-10214', 'postero-anterior'],
  AP: ['R-10206', 'antero-posterior'],
  LL: ['R-10236', 'left lateral'],
};

/** DX modules for presentation (PS3.3 C.8.11.1 to .5): the LUT shape must go with the photometric interpretation. */
function addDx(elements: PlantedElements, object: ImageObject): void {
  const { plan, picture, burned } = object;
  const spacing = decimal(plan.type.field / picture.pixels.columns);
  const [region, regionName] = DX_REGION[plan.type.bodyPart] ?? ['T-D3000', 'Chest'];
  const [view, viewName] = DX_VIEW[picture.projection.name] ?? ['R-10206', 'antero-posterior'];
  elements
    .text('ImageType', 'ORIGINAL', 'PRIMARY', '')
    .text('PresentationIntentType', 'FOR PRESENTATION')
    .text('ImageLaterality', isPaired(plan.type.bodyPart) ? (plan.found.side < 0 ? 'R' : 'L') : 'U')
    .text('PatientOrientation', picture.projection.name === 'LL' ? 'A' : 'L', 'F')
    .text('PixelIntensityRelationship', 'LOG')
    .numbers('PixelIntensityRelationshipSign', picture.pixels.photometric === 'MONOCHROME1' ? 1 : -1)
    .text('RescaleIntercept', 0)
    .text('RescaleSlope', 1)
    .text('RescaleType', 'US')
    .text('PresentationLUTShape', picture.pixels.photometric === 'MONOCHROME1' ? 'INVERSE' : 'IDENTITY')
    .text(
      'BurnedInAnnotation',
      statedBurnedIn(
        object,
        burned.some(({ phi }) => phi),
      ),
    )
    .text('DetectorType', 'DIRECT')
    .text('PositionerType', 'NONE')
    .text('ImagerPixelSpacing', spacing, spacing)
    .text('ViewPosition', picture.projection.name)
    .text('KVP', 117)
    .code('AnatomicRegionSequence', region, 'SRT', regionName)
    .code('ViewCodeSequence', view, 'SRT', viewName, (item) => item.sequence(0x00540222))
    .sequence(0x00400555);
}

/** Burned In Annotation as devices state it: not to be trusted, a third of those with text say NO. */
function statedBurnedIn({ plan, instance }: ImageObject, has: boolean): 'NO' | 'YES' {
  return has && Random.named(plan.seed, plan.number, instance, 'stated').chance(0.67) ? 'YES' : 'NO';
}

/** US Image, US Region Calibration and, for loops, Cine and Multi-frame modules (PS3.3 C.8.5.5, C.8.5.6, C.7.6.5, C.7.6.6). */
function addUs(elements: PlantedElements, object: ImageObject): void {
  const { picture, burned, plan } = object;
  const frames = picture.pixels.frames.length;
  elements
    .text('ImageType', 'ORIGINAL', 'PRIMARY', plan.type.bodyRegion === 'Abdomen' ? 'ABDOMINAL' : 'SMALL PARTS', '0001')
    .empty('PatientOrientation')
    .text('TransducerData', 'C5-2')
    .text(
      'BurnedInAnnotation',
      statedBurnedIn(
        object,
        burned.some(({ phi }) => phi),
      ),
    );
  if (picture.region) addRegion(elements, object, picture.region);
  if (frames < 2) return;
  elements.text('NumberOfFrames', frames).text('FrameTime', 66).numbers('FrameIncrementPointer', 0x00181063);
}

function addRegion(
  elements: PlantedElements,
  { plan }: ImageObject,
  box: readonly [number, number, number, number],
): void {
  const delta = plan.type.field / 10 / (box[3] - box[1] + 1);
  elements.sequence(0x00186011, (item) => {
    item
      .numbers('RegionSpatialFormat', 1)
      .numbers('RegionDataType', 1)
      .numbers('RegionFlags', 0)
      .numbers('RegionLocationMinX0', box[0])
      .numbers('RegionLocationMinY0', box[1])
      .numbers('RegionLocationMaxX1', box[2])
      .numbers('RegionLocationMaxY1', box[3])
      .numbers('PhysicalUnitsXDirection', 3)
      .numbers('PhysicalUnitsYDirection', 3)
      .numbers('PhysicalDeltaX', delta)
      .numbers('PhysicalDeltaY', delta);
  });
}

/** A decimal string of at most 16 characters. */
function decimal(value: number): string {
  return String(Number(value.toFixed(6)));
}
