import { findElement, numbersOf, stringsOf } from '@precedent/dicom';
import type { Dataset, Item } from '@precedent/dicom';
import { regionHint } from './region-hint.ts';
import type { Modality, PlaneGeometry, RegionHint, Vector } from './types.ts';
import { cross, dot } from './vectors.ts';

/** Image storage classes whose planes make up volumes of the body with its surface (PS3.4 B.5); others are not looked at. */
const VOLUME_CLASSES: ReadonlyMap<string, Modality> = new Map([
  ['1.2.840.10008.5.1.4.1.1.2', 'CT'],
  ['1.2.840.10008.5.1.4.1.1.2.1', 'CT'],
  ['1.2.840.10008.5.1.4.1.1.2.2', 'CT'],
  // X-Ray 3D Angiographic and Craniofacial: cone beams, not in Hounsfield units.
  ['1.2.840.10008.5.1.4.1.1.13.1.1', 'CT'],
  ['1.2.840.10008.5.1.4.1.1.13.1.2', 'CT'],
  ['1.2.840.10008.5.1.4.1.1.4', 'MR'],
  ['1.2.840.10008.5.1.4.1.1.4.1', 'MR'],
  ['1.2.840.10008.5.1.4.1.1.4.3', 'MR'],
  ['1.2.840.10008.5.1.4.1.1.4.4', 'MR'],
]);

export function volumeModality(sopClassUid: string): Modality | undefined {
  return VOLUME_CLASSES.get(sopClassUid);
}

export interface FramePlane {
  /** Null where the header does not say, or says nonsense. */
  readonly plane: PlaneGeometry | null;
  readonly slope: number;
  readonly intercept: number;
}

/** What the header of one CT or MR object says of its planes. */
export interface ObjectPlanes {
  readonly modality: Modality;
  readonly seriesUid: string;
  readonly hint: RegionHint;
  readonly frames: readonly FramePlane[];
}

const TAG = {
  sopClass: 0x00080016,
  series: 0x0020000e,
  bodyPart: 0x00180015,
  described: [0x00180015, 0x0008103e, 0x00081030, 0x00181030, 0x00321060, 0x00400254],
  rows: 0x00280010,
  columns: 0x00280011,
  frames: 0x00280008,
  shared: 0x52009229,
  perFrame: 0x52009230,
  position: { sequence: 0x00209113, value: 0x00200032 },
  orientation: { sequence: 0x00209116, value: 0x00200037 },
  spacing: { sequence: 0x00289110, value: 0x00280030 },
  slope: { sequence: 0x00289145, value: 0x00281053 },
  intercept: { sequence: 0x00289145, value: 0x00281052 },
} as const;

interface Macro {
  readonly sequence: number;
  readonly value: number;
}

/** @returns undefined for objects of other classes */
export function objectPlanes(dataset: Dataset): ObjectPlanes | undefined {
  const modality = volumeModality(stringsOf(dataset, TAG.sopClass)[0] ?? '');
  if (modality === undefined) return undefined;
  const count = Math.max(1, numbersOf(dataset, TAG.frames)[0] ?? 1);
  return {
    modality,
    seriesUid: stringsOf(dataset, TAG.series)[0] ?? '',
    hint: regionHint(TAG.described.flatMap((tag) => stringsOf(dataset, tag))),
    frames: Array.from({ length: Math.min(count, 100_000) }, (_, frame) => framePlane(dataset, frame)),
  };
}

function framePlane(dataset: Dataset, frame: number): FramePlane {
  const groups = [findElement(dataset, TAG.perFrame)?.items?.[frame], findElement(dataset, TAG.shared)?.items?.[0]];
  const read = (macro: Macro): readonly number[] => numbersAt(dataset, groups, macro);
  return {
    plane: planeOf({
      position: read(TAG.position),
      orientation: read(TAG.orientation),
      spacing: read(TAG.spacing),
      rows: numbersOf(dataset, TAG.rows)[0] ?? 0,
      columns: numbersOf(dataset, TAG.columns)[0] ?? 0,
    }),
    slope: finiteOr(read(TAG.slope)[0], 1),
    intercept: finiteOr(read(TAG.intercept)[0], 0),
  };
}

/** Of the frame's own group, else of the shared one, else of the top level. */
function numbersAt(
  dataset: Dataset,
  groups: readonly (Item | undefined)[],
  { sequence, value }: Macro,
): readonly number[] {
  for (const group of groups) {
    const item = group === undefined ? undefined : findElement(group, sequence)?.items?.[0];
    const element = item === undefined ? undefined : findElement(item, value);
    if (element !== undefined) return numbersOf(dataset, element);
  }
  return numbersOf(dataset, value);
}

function finiteOr(value: number | undefined, otherwise: number): number {
  return value !== undefined && Number.isFinite(value) ? value : otherwise;
}

/** Image Plane module (PS3.3 C.7.6.2) with its promises checked: unit directions at right angles, positive spacing. */
export function planeOf(header: {
  readonly position: readonly number[];
  readonly orientation: readonly number[];
  readonly spacing: readonly number[];
  readonly rows: number;
  readonly columns: number;
}): PlaneGeometry | null {
  const { position, orientation, spacing, rows, columns } = header;
  if (position.length !== 3 || orientation.length !== 6 || spacing.length !== 2) return null;
  if (![...position, ...orientation, ...spacing].every(Number.isFinite) || !(rows > 0 && columns > 0)) return null;
  const [rowSpacing = 0, columnSpacing = 0] = spacing;
  const rowDirection = orientation.slice(0, 3) as unknown as Vector;
  const columnDirection = orientation.slice(3) as unknown as Vector;
  const isUnit = Math.abs(Math.hypot(...cross(rowDirection, columnDirection)) - 1) < 0.01;
  const isSquare =
    Math.abs(dot(rowDirection, columnDirection)) < 0.01 && Math.abs(Math.hypot(...rowDirection) - 1) < 0.01;
  if (!isUnit || !isSquare || !(rowSpacing > 0 && columnSpacing > 0)) return null;
  return {
    rows,
    columns,
    position: position as unknown as Vector,
    rowDirection,
    columnDirection,
    rowSpacing,
    columnSpacing,
  };
}
