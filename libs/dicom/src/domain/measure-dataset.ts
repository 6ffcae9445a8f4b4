import { isPrivateTag } from './tags.ts';
import type { DatasetSize } from './description-types.ts';
import type { Dataset, Element } from './types.ts';

type Counts = { -readonly [Name in keyof DatasetSize]: number };

/** Counts elements, sequences and items of every level. Depth is bounded by the reader's `maxNestingDepth`. */
export function measureDataset(dataset: Dataset): DatasetSize {
  const trailingBytes = dataset.bytes.length - dataset.end;
  const counts: Counts = { elements: 0, privateElements: 0, sequences: 0, items: 0, depth: 0, trailingBytes };
  countLevel(dataset.elements, 0, counts);
  return counts;
}

function countLevel(elements: readonly Element[], depth: number, counts: Counts): void {
  counts.depth = Math.max(counts.depth, depth);
  counts.elements += elements.length;
  for (const { tag, items } of elements) {
    if (isPrivateTag(tag)) counts.privateElements += 1;
    if (items === undefined) continue;
    counts.sequences += 1;
    counts.items += items.length;
    for (const item of items) countLevel(item.elements, depth + 1, counts);
  }
}
