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

function firstNumber(dataset: Dataset, holder: Holder, tag: number): number | undefined {
  const element = findElement(holder, tag);
  const value = element === undefined ? undefined : numbersOf(dataset, element)[0];
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

function rescaleOf(dataset: Dataset, holder: Holder): Rescale | undefined {
  const slope = firstNumber(dataset, holder, RESCALE_SLOPE);
  const intercept = firstNumber(dataset, holder, RESCALE_INTERCEPT);
  if (slope === undefined && intercept === undefined) return undefined;
  return { slope: slope ?? 1, intercept: intercept ?? 0 };
}

/** The first window, of the several a header may offer. One that the formula has no meaning for counts as absent. */
function windowOf(dataset: Dataset, holder: Holder): VoiWindow | undefined {
  const center = firstNumber(dataset, holder, WINDOW_CENTER);
  const width = firstNumber(dataset, holder, WINDOW_WIDTH);
  if (center === undefined || width === undefined) return undefined;
  const element = findElement(holder, VOI_FUNCTION);
  const stated = element === undefined ? undefined : stringsOf(dataset, element)[0];
  const name = stated === 'LINEAR_EXACT' || stated === 'SIGMOID' ? stated : 'LINEAR';
  const usable = name === 'LINEAR' ? width >= 1 : width > 0;
  return usable ? { center, width, function: name } : undefined;
}

function tableIn(dataset: Dataset, holder: Holder, sequence: number, signed: boolean): LookUpTable | undefined {
  const item = findElement(holder, sequence)?.items?.[0];
  return item === undefined ? undefined : lookUpTableOf(dataset, item, MODALITY_OR_VOI, signed);
}

/** The transform at the top level of the data set. A modality table wins over slope and intercept, a window over a VOI table. */
export function greyTransformOf(dataset: Dataset, signed: boolean): GreyTransform {
  const modalityLut = tableIn(dataset, dataset, MODALITY_LUT_SEQUENCE, signed);
  const rescale = rescaleOf(dataset, dataset);
  const below = modalityLut === undefined && (signed || (rescale?.intercept ?? 0) < 0);
  return compact(
    modalityLut === undefined ? rescale : undefined,
    modalityLut,
    windowOf(dataset, dataset),
    tableIn(dataset, dataset, VOI_LUT_SEQUENCE, below),
  );
}

function compact(
  rescale: Rescale | undefined,
  modalityLut: LookUpTable | undefined,
  window: VoiWindow | undefined,
  voiLut: LookUpTable | undefined,
): GreyTransform {
  return {
    ...(rescale === undefined ? {} : { rescale }),
    ...(modalityLut === undefined ? {} : { modalityLut }),
    ...(window === undefined ? {} : { window }),
    ...(voiLut === undefined ? {} : { voiLut }),
  };
}

/** What one functional-group item (PS3.3 C.7.6.16.2.9, .2.10) changes of the transform. */
function fromGroups(dataset: Dataset, groups: Item | undefined): GreyTransform {
  if (groups === undefined) return {};
  const values = findElement(groups, PIXEL_VALUE_TRANSFORMATION)?.items?.[0];
  const voi = findElement(groups, FRAME_VOI)?.items?.[0];
  return compact(
    values === undefined ? undefined : rescaleOf(dataset, values),
    undefined,
    voi === undefined ? undefined : windowOf(dataset, voi),
    undefined,
  );
}

/** Enhanced multi-frame objects: the transform of each frame; undefined where there are no functional groups. */
export function perFrameTransforms(
  dataset: Dataset,
  frames: number,
  top: GreyTransform,
): readonly GreyTransform[] | undefined {
  const shared = findElement(dataset, SHARED_GROUPS)?.items?.[0];
  const each = findElement(dataset, PER_FRAME_GROUPS)?.items;
  if (shared === undefined && each === undefined) return undefined;
  const base = { ...top, ...fromGroups(dataset, shared) };
  return Array.from({ length: frames }, (_, frame) => ({ ...base, ...fromGroups(dataset, each?.[frame]) }));
}
