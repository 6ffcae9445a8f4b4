import type { ArchivedImage, CaseArchive } from '@precedent/archive';
import type { ImageKey, PatientKey, SpaceId, StudyKey } from '@precedent/kernel';
import type { EmbeddingTable } from './adapters/embedding-table.ts';
import { chooseFrames } from './domain/choose-frames.ts';

/** One image to render, with the frames that are chosen and have no vector of these bytes yet. */
export interface ImageTask {
  readonly image: ArchivedImage;
  readonly frames: readonly number[];
}

export interface StudyTask {
  readonly studyKey: StudyKey;
  readonly patientKey: PatientKey;
  readonly images: readonly ImageTask[];
}

export interface EmbeddingPlan {
  readonly studies: readonly StudyTask[];
  /** Frames that have their vector already. */
  readonly already: number;
}

export const embeddingId = (key: ImageKey, frame: number): string => `${key}.${frame}`;

/** What is to be done for these studies: the choice of frames, less what is stored. Studies not archived have no part. */
export async function planEmbedding(
  archive: Pick<CaseArchive, 'studies' | 'imagesOf'>,
  table: EmbeddingTable,
  space: SpaceId,
  keys: readonly StudyKey[],
  perSeries: number,
): Promise<EmbeddingPlan> {
  const [studies, images, stored] = await Promise.all([
    archive.studies(keys),
    archive.imagesOf(keys),
    table.objectsById(space, keys),
  ]);
  const chosen = chooseFrames(images, { perSeries });
  const byKey = new Map(images.map((image) => [image.imageKey, image]));
  const isStored = ({ imageKey, frame }: (typeof chosen)[number]): boolean =>
    stored.get(embeddingId(imageKey, frame)) === byKey.get(imageKey)?.object;
  const open = chosen.filter((frame) => !isStored(frame));
  const tasks = imageTasks(open, byKey);
  return {
    already: chosen.length - open.length,
    studies: [...studies.values()].map(({ studyKey, patientKey }) => ({
      studyKey,
      patientKey,
      images: tasks.filter(({ image }) => image.studyKey === studyKey),
    })),
  };
}

/** Frames of one object together: it is read and parsed once. */
function imageTasks(
  frames: readonly { readonly imageKey: ImageKey; readonly frame: number }[],
  images: ReadonlyMap<ImageKey, ArchivedImage>,
): ImageTask[] {
  const byImage = new Map<ImageKey, number[]>();
  for (const { imageKey, frame } of frames) byImage.set(imageKey, [...(byImage.get(imageKey) ?? []), frame]);
  return [...byImage].flatMap(([key, numbers]) => {
    const image = images.get(key);
    return image ? [{ image, frames: numbers }] : [];
  });
}
