import type { ImageKey, SeriesKey } from '@precedent/kernel';
import { sortSlices } from '@precedent/imaging';

/** What the choice depends on. */
export interface FrameSource {
  readonly imageKey: ImageKey;
  readonly seriesKey: SeriesKey;
  readonly frames: number;
  readonly position: readonly number[] | null;
  readonly orientation: readonly number[] | null;
  readonly instanceNumber: number | null;
}

export interface ChosenFrame {
  readonly imageKey: ImageKey;
  /** From 0. */
  readonly frame: number;
}

/** More frames of one series than this bring near-duplicates, and let a long series outvote its study. */
export const FRAMES_PER_SERIES = 32;

/**
 * The frames of each series that are embedded: all up to `perSeries`, evenly spaced along the geometry beyond. Series
 * in the order of their first image; frames of multi-frame objects count one by one. The order of the input does not
 * matter within a series of distinct places.
 */
export function chooseFrames(
  images: readonly FrameSource[],
  { perSeries }: { readonly perSeries: number } = { perSeries: FRAMES_PER_SERIES },
): ChosenFrame[] {
  return seriesOf(images).flatMap((series) => evenlySpaced(framesInOrder(series), perSeries));
}

function seriesOf(images: readonly FrameSource[]): FrameSource[][] {
  const series = new Map<SeriesKey, FrameSource[]>();
  for (const image of images) {
    const members = series.get(image.seriesKey);
    if (members) members.push(image);
    else series.set(image.seriesKey, [image]);
  }
  return [...series.values()];
}

function framesInOrder(series: readonly FrameSource[]): ChosenFrame[] {
  return sortSlices(series).flatMap((index) => {
    const image = series[index];
    return image ? framesOf(image) : [];
  });
}

/** An object that says it has no frame is asked for its first: the renderer then says why, and it is not lost silently. */
function framesOf({ imageKey, frames }: FrameSource): ChosenFrame[] {
  return Array.from({ length: Math.max(1, frames) }, (_, frame) => ({ imageKey, frame }));
}

/** The middles of `limit` equal parts: both ends of a stack are mostly air, table or neck. */
export function evenlySpaced<T>(items: readonly T[], limit: number): T[] {
  if (items.length <= limit) return [...items];
  const chosen: T[] = [];
  for (let part = 0; part < limit; part += 1) {
    const item = items[Math.floor(((2 * part + 1) * items.length) / (2 * limit))];
    if (item !== undefined) chosen.push(item);
  }
  return chosen;
}
