import { findElement, numbersOf } from '@precedent/dicom';
import { sortSlices } from './sort-slices.ts';
import type { Dataset, Item } from '@precedent/dicom';
import type { SlicePlace } from './sort-slices.ts';

const SHARED_GROUPS = 0x52009229;
const PER_FRAME_GROUPS = 0x52009230;
const PLANE_POSITION = { sequence: 0x00209113, value: 0x00200032, count: 3 } as const;
const PLANE_ORIENTATION = { sequence: 0x00209116, value: 0x00200037, count: 6 } as const;

type Macro = typeof PLANE_POSITION | typeof PLANE_ORIENTATION;

/** The numbers of a plane macro (PS3.3 C.7.6.16.2.3, .4) in one item of functional groups; null where it has none. */
function planeOf(
  dataset: Dataset,
  groups: Item | undefined,
  { sequence, value, count }: Macro,
): readonly number[] | null {
  const item = groups === undefined ? undefined : findElement(groups, sequence)?.items?.[0];
  const element = item === undefined ? undefined : findElement(item, value);
  const numbers = element === undefined ? [] : numbersOf(dataset, element);
  return numbers.length === count && numbers.every(Number.isFinite) ? numbers : null;
}

/**
 * The frames of a multi-frame object in the order of their planes along their normal, frames of one plane (phases, echoes) as
 * they are stored. As stored altogether where any frame has no plane of its own: projections, cines, screenshots.
 */
export function frameOrder(dataset: Dataset, frames: number): readonly number[] {
  const shared = findElement(dataset, SHARED_GROUPS)?.items?.[0];
  const each = findElement(dataset, PER_FRAME_GROUPS)?.items ?? [];
  const plane = (frame: number, macro: Macro): readonly number[] | null =>
    planeOf(dataset, each[frame], macro) ?? planeOf(dataset, shared, macro);
  const places = Array.from({ length: frames }, (_, frame): SlicePlace => ({
    position: plane(frame, PLANE_POSITION),
    orientation: plane(frame, PLANE_ORIENTATION),
    instanceNumber: frame,
  }));
  return sortSlices(places);
}
