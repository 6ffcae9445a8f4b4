import { findElement, numbersOf } from '@precedent/dicom';
import type { Dataset, Item } from '@precedent/dicom';
import type { Box } from './picture.ts';

const REGIONS = 0x00186011;
/** Region Location Min X0, Min Y0, Max X1, Max Y1 (PS3.3 C.8.5.5.1.1). */
const CORNERS = [0x00186018, 0x0018601a, 0x0018601c, 0x0018601e] as const;

/**
 * All of a picture that lies in none of its ultrasound regions (PS3.3 C.8.5.5), as rectangles.
 * @returns nothing where there are no regions, or one of them is no rectangle: then nobody knows what is outside.
 */
export function outsideRegions(
  dataset: Dataset,
  { rows, columns }: { readonly rows: number; readonly columns: number },
): readonly Box[] {
  const items = findElement(dataset, REGIONS)?.items ?? [];
  const regions = items.map((item) => regionOf(dataset, item));
  if (regions.length === 0 || regions.some((region) => region === undefined)) return [];
  const known = regions.filter((region) => region !== undefined);
  const bands = [...new Set([0, rows, ...known.flatMap(({ y, height }) => [y, y + height])])]
    .filter((edge) => edge >= 0 && edge <= rows)
    .sort((a, b) => a - b);
  return bands.slice(0, -1).flatMap((top, index) => {
    const height = (bands[index + 1] ?? rows) - top;
    const inBand = known.filter((region) => region.y <= top && region.y + region.height >= top + height);
    return gapsOf(inBand, columns).map(([x, width]) => ({ x, y: top, width, height }));
  });
}

function gapsOf(regions: readonly Box[], columns: number): readonly (readonly [number, number])[] {
  const gaps: (readonly [number, number])[] = [];
  let from = 0;
  for (const { x, width } of [...regions].sort((a, b) => a.x - b.x)) {
    if (x > from) gaps.push([from, Math.min(x, columns) - from]);
    from = Math.max(from, x + width);
  }
  if (from < columns) gaps.push([from, columns - from]);
  return gaps.filter(([, width]) => width > 0);
}

function regionOf(dataset: Dataset, item: Item): Box | undefined {
  const corners = CORNERS.map((tag) => {
    const element = findElement(item, tag);
    return element === undefined ? NaN : (numbersOf(dataset, element)[0] ?? NaN);
  });
  const [left = NaN, top = NaN, right = NaN, bottom = NaN] = corners;
  if (!(right >= left && bottom >= top && left >= 0 && top >= 0)) return undefined;
  return { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}
