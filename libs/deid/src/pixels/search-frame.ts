import { blackened } from './picture.ts';
import type { Box, GreyPicture } from './picture.ts';
import type { TextFinder } from './text-finder.ts';
import { masksOf } from './text-gate.ts';
import type { GateOptions } from './text-gate.ts';

/**
 * What one look shows is black in the next. A line that is seen only when a brighter one beside it is gone is found by the
 * pass over the masked object.
 * @param looks grey pictures of one frame. @returns what is to be masked, in whole pixels.
 */
export async function searchFrame(
  looks: readonly GreyPicture[],
  finder: Pick<TextFinder, 'find'>,
  options: GateOptions,
): Promise<readonly Box[]> {
  const found: Box[] = [];
  for (const look of looks) {
    const picture = found.length === 0 ? look : blackened(look, found);
    found.push(...masksOf(picture, await finder.find(picture), options).filter((box) => !isWithin(box, found)));
  }
  return found;
}

export function isWithin(box: Box, others: readonly Box[]): boolean {
  return others.some(
    (other) =>
      box.x >= other.x &&
      box.y >= other.y &&
      box.x + box.width <= other.x + other.width &&
      box.y + box.height <= other.y + other.height,
  );
}
