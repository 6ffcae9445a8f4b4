import { findElement, numbersOf, stringsOf } from '@precedent/dicom';
import { MODALITY_OR_VOI, lookUpTableOf } from './lookup-table.ts';
import type { Dataset, Item } from '@precedent/dicom';
import type { LookUpTable } from './lookup-table.ts';
import type { GreyTransform, Rescale, VoiWindow } from './pixel-header.ts';

type Holder = Pick<Item, 'elements'>;

const RESCALE_INTERCEPT = 0x00281052;
const RESCALE_SLOPE = 0x00281053;
const WINDOW_CENTER = 0x00281050;
const WINDOW_WIDTH = 0x00281051;
const VOI_FUNCTION = 0x00281056;
const MODALITY_LUT_SEQUENCE = 0x00283000;
const VOI_LUT_SEQUENCE = 0x00283010;
const SHARED_GROUPS = 0x52009229;
const PER_FRAME_GROUPS = 0x52009230;
const FRAME_VOI = 0x00289132;
const PIXEL_VALUE_TRANSFORMATION = 0x00289145;

function numbersIn(dataset: Dataset, holder: Holder, tag: number): readonly number[] {
  const element = findElement(holder, tag);
  return element === undefined ? [] : numbersOf(dataset, element);
}

function firstNumber(dataset: Dataset, holder: Holder, tag: number): number | undefined {
  const value = numbersIn(dataset, holder, tag)[0];
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

function rescaleOf(dataset: Dataset, holder: Holder): Rescale | undefined {
  const slope = firstNumber(dataset, holder, RESCALE_SLOPE);
  const intercept = firstNumber(dataset, holder, RESCALE_INTERCEPT);
  if (slope === undefined && intercept === undefined) return undefined;
  return { slope: slope ?? 1, intercept: intercept ?? 0 };
}

/** The first window of the several a header may offer that the formula has a meaning for. */
function windowOf(dataset: Dataset, holder: Holder): VoiWindow | undefined {
  const centers = numbersIn(dataset, holder, WINDOW_CENTER);
  const widths = numbersIn(dataset, holder, WINDOW_WIDTH);
  const element = findElement(holder, VOI_FUNCTION);
  const stated = element === undefined ? undefined : stringsOf(dataset, element)[0];
  const name = stated === 'LINEAR_EXACT' || stated === 'SIGMOID' ? stated : 'LINEAR';
  const windows = centers.map((center, i) => ({ center, width: widths[i] ?? NaN, function: name }) as const);
  return windows.find(
    ({ center, width }) => Number.isFinite(center + width) && (name === 'LINEAR' ? width >= 1 : width > 0),
  );
}

function tableIn(dataset: Dataset, holder: Holder, sequence: number, signed: boolean): LookUpTable | undefined {
  const item = findElement(holder, sequence)?.items?.[0];
  return item === undefined ? undefined : lookUpTableOf(dataset, item, MODALITY_OR_VOI, signed);
}

/** The transform at the top level of the data set. A modality table wins over slope and intercept, a window over a VOI table. */
export function greyTransformOf(dataset: Dataset, signed: boolean): GreyTransform {
  const modalityLut = tableIn(dataset, dataset, MODALITY_LUT_SEQUENCE, signed);
  const rescale = rescaleOf(dataset, dataset);
  const modality = modalityLut === undefined ? compact(rescale) : { modalityLut };
  const voiLut = tableIn(dataset, dataset, VOI_LUT_SEQUENCE, isBelowZero(modality, signed));
  return compact(modality.rescale, modalityLut, windowOf(dataset, dataset), voiLut);
}

/** Whether what a VOI table is applied to can be negative, so that its first value mapped is signed (PS3.3 C.11.2.1.1). */
function isBelowZero({ modalityLut, rescale }: GreyTransform, signed: boolean): boolean {
  return modalityLut === undefined && (signed || (rescale?.intercept ?? 0) < 0);
}

function compact(
  rescale?: Rescale,
  modalityLut?: LookUpTable,
  window?: VoiWindow,
  voiLut?: LookUpTable,
): GreyTransform {
  return {
    ...(rescale === undefined ? {} : { rescale }),
    ...(modalityLut === undefined ? {} : { modalityLut }),
    ...(window === undefined ? {} : { window }),
    ...(voiLut === undefined ? {} : { voiLut }),
  };
}

/**
 * What one functional-group item changes of the transform: Pixel Value Transformation (PS3.3 C.7.6.16.2.9) and Frame VOI LUT,
 * with or without tables (C.7.6.16.2.10, .10b). A group that is there replaces all of its kind from above.
 */
function withGroups(dataset: Dataset, above: GreyTransform, groups: Item | undefined, signed: boolean): GreyTransform {
  if (groups === undefined) return above;
  const values = findElement(groups, PIXEL_VALUE_TRANSFORMATION)?.items?.[0];
  const rescale = values === undefined ? undefined : rescaleOf(dataset, values);
  const modality = rescale === undefined ? compact(above.rescale, above.modalityLut) : { rescale };
  const voi = findElement(groups, FRAME_VOI)?.items?.[0];
  const window = voi === undefined ? undefined : windowOf(dataset, voi);
  const voiLut = voi === undefined ? undefined : tableIn(dataset, voi, VOI_LUT_SEQUENCE, isBelowZero(modality, signed));
  const replaced = window !== undefined || voiLut !== undefined;
  const display = replaced
    ? compact(undefined, undefined, window, voiLut)
    : compact(undefined, undefined, above.window, above.voiLut);
  return { ...modality, ...display };
}

/** Enhanced multi-frame objects: the transform of each frame; undefined where there are no functional groups. */
export function perFrameTransforms(
  dataset: Dataset,
  frames: number,
  top: GreyTransform,
  signed: boolean,
): readonly GreyTransform[] | undefined {
  const shared = findElement(dataset, SHARED_GROUPS)?.items?.[0];
  const each = findElement(dataset, PER_FRAME_GROUPS)?.items;
  if (shared === undefined && each === undefined) return undefined;
  const base = withGroups(dataset, top, shared, signed);
  return Array.from({ length: frames }, (_, frame) => withGroups(dataset, base, each?.[frame], signed));
}
